//! A file that is said to be a recording: CSV, plain or zstd.

use std::path::Path;

use crate::source::{self, Reading, Source, format_row, parse_row};

/// Most readings that are taken of one input: a compressed one may hold any number.
const MOST: u64 = 100_000;

/// Any file, as `graspd replay` and `graspd enroll` open it.
pub fn recording(bytes: &[u8]) {
    let Ok(dir) = tempfile::tempdir() else { return };
    let path = dir.path().join("recording.csv");
    if std::fs::write(&path, bytes).is_ok() {
        drain(&path);
    }
}

/// Reads what is at `path`; what it gives is counted and can be written again.
pub(super) fn drain(path: &Path) {
    let mut source = match source::open(path) {
        Ok(source) => source,
        Err(error) => {
            assert!(!error.to_string().contains('\n'), "{error}");
            return;
        }
    };
    let mut samples = 0;
    while samples < MOST {
        match source.next() {
            Ok(Some(Reading::Sample(sample))) => {
                samples += 1;
                let row = format_row(&sample);
                let again = parse_row(&row).map(|again| (again.t, again.sensor));
                assert_eq!(again.ok(), Some((sample.t, sample.sensor)), "{row}");
            }
            Ok(Some(Reading::Quiet(_) | Reading::Skipped)) => {}
            Ok(None) => break,
            Err(error) => {
                assert!(!error.to_string().contains('\n'), "{error}");
                break;
            }
        }
    }
    assert!(source.counts().samples >= samples);
}
