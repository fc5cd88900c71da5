//! Records and their proof: canonical encoding, signed records, sealing to register keys, the
//! transparency log, and the export package with its verifier.
//!
//! Pure: nothing here opens a file or a socket, reads a clock or keeps state between calls. Time
//! and the randomness that decides salts come in as arguments; the only generator inside is the
//! one of the HPKE provider. It never sees a database, a case or a screen, and no input from
//! outside makes it panic.
//!
//! Start reading at [`record`]: what a professional signs. [`log`] shows how a server proves that
//! it kept it, [`seal`] how only the organisations involved can read it, and [`export`] how a
//! third party checks all of that years later. `docs/life-of-a-disclosure.md` tells it as one
//! story.

pub mod canonical;
pub mod export;
pub mod log;
pub mod record;
pub mod seal;
