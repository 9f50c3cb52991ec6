//! The bytes of a profile: magic, version, length, checksum, contents.
//!
//! ```text
//! offset  bytes
//!      0      8  "GRASPRF\0"
//!      8      4  format version, u32 little-endian
//!     12      8  length of the contents, u64 little-endian
//!     20     32  SHA-256 of the contents
//!     52      …  the contents, bincode 2 (standard configuration)
//! ```
//!
//! The only module that knows bincode. Its crate is no longer maintained
//! (RUSTSEC-2025-0141); what it reads here is behind a checksum and a limit,
//! and another encoding would be another format version.

use sha2::{Digest, Sha256};

use super::Profile;
use super::error::Trouble;

const MAGIC: [u8; 8] = *b"GRASPRF\0";
/// The format that is written and read.
const VERSION: u32 = 1;
const HEADER: usize = 52;
/// No profile is larger: 500 support vectors of 16384 numbers are half of it.
pub(super) const LIMIT: usize = 1 << 26;

fn encoding() -> impl bincode::config::Config {
    bincode::config::standard().with_limit::<LIMIT>()
}

/// A profile as bytes.
pub(super) fn seal(profile: &Profile) -> Result<Vec<u8>, Trouble> {
    let contents = bincode::serde::encode_to_vec(profile, encoding())
        .map_err(|e| Trouble::Nonsense(e.to_string()))?;
    let mut bytes = Vec::with_capacity(HEADER + contents.len());
    bytes.extend(MAGIC);
    bytes.extend(VERSION.to_le_bytes());
    bytes.extend((contents.len() as u64).to_le_bytes());
    bytes.extend(Sha256::digest(&contents));
    bytes.extend(contents);
    Ok(bytes)
}

/// The profile of some bytes.
pub(super) fn unseal(bytes: &[u8]) -> Result<Profile, Trouble> {
    let magic = &bytes[..bytes.len().min(MAGIC.len())];
    if magic.is_empty() || !MAGIC.starts_with(magic) {
        return Err(Trouble::Foreign);
    }
    let truncated = |expected| Trouble::Truncated {
        found: bytes.len() as u64,
        expected,
    };
    let rest = bytes.get(MAGIC.len()..).unwrap_or_default();
    let (version, rest) = rest
        .split_first_chunk()
        .ok_or_else(|| truncated(HEADER as u64))?;
    match u32::from_le_bytes(*version) {
        VERSION => {}
        found if found < VERSION => {
            return Err(Trouble::Older {
                found,
                reads: VERSION,
            });
        }
        found => {
            return Err(Trouble::Newer {
                found,
                reads: VERSION,
            });
        }
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
    let (profile, used): (Profile, usize) = bincode::serde::decode_from_slice(contents, encoding())
        .map_err(|e| Trouble::Nonsense(e.to_string()))?;
    if used != contents.len() {
        return Err(Trouble::Nonsense("bytes are left over".into()));
    }
    let calibration = profile.calibration;
    let sound = calibration.threshold.0.is_finite() && calibration.scale > 0.0;
    if !sound {
        return Err(Trouble::Nonsense("its calibration is no number".into()));
    }
    Ok(profile)
}

#[cfg(test)]
mod tests {
    use super::super::tests::profile;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_profile_survives_the_round_trip() {
        assert_eq!(unseal(&seal(&profile()).unwrap()).unwrap(), profile());
    }

    #[test]
    fn the_format_is_what_it_was() {
        // A change of these bytes strands every profile there is: raise VERSION,
        // then GRASPD_BLESS=1 writes the file anew.
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/profile-v1.bin");
        if std::env::var_os("GRASPD_BLESS").is_some() {
            std::fs::write(path, seal(&profile()).unwrap()).unwrap();
        }
        let golden = std::fs::read(path).unwrap();
        assert_eq!(seal(&profile()).unwrap(), golden);
        assert_eq!(unseal(&golden).unwrap(), profile());
    }

    #[test]
    fn each_kind_of_damage_has_its_own_message() {
        let whole = seal(&profile()).unwrap();
        for cut in 0..whole.len() {
            match (cut, unseal(&whole[..cut])) {
                (0, Err(Trouble::Foreign)) | (1.., Err(Trouble::Truncated { .. })) => {}
                (_, other) => panic!("cut at {cut}: {other:?}"),
            }
        }
        let with = |at: usize, byte: u8| {
            let mut bytes = whole.clone();
            bytes[at] = byte;
            unseal(&bytes).unwrap_err()
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
        assert!(matches!(unseal(&longer), Err(Trouble::TooLong)));
    }

    proptest! {
        #[test]
        fn no_bytes_panic(mut bytes in prop::collection::vec(any::<u8>(), 0..200), sealed: bool) {
            if sealed {
                let contents = std::mem::take(&mut bytes);
                bytes.extend(MAGIC);
                bytes.extend(VERSION.to_le_bytes());
                bytes.extend((contents.len() as u64).to_le_bytes());
                bytes.extend(Sha256::digest(&contents));
                bytes.extend(contents);
            }
            prop_assert!(unseal(&bytes).is_err());
        }
    }
}
