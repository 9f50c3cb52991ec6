//! Words that the page and the text share.

/// A time, or that it never came.
pub(super) fn seconds(value: Option<f64>) -> String {
    value.map_or_else(|| "never".into(), |seconds| format!("{seconds:.0} s"))
}
