//! The format of graspd's own binary files, with a checksum.
//!
//! ```text
//! offset  bytes
//!      0      8  magic: "GRASPRF\0" for a profile, "GRASPEN\0" for a begun
//!               enrolment, "GRASPSE\0" for the record of learnt sessions,
//!               "GRASPPA\0" for the owner's pause, "GRASPCO\0" for the
//!               cohort of a bundle
//!      8      4  format version, u32 little-endian
//!     12      8  length of the contents, u64 little-endian
//!     20     32  SHA-256 of the contents
//!     52      …  the contents, bincode 2 (standard configuration)
//! ```
//!
//! The checksum detects damage, not tampering, and nothing in these files is kept secret: both
//! are left to their owner and mode.
//!
//! The only module that uses bincode. The crate is no longer maintained
//! (RUSTSEC-2025-0141); it is kept because it decodes only contents that passed a
//! checksum and a size limit, and another encoding would need a new format version.

mod error;
pub(crate) mod file;
mod new_file;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

pub use error::{SealedError, SealedFileError};

/// A kind of sealed file, as messages name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kind {
    /// Its name, which follows "graspd" in messages.
    pub name: &'static str,
    /// How to replace it, an imperative that follows "or" in messages.
    pub renew: &'static str,
}

/// A type that is stored in sealed files.
pub(crate) trait Sealed: Serialize + DeserializeOwned {
    /// Kind, for messages.
    const KIND: Kind;
    /// First eight bytes of its files.
    const MAGIC: [u8; 8];
    /// Format version written, and the only one read.
    const VERSION: u32;
    /// The first check that decoded contents fail; `None` if they are valid.
    fn defect(&self) -> Option<&'static str>;
}

pub(crate) const HEADER: usize = 52;
/// Size limit, in bytes; 500 support vectors of 16384 numbers take half of it.
const LIMIT: usize = 1 << 26;

fn encoding() -> impl bincode::config::Config {
    bincode::config::standard().with_limit::<LIMIT>()
}

/// Encodes `what` as a sealed file.
pub(crate) fn seal<T: Sealed>(what: &T) -> Result<Vec<u8>, SealedError> {
    let contents = bincode::serde::encode_to_vec(what, encoding()).map_err(|e| invalid::<T>(e))?;
    let mut bytes = Vec::with_capacity(HEADER + contents.len());
    bytes.extend(T::MAGIC);
    bytes.extend(T::VERSION.to_le_bytes());
    bytes.extend((contents.len() as u64).to_le_bytes());
    bytes.extend(Sha256::digest(&contents));
    bytes.extend(contents);
    Ok(bytes)
}

/// Decodes and checks the bytes of a sealed file.
pub(crate) fn unseal<T: Sealed>(bytes: &[u8]) -> Result<T, SealedError> {
    let magic = &bytes[..bytes.len().min(T::MAGIC.len())];
    if magic.is_empty() || !T::MAGIC.starts_with(magic) {
        return Err(SealedError::Foreign(T::KIND));
    }
    let truncated = |expected| SealedError::Truncated {
        kind: T::KIND,
        found: bytes.len() as u64,
        expected,
    };
    let rest = bytes.get(T::MAGIC.len()..).unwrap_or_default();
    let (version, rest) = rest
        .split_first_chunk()
        .ok_or_else(|| truncated(HEADER as u64))?;
    match u32::from_le_bytes(*version) {
        found if found < T::VERSION => {
            return Err(SealedError::Older {
                kind: T::KIND,
                found,
                reads: T::VERSION,
            });
        }
        found if found > T::VERSION => {
            return Err(SealedError::Newer {
                found,
                reads: T::VERSION,
            });
        }
        _ => {}
    }
    let (length, rest) = rest
        .split_first_chunk()
        .ok_or_else(|| truncated(HEADER as u64))?;
    let length = u64::from_le_bytes(*length);
    let (checksum, contents) = rest
        .split_first_chunk::<32>()
        .ok_or_else(|| truncated(HEADER as u64))?;
    let found = contents.len() as u64;
    if found < length {
        return Err(truncated(length.saturating_add(HEADER as u64)));
    }
    if found > length {
        return Err(SealedError::TooLong(T::KIND));
    }
    if Sha256::digest(contents).as_slice() != checksum {
        return Err(SealedError::Corrupted(T::KIND));
    }
    let (what, used): (T, usize) =
        bincode::serde::decode_from_slice(contents, encoding()).map_err(|e| invalid::<T>(e))?;
    if used != contents.len() {
        return Err(invalid::<T>("bytes are left over"));
    }
    match what.defect() {
        Some(why) => Err(invalid::<T>(why)),
        None => Ok(what),
    }
}

fn invalid<T: Sealed>(why: impl ToString) -> SealedError {
    SealedError::Invalid {
        kind: T::KIND,
        why: why.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enrol::{
        BegunEnrolment, DecisionBudget, EnrolmentWindows, GammaRule, KeptSessions, LearnOptions,
    };
    use crate::owner::ocsvm::{Gamma, Nu};
    use crate::owner::profile::Profile;
    use crate::owner::profile::tests::profile;
    use proptest::prelude::*;

    #[test]
    fn a_profile_survives_the_round_trip() {
        let read: Profile = unseal(&seal(&profile()).unwrap()).unwrap();
        assert_eq!(read, profile());
    }

    /// Whether `what` is written as the file of tests/golden has it, and read from there. If
    /// the bytes change, existing files become unreadable: raise VERSION, then GRASPD_BLESS=1
    /// writes a file of that version.
    fn is_golden<T: Sealed + PartialEq + std::fmt::Debug>(name: &str, what: &T) {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");
        let path = format!("{folder}/{name}-v{}.bin", T::VERSION);
        if std::env::var_os("GRASPD_BLESS").is_some() {
            std::fs::write(&path, seal(what).unwrap()).unwrap();
        }
        let golden = std::fs::read(path).unwrap();
        assert_eq!(seal(what).unwrap(), golden);
        assert_eq!(unseal::<T>(&golden).unwrap(), *what);
    }

    #[test]
    fn the_formats_are_what_they_were() {
        is_golden("profile", &profile());
        let mut windows = EnrolmentWindows::made_up(2);
        for row in [[0.5f32, -1.25], [1e-30, 3.0e7]] {
            assert!(windows.add(row[..].into()));
            windows.end_session();
        }
        windows.at_rest();
        let how = LearnOptions {
            nu: Nu::RECIPE,
            gamma: GammaRule::Fixed(Gamma::RECIPE),
            rule: DecisionBudget::default(),
        };
        let kept = KeptSessions::of(&windows, &how, &profile());
        is_golden::<BegunEnrolment>("begun-enrolment", &(1000, windows));
        is_golden("learnt-sessions", &kept);
    }

    #[test]
    fn each_kind_of_damage_has_its_own_message() {
        let whole = seal(&profile()).unwrap();
        for cut in 0..whole.len() {
            match (cut, unseal::<Profile>(&whole[..cut])) {
                (0, Err(SealedError::Foreign(_))) | (1.., Err(SealedError::Truncated { .. })) => {}
                (_, other) => panic!("cut at {cut}: {other:?}"),
            }
        }
        let with = |at: usize, byte: u8| {
            let mut bytes = whole.clone();
            bytes[at] = byte;
            unseal::<Profile>(&bytes).unwrap_err()
        };
        assert!(matches!(with(0, b'X'), SealedError::Foreign(_)));
        assert!(matches!(with(8, 0), SealedError::Older { found: 0, .. }));
        assert!(matches!(with(8, 9), SealedError::Newer { found: 9, .. }));
        for at in (20..whole.len()).step_by(7) {
            assert!(
                matches!(with(at, whole[at] ^ 0x40), SealedError::Corrupted(_)),
                "{at}"
            );
        }
        let longer = [&whole[..], b"x"].concat();
        assert!(matches!(
            unseal::<Profile>(&longer),
            Err(SealedError::TooLong(_))
        ));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..200), sealed: bool) {
            if sealed {
                let contents = std::mem::take(&mut bytes);
                bytes.extend(Profile::MAGIC);
                bytes.extend(Profile::VERSION.to_le_bytes());
                bytes.extend((contents.len() as u64).to_le_bytes());
                bytes.extend(Sha256::digest(&contents));
                bytes.extend(contents);
            }
            prop_assert!(unseal::<Profile>(&bytes).is_err());
            prop_assert!(unseal::<BegunEnrolment>(&bytes).is_err());
            prop_assert!(unseal::<KeptSessions>(&bytes).is_err());
        }
    }
}
