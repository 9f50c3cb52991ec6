//! SHA-256 of files and figures, in hexadecimal.

use sha2::{Digest, Sha256};

/// SHA-256 of `contents`, 64 hexadecimal digits.
pub(crate) fn sha256(contents: &[u8]) -> String {
    hexadecimal(&Sha256::digest(contents))
}

/// Bytes in hexadecimal, lower case.
pub(crate) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
