//! Which windows of which sessions an owner is enrolled with.

use ndarray::{Array2, ArrayView1, Axis, concatenate};

use super::Features;

/// Default number of enrolment windows: ten minutes of 5 s windows.
pub const ENROLMENT_WINDOWS: usize = 120;

/// Number of a person's `sessions` that are for enrolment: the earlier half, rounded up.
/// `None` for a single session, which is only tested.
pub fn enrolment_sessions(sessions: usize) -> Option<usize> {
    (sessions > 1).then(|| sessions.div_ceil(2))
}

/// At most `windows` rows, spread evenly over all rows of `sessions`, and the session
/// number of each. Rows that are not finite are left out.
pub fn sample_evenly(sessions: &[Features], windows: usize) -> (Array2<f32>, Vec<u32>) {
    let usable: Vec<(u32, ArrayView1<'_, f32>)> = (0u32..)
        .zip(sessions)
        .flat_map(|(s, rows)| rows.outer_iter().map(move |row| (s, row)))
        .filter(|(_, row)| row.iter().all(|v| v.is_finite()))
        .collect();
    let kept = usable.len().min(windows);
    let picked = || (0..kept).map(|i| &usable[i * usable.len() / kept]);
    let rows: Vec<_> = picked().map(|(_, row)| row.insert_axis(Axis(0))).collect();
    let rows = concatenate(Axis(0), &rows).unwrap_or_default();
    (rows, picked().map(|(s, _)| *s).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn enrolment_is_spread_over_the_earlier_sessions_only() {
        let sessions = [
            array![[0.0f32], [1.0], [2.0]],
            array![[10.0]],
            array![[20.0], [21.0]],
        ];
        let (rows, of) = sample_evenly(&sessions, 3);
        assert_eq!((rows, of), (array![[0.0], [2.0], [20.0]], vec![0, 0, 2]));
        let (rows, _) = sample_evenly(&sessions, 99);
        assert_eq!(rows.nrows(), 6);
        assert_eq!(
            (
                enrolment_sessions(1),
                enrolment_sessions(2),
                enrolment_sessions(5)
            ),
            (None, Some(1), Some(3))
        );
    }
}
