//! What `fuzz/` runs: one function a target, over any bytes at all.
//!
//! Each must end, soon and in bounded memory, without a panic, and hold what it asserts.
//! `fuzz/README.md` says how they are run; the tests run them over `fuzz/seeds`.

mod folder;
mod journal;
mod motion;
mod onnx;
mod recording;
mod request;
mod settings;
mod unseal;

#[cfg(test)]
mod seeds;

pub use folder::folder;
pub use journal::journal;
pub use motion::motion;
pub use onnx::onnx;
pub use recording::recording;
pub use request::request;
pub use settings::settings;
pub use unseal::unseal;

pub use crate::source::iio::fuzzing::{iio, udev};

/// Splits off the part before the first `mark`, and the rest after it.
fn split<'a>(bytes: &'a [u8], mark: &[u8]) -> (&'a [u8], &'a [u8]) {
    let at = bytes.windows(mark.len()).position(|part| part == mark);
    match at {
        Some(at) => (&bytes[..at], &bytes[at + mark.len()..]),
        None => (bytes, &[]),
    }
}
