//! The folder a terminal keeps: which server, how to derive the key, the encrypted database.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use rand::TryRngCore;
use serde::{Deserialize, Serialize};

use crate::host::{HostError, ServerUrl};

/// A profile folder; holding it keeps other processes out.
#[derive(Debug)]
pub struct Profile {
    folder: PathBuf,
    settings: Settings,
    /// Locked as long as the profile is in use.
    _lock: fs::File,
}

/// `profile.json`: nothing secret, nothing about a household.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Settings {
    /// Version of this shape: 1.
    v: u16,
    server: ServerUrl,
    /// Argon2id salt, 32 hex digits.
    #[serde(with = "hex")]
    salt: [u8; 16],
}

impl Profile {
    /// Opens the profile in `folder`.
    pub fn open(folder: &Path) -> Result<Self, HostError> {
        let file = folder.join(SETTINGS);
        let text = match fs::read(&file) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(HostError::NoProfile {
                    folder: folder.to_owned(),
                });
            }
            Err(error) => return Err(HostError::file("read", &file, error)),
        };
        let settings: Settings = serde_json::from_slice(&text)
            .ok()
            .filter(|settings: &Settings| settings.v == 1)
            .ok_or_else(|| HostError::BadProfile { file: file.clone() })?;
        Ok(Self {
            folder: folder.to_owned(),
            settings,
            _lock: lock(folder)?,
        })
    }

    /// Opens the profile in `folder`, or makes one for `server` if there is none.
    ///
    /// # Panics
    /// Never: the settings are plain data, which can always be written as JSON.
    pub fn open_or_create(folder: &Path, server: &ServerUrl) -> Result<Self, HostError> {
        match Self::open(folder) {
            Err(HostError::NoProfile { .. }) => {}
            Ok(profile) if profile.settings.server != *server => {
                return Err(HostError::OtherServer {
                    folder: folder.to_owned(),
                });
            }
            other => return other,
        }
        create_private_folder(folder)?;
        let lock = lock(folder)?;
        let mut salt = [0; 16];
        fill_random(&mut salt)?;
        let settings = Settings {
            v: 1,
            server: server.clone(),
            salt,
        };
        let text = serde_json::to_vec_pretty(&settings).expect("settings are plain data");
        write_private(&folder.join(SETTINGS), &text)?;
        Ok(Self {
            folder: folder.to_owned(),
            settings,
            _lock: lock,
        })
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The server it belongs to.
    pub fn server(&self) -> &ServerUrl {
        &self.settings.server
    }

    /// For deriving the database key from the passphrase.
    pub fn salt(&self) -> &[u8; 16] {
        &self.settings.salt
    }

    /// The encrypted database.
    pub fn database(&self) -> PathBuf {
        self.folder.join("beraad.db")
    }

    /// Makes the database's file before the database does, so that only its owner may read it.
    pub fn make_database_private(&self) -> Result<(), HostError> {
        let path = self.database();
        private_file(fs::OpenOptions::new().append(true))
            .open(&path)
            .map(drop)
            .map_err(|error| HostError::file("open", &path, error))
    }
}

/// Writes a file that only its owner may read, whole or not at all.
pub fn write_private(path: &Path, content: &[u8]) -> Result<(), HostError> {
    use io::Write as _;

    let beside = path.with_extension("part");
    let write = || -> io::Result<()> {
        let mut file =
            private_file(fs::OpenOptions::new().write(true).truncate(true)).open(&beside)?;
        file.write_all(content)?;
        file.sync_all()?;
        fs::rename(&beside, path)
    };
    write().map_err(|error| HostError::file("write", path, error))
}

/// Creates the file when it is not there, for its owner alone.
fn private_file(options: &mut fs::OpenOptions) -> &mut fs::OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options.create(true)
}

/// Makes a folder that only its owner may open.
pub fn create_private_folder(folder: &Path) -> Result<(), HostError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|error| HostError::file("make the folder", folder, error))
}

/// Fills `bytes` from the system's generator.
pub fn fill_random(bytes: &mut [u8]) -> Result<(), HostError> {
    rand::rngs::OsRng
        .try_fill_bytes(bytes)
        .map_err(|_| HostError::NoRandomness)
}

fn lock(folder: &Path) -> Result<fs::File, HostError> {
    let path = folder.join("profile.lock");
    let file = fs::File::create(&path).map_err(|error| HostError::file("open", &path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(fs::TryLockError::WouldBlock) => Err(HostError::InUse {
            folder: folder.to_owned(),
        }),
        Err(fs::TryLockError::Error(error)) => Err(HostError::file("lock", &path, error)),
    }
}

const SETTINGS: &str = "profile.json";

#[cfg(test)]
mod tests {
    use super::*;

    fn server() -> ServerUrl {
        "http://127.0.0.1:1".parse().unwrap()
    }

    #[test]
    fn a_profile_is_for_its_owner_alone_and_keeps_its_salt() {
        let place = tempfile::tempdir().unwrap();
        let folder = place.path().join("profile");
        let salt = *Profile::open_or_create(&folder, &server()).unwrap().salt();
        assert_eq!(Profile::open(&folder).unwrap().salt(), &salt);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode(&folder), 0o700);
            assert_eq!(mode(&folder.join(SETTINGS)), 0o600);
        }
    }

    #[test]
    fn one_process_at_a_time_uses_a_profile() {
        let place = tempfile::tempdir().unwrap();
        let held = Profile::open_or_create(place.path(), &server()).unwrap();
        assert!(matches!(
            Profile::open(place.path()),
            Err(HostError::InUse { .. })
        ));
        drop(held);
        assert!(Profile::open(place.path()).is_ok());
    }

    #[test]
    fn a_profile_of_another_server_is_not_taken_over() {
        let place = tempfile::tempdir().unwrap();
        drop(Profile::open_or_create(place.path(), &server()).unwrap());
        let other = "http://127.0.0.1:2".parse().unwrap();
        assert!(matches!(
            Profile::open_or_create(place.path(), &other),
            Err(HostError::OtherServer { .. })
        ));
    }

    #[test]
    fn a_damaged_profile_is_named_and_left_alone() {
        let place = tempfile::tempdir().unwrap();
        fs::write(place.path().join(SETTINGS), "{").unwrap();
        assert!(matches!(
            Profile::open(place.path()),
            Err(HostError::BadProfile { .. })
        ));
        assert_eq!(fs::read(place.path().join(SETTINGS)).unwrap(), b"{");
    }
}
