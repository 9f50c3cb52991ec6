//! The bytes of a sealed file: magic, version, length, checksum, contents.
//!
//! ```text
//! offset  bytes
//!      0      8  magic: "GRASPRF\0" for a profile, "GRASPEN\0" for a begun
//!               enrolment, "GRASPCO\0" for the cohort of a bundle
//!      8      4  format version, u32 little-endian
//!     12      8  length of the contents, u64 little-endian
//!     20     32  SHA-256 of the contents
//!     52      …  the contents, bincode 2 (standard configuration)
//! ```
//!
//! The only module that knows bincode. Its crate is no longer maintained
//! (RUSTSEC-2025-0141); what it reads here is behind a checksum and a limit,
//! and another encoding would be another format version.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use super::Profile;
use super::error::Trouble;
use crate::cohort::Cohort;
use crate::enrol::Material;

/// What can be sealed.
pub(crate) trait Sealed: Serialize + DeserializeOwned {
    /// The first bytes of its files.
    const MAGIC: [u8; 8];
    /// The format that is written and read.
    const VERSION: u32;
    /// What is wrong with it, if its contents make no sense.
    fn nonsense(&self) -> Option<&'static str>;
}

impl Sealed for Profile {
    const MAGIC: [u8; 8] = *b"GRASPRF\0";
    const VERSION: u32 = 3;

    fn nonsense(&self) -> Option<&'static str> {
        let sound = self.calibration.threshold.0.is_finite() && self.calibration.scale > 0.0;
        (!sound)
            .then_some("its calibration is no number")
            .or_else(|| self.scorer.nonsense())
    }
}

impl Sealed for Cohort {
    const MAGIC: [u8; 8] = *b"GRASPCO\0";
    const VERSION: u32 = 1;

    fn nonsense(&self) -> Option<&'static str> {
        Cohort::nonsense(self)
    }
}

impl Sealed for (u32, Material) {
    const MAGIC: [u8; 8] = *b"GRASPEN\0";
    const VERSION: u32 = 1;

    fn nonsense(&self) -> Option<&'static str> {
        let sound = self.1.fits(&self.1);
        (!sound).then_some("its windows are cut off")
    }
}

const HEADER: usize = 52;
/// No profile is larger: 500 support vectors of 16384 numbers are half of it.
pub(super) const LIMIT: usize = 1 << 26;

fn encoding() -> impl bincode::config::Config {
    bincode::config::standard().with_limit::<LIMIT>()
}

/// `what` as bytes.
pub(crate) fn seal<T: Sealed>(what: &T) -> Result<Vec<u8>, Trouble> {
    let contents = bincode::serde::encode_to_vec(what, encoding())
        .map_err(|e| Trouble::Nonsense(e.to_string()))?;
    let mut bytes = Vec::with_capacity(HEADER + contents.len());
    bytes.extend(T::MAGIC);
    bytes.extend(T::VERSION.to_le_bytes());
    bytes.extend((contents.len() as u64).to_le_bytes());
    bytes.extend(Sha256::digest(&contents));
    bytes.extend(contents);
    Ok(bytes)
}

/// What some bytes are.
pub(crate) fn unseal<T: Sealed>(bytes: &[u8]) -> Result<T, Trouble> {
    let magic = &bytes[..bytes.len().min(T::MAGIC.len())];
    if magic.is_empty() || !T::MAGIC.starts_with(magic) {
        return Err(Trouble::Foreign);
    }
    let truncated = |expected| Trouble::Truncated {
        found: bytes.len() as u64,
        expected,
    };
    let rest = bytes.get(T::MAGIC.len()..).unwrap_or_default();
    let (version, rest) = rest
        .split_first_chunk()
        .ok_or_else(|| truncated(HEADER as u64))?;
    match u32::from_le_bytes(*version) {
        found if found < T::VERSION => {
            return Err(Trouble::Older {
                found,
                reads: T::VERSION,
            });
        }
        found if found > T::VERSION => {
            return Err(Trouble::Newer {
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
        return Err(Trouble::TooLong);
    }
    if Sha256::digest(contents).as_slice() != checksum {
        return Err(Trouble::Corrupted);
    }
    let (what, used): (T, usize) = bincode::serde::decode_from_slice(contents, encoding())
        .map_err(|e| Trouble::Nonsense(e.to_string()))?;
    if used != contents.len() {
        return Err(Trouble::Nonsense("bytes are left over".into()));
    }
    match what.nonsense() {
        Some(why) => Err(Trouble::Nonsense(why.into())),
        None => Ok(what),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::profile;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_profile_survives_the_round_trip() {
        let read: Profile = unseal(&seal(&profile()).unwrap()).unwrap();
        assert_eq!(read, profile());
    }

    #[test]
    fn the_format_is_what_it_was() {
        // A change of these bytes strands every profile there is: raise VERSION,
        // then GRASPD_BLESS=1 writes the file anew.
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/profile-v3.bin");
        if std::env::var_os("GRASPD_BLESS").is_some() {
            std::fs::write(path, seal(&profile()).unwrap()).unwrap();
        }
        let golden = std::fs::read(path).unwrap();
        assert_eq!(seal(&profile()).unwrap(), golden);
        assert_eq!(unseal::<Profile>(&golden).unwrap(), profile());
    }

    #[test]
    fn each_kind_of_damage_has_its_own_message() {
        let whole = seal(&profile()).unwrap();
        for cut in 0..whole.len() {
            match (cut, unseal::<Profile>(&whole[..cut])) {
                (0, Err(Trouble::Foreign)) | (1.., Err(Trouble::Truncated { .. })) => {}
                (_, other) => panic!("cut at {cut}: {other:?}"),
            }
        }
        let with = |at: usize, byte: u8| {
            let mut bytes = whole.clone();
            bytes[at] = byte;
            unseal::<Profile>(&bytes).unwrap_err()
        };
        assert!(matches!(with(0, b'X'), Trouble::Foreign));
        assert!(matches!(with(8, 0), Trouble::Older { found: 0, .. }));
        assert!(matches!(with(8, 9), Trouble::Newer { found: 9, .. }));
        for at in (20..whole.len()).step_by(7) {
            assert!(
                matches!(with(at, whole[at] ^ 0x40), Trouble::Corrupted),
                "{at}"
            );
        }
        let longer = [&whole[..], b"x"].concat();
        assert!(matches!(unseal::<Profile>(&longer), Err(Trouble::TooLong)));
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
            prop_assert!(unseal::<(u32, Material)>(&bytes).is_err());
        }
    }
}
