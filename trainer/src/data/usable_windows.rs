//! The windows of a recording that can be learnt from or tested.

use graspd::examine::{Doubt, ExaminedSource};
use graspd::source::Source;

use super::recording::Recording;
use super::set::DataSet;
use super::windows::{self, WindowShape, Windows};

/// Windows of a recording of `set`; at least one. The error says why there are none, or why
/// they cannot be used: windows in another unit, or of two clocks, are of no person.
pub fn usable_windows(
    set: DataSet,
    recording: &Recording,
    shape: WindowShape,
) -> Result<Windows, String> {
    let source = set.open(&recording.path).map_err(|e| e.to_string())?;
    let mut source = ExaminedSource::new(source, shape.channels);
    let (windows, counts) = windows::of(&mut source, shape).map_err(|e| e.to_string())?;
    let doubts = source.doubts();
    if windows.is_empty() {
        let why = match doubts.first() {
            Some(doubt) => doubt.to_string(),
            None => format!(
                "{} gaps, {} rows unreadable, {} samples off 25 to 400 Hz",
                counts.gaps,
                source.counts().malformed,
                counts.off_rate
            ),
        };
        return Err(format!("no {} frames without a gap ({why})", shape.frames));
    }
    match doubts.iter().find(|doubt| of_unit_or_clock(doubt)) {
        Some(doubt) => Err(doubt.to_string()),
        None => Ok(windows),
    }
}

/// Whether values or times are not what windows take them for. Other doubts cost windows only.
fn of_unit_or_clock(doubt: &Doubt) -> bool {
    let of_time = matches!(
        doubt,
        Doubt::TimeUnit { .. }
            | Doubt::TwoClocks(_)
            | Doubt::Late(..)
            | Doubt::Drift(_)
            | Doubt::Lag(..)
    );
    of_time || doubt.spoils()
}
