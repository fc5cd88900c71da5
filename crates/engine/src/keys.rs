//! From a passphrase to the key of the local database.

use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::Zeroizing;

/// KiB of memory one derivation takes.
const MEMORY_KIB: u32 = 64 * 1024;
/// Passes over that memory.
const PASSES: u32 = 3;
/// Lanes; browsers have one.
const LANES: u32 = 1;

/// Why no key was derived.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Choose a passphrase of a reasonable length.
    #[error("a passphrase has 1 to 1024 bytes; choose another one")]
    Length,
    /// The device has too little memory: close other programs and try again.
    #[error("there is too little memory to derive the key; close other programs and try again")]
    Memory,
}

/// Derives the key of the local database: Argon2id (RFC 9106) with 64 MiB and three passes.
pub fn derive(passphrase: &str, salt: &[u8; 16]) -> Result<Zeroizing<[u8; 32]>, KeyError> {
    if !(1..=1024).contains(&passphrase.len()) {
        return Err(KeyError::Length);
    }
    let params = Params::new(MEMORY_KIB, PASSES, LANES, Some(32)).map_err(|_| KeyError::Memory)?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, key.as_mut())
        .map_err(|_| KeyError::Memory)?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_passphrase_or_salt_gives_another_key() {
        let key = derive("een lange zin", &[1; 16]).unwrap();
        assert_eq!(*derive("een lange zin", &[1; 16]).unwrap(), *key);
        assert_ne!(*derive("een lange zon", &[1; 16]).unwrap(), *key);
        assert_ne!(*derive("een lange zin", &[2; 16]).unwrap(), *key);
        assert_eq!(derive("", &[1; 16]).unwrap_err(), KeyError::Length);
    }
}
