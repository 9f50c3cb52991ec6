//! Long days thinned to what can be seen.

use super::stretch::Point;

/// Columns that a stretch is cut into.
const COLUMNS: usize = 500;
/// Points that are left at most.
pub(super) const MOST: usize = 4 * COLUMNS;

/// Of each column the first point, the lowest, the highest and the last, which
/// is all that a line of that many pixels shows: M4 (Jugel et al., "M4: a
/// visualization-oriented time series data aggregation", VLDB 2014). `points`
/// are in order, within `length` seconds.
pub(super) fn thin(points: &[Point], length: f64) -> Vec<Point> {
    if points.len() <= MOST {
        return points.to_vec();
    }
    let column = |point: &Point| {
        let share = point.at / length.max(f64::MIN_POSITIVE);
        // What is cast is a number from 0 to 500.
        (share.clamp(0.0, 1.0) * COLUMNS as f64).min(COLUMNS as f64 - 1.0) as usize
    };
    let mut kept = Vec::with_capacity(MOST);
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
