//! Long series made as short as can be seen.

/// Columns that the length of a chart is cut into.
const COLUMNS: usize = 500;
/// Points of a series that are drawn at most.
pub const MAX_POINTS: usize = 4 * COLUMNS;

/// A value at a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Seconds since the chart begins.
    pub at: f64,
    /// The value.
    pub value: f64,
    /// Whether a line is drawn to it from the point before.
    pub joined: bool,
}

/// Of each column the first point, the lowest, the highest and the last, which
/// is all that a line of that many pixels shows: M4 (Jugel et al., "M4: a
/// visualization-oriented time series data aggregation", VLDB 2014). `points`
/// are in order, within `length` seconds. [`MAX_POINTS`] or fewer stay as they are.
pub(crate) fn downsample(points: &[Point], length: f64) -> Vec<Point> {
    if points.len() <= MAX_POINTS {
        return points.to_vec();
    }
    let column = |point: &Point| {
        let share = point.at / length.max(f64::MIN_POSITIVE);
        // What is cast is a number from 0 to 500.
        (share.clamp(0.0, 1.0) * COLUMNS as f64).min(COLUMNS as f64 - 1.0) as usize
    };
    let mut kept = Vec::with_capacity(MAX_POINTS);
    for chunk in points.chunk_by(|one, next| column(one) == column(next)) {
        let by_value = |a: &usize, b: &usize| chunk[*a].value.total_cmp(&chunk[*b].value);
        let extremes = [
            (0..chunk.len()).min_by(by_value),
            (0..chunk.len()).max_by(by_value),
        ];
        let mut places = vec![0, chunk.len() - 1];
        places.extend(extremes.into_iter().flatten());
        places.sort_unstable();
        places.dedup();
        let mut from = 0;
        for place in places {
            // A break between two that are kept stays one.
            let joined = chunk[from..=place].iter().all(|point| point.joined);
            let point = chunk[place];
            kept.push(Point { joined, ..point });
            from = place + 1;
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn extremes_ends_and_breaks_are_kept(
            values in prop::collection::vec(-1.0..1.0f64, 2500..6000),
            breaks in prop::collection::vec(any::<prop::sample::Index>(), 0..5),
        ) {
            let mut points: Vec<_> = (0u32..).zip(&values).map(|(k, &value)| Point {
                at: f64::from(k), value, joined: k > 0,
            }).collect();
            for at in &breaks {
                points[at.index(values.len())].joined = false;
            }
            let length = points.len() as f64 - 1.0;
            let kept = downsample(&points, length);
            prop_assert!(kept.len() <= MAX_POINTS);
            let extremes = |points: &[Point]| {
                let values = points.iter().map(|p| p.value);
                (values.clone().fold(1.0, f64::min), values.fold(-1.0, f64::max))
            };
            prop_assert_eq!(extremes(&kept), extremes(&points));
            prop_assert_eq!(kept.first().map(|p| p.at), Some(0.0));
            prop_assert_eq!(kept.last().map(|p| p.at), Some(length));
            for pair in kept.windows(2) {
                let (from, to) = (pair[0].at as usize + 1, pair[1].at as usize);
                prop_assert_eq!(pair[1].joined, points[from..=to].iter().all(|p| p.joined));
            }
        }
    }
}
