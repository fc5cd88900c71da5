//! The server's own keys: made at the first start, each in a file that only the host may read.

use std::{
    fs::{self, OpenOptions},
    io::{self, Read as _, Write as _},
    os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
};

use beraad_ledger::log::LogSigner;
use beraad_protocol::directory::attestation_signed_bytes;
use ed25519_dalek::{Signer as _, SigningKey};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::{Zeroize as _, Zeroizing};

use crate::clock;

/// Why the keys cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// Look at the rights of the folder `keys` in the data folder.
    #[error("the key file {name} cannot be used ({error}); look at the rights of the folder keys")]
    File {
        /// The file's name.
        name: &'static str,
        /// What the system said.
        error: io::Error,
    },
    /// Restore the file from a copy; a new one would cut off every device.
    #[error("the key file {0} is damaged; restore it from a copy of the data folder")]
    Damaged(&'static str),
    /// Take the name away from others.
    #[error("the key file {0} can be read by others; take their rights away (chmod 600)")]
    Exposed(&'static str),
}

/// The server's keys. Wiped from memory when dropped; never printed.
pub(crate) struct Keys {
    attestation: SigningKey,
    external_sender: SigningKey,
    link: Zeroizing<[u8; 32]>,
    /// Signs checkpoints of all logs.
    pub(crate) log: LogSigner,
}

impl Keys {
    /// Reads the keys from `<data>/keys`, making those that are missing. `prefix` names the logs
    /// when they are made; afterwards they keep the name they have.
    pub(crate) fn open(data: &Path, prefix: &str) -> Result<Self, KeyError> {
        let folder = data.join("keys");
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&folder)
            .map_err(|error| KeyError::File {
                name: "keys",
                error,
            })?;
        let prefix = log_prefix(&folder, prefix)?;
        let log = seed(&folder, "log")?;
        Ok(Self {
            attestation: SigningKey::from_bytes(&*seed(&folder, "attestation")?),
            external_sender: SigningKey::from_bytes(&*seed(&folder, "external_sender")?),
            link: seed(&folder, "link")?,
            log: LogSigner::new(&prefix, &log).map_err(|_| KeyError::Damaged("log_prefix"))?,
        })
    }

    /// Signs a device attestation.
    pub(crate) fn sign_attestation(&self, bytes: &[u8]) -> Vec<u8> {
        self.attestation.sign(bytes).to_bytes().to_vec()
    }

    /// Whether this server attested it.
    pub(crate) fn attested(&self, attestation: &[u8], signature: &[u8]) -> bool {
        let bytes = attestation_signed_bytes(attestation);
        beraad_group::verify(&self.attestation_public(), &bytes, signature).is_ok()
    }

    /// Public key of attestations.
    pub(crate) fn attestation_public(&self) -> [u8; 32] {
        self.attestation.verifying_key().to_bytes()
    }

    /// Public key of proposals made as external sender.
    pub(crate) fn external_sender_public(&self) -> [u8; 32] {
        self.external_sender.verifying_key().to_bytes()
    }

    /// The secret of the link that this operation of this device made: derived, so that repeating
    /// the operation gives the same link while only its hash is stored.
    pub(crate) fn link_token(&self, device: &[u8; 16], op: &[u8; 16]) -> Zeroizing<[u8; 32]> {
        let mut token = Zeroizing::new([0; 32]);
        let info = [b"beraad link v1\0".as_slice(), device, op].concat();
        Hkdf::<Sha256>::new(None, &*self.link)
            .expand(&info, &mut *token)
            .expect("32 bytes are within what HKDF gives");
        token
    }
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(..)")
    }
}

/// Reads 32 secret bytes from a file, or draws and writes them.
fn seed(folder: &Path, name: &'static str) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    let path = folder.join(name);
    let wrap = |error| KeyError::File { name, error };
    match OpenOptions::new().read(true).open(&path) {
        Ok(mut file) => {
            let mode = file.metadata().map_err(wrap)?.permissions().mode();
            if mode & 0o077 != 0 {
                return Err(KeyError::Exposed(name));
            }
            let mut seed = Zeroizing::new([0; 32]);
            file.read_exact(&mut *seed)
                .map_err(|_| KeyError::Damaged(name))?;
            let mut rest = [0; 1];
            if file.read(&mut rest).map_err(wrap)? > 0 {
                return Err(KeyError::Damaged(name));
            }
            Ok(seed)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let mut drawn: [u8; 32] = clock::random();
            let seed = Zeroizing::new(drawn);
            drawn.zeroize();
            write_whole(folder, name, &*seed)?;
            Ok(seed)
        }
        Err(error) => Err(wrap(error)),
    }
}

fn log_prefix(folder: &Path, prefix: &str) -> Result<String, KeyError> {
    const NAME: &str = "log_prefix";
    match fs::read_to_string(folder.join(NAME)) {
        Ok(text) => Ok(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            write_whole(folder, NAME, prefix.as_bytes())?;
            Ok(prefix.to_owned())
        }
        Err(error) => Err(KeyError::File { name: NAME, error }),
    }
}

/// Writes a file that is there whole or not at all.
fn write_whole(folder: &Path, name: &'static str, bytes: &[u8]) -> Result<(), KeyError> {
    let write = || -> io::Result<()> {
        let draft = folder.join(format!("{name}.new"));
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true).mode(0o600);
        let mut file = options.open(&draft)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&draft, folder.join(name))?;
        fs::File::open(folder)?.sync_all()
    };
    write().map_err(|error| KeyError::File { name, error })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_and_for_the_host_alone() {
        let data = tempfile::tempdir().unwrap();
        let first = Keys::open(data.path(), "one.example/log").unwrap();
        let again = Keys::open(data.path(), "two.example/log").unwrap();
        assert_eq!(first.attestation_public(), again.attestation_public());
        assert_eq!(first.log.vkey(), again.log.vkey(), "logs keep their name");
        assert_ne!(first.attestation_public(), first.external_sender_public());
        for name in ["attestation", "external_sender", "log", "link"] {
            let path = data.path().join("keys").join(name);
            let mode = fs::metadata(&path).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "{name}");
        }
    }

    #[test]
    fn keys_that_others_may_read_or_that_are_cut_short_are_refused() {
        let data = tempfile::tempdir().unwrap();
        Keys::open(data.path(), "one.example/log").unwrap();
        let path = data.path().join("keys/link");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        let refused = Keys::open(data.path(), "x").unwrap_err();
        assert!(matches!(refused, KeyError::Exposed("link")));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        fs::write(&path, [1; 31]).unwrap();
        assert!(matches!(
            Keys::open(data.path(), "x"),
            Err(KeyError::Damaged("link"))
        ));
    }

    #[test]
    fn an_operation_has_one_link() {
        let data = tempfile::tempdir().unwrap();
        let keys = Keys::open(data.path(), "one.example/log").unwrap();
        let token = keys.link_token(&[1; 16], &[2; 16]);
        assert_eq!(token, keys.link_token(&[1; 16], &[2; 16]));
        assert_ne!(token, keys.link_token(&[1; 16], &[3; 16]));
        assert_ne!(token, keys.link_token(&[2; 16], &[2; 16]));
    }
}
