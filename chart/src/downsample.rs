//! Downsampling of long series.

/// Columns into which the length of a chart is divided.
const COLUMNS: usize = 500;
/// Most points of a series that are drawn.
pub const MAX_POINTS: usize = 4 * COLUMNS;

/// A value at a time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// Seconds from the chart's left end.
    pub at: f64,
    /// The value.
    pub value: f64,
    /// Whether a line joins it to the previous point.
    pub joined: bool,
}

/// The first, lowest, highest and last point of each column, which look the same as all
/// points when drawn as a line of that many pixels: M4 (Jugel et al., "M4: a
/// visualization-oriented time series data aggregation", VLDB 2014). `points` are in
/// order, within `length` seconds. Series of at most [`MAX_POINTS`] are returned
/// unchanged.
pub(crate) fn downsample(points: &[Point], length: f64) -> Vec<Point> {
    if points.len() <= MAX_POINTS {
        return points.to_vec();
    }
    let column = |point: &Point| {
        let share = point.at / length.max(f64::MIN_POSITIVE);
        // The cast is exact enough: the number is from 0 to 500.
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
            // A break between two points that are kept is kept too.
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
