//! The points and the time ticks of the evidence chart; nothing is drawn here.

use crate::history::{JOINED_S, Point};

/// Steps between times, in seconds, that people count in.
const STEPS: [i64; 11] = [
    60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200,
];

/// A time from 0 at the left to 1 at the right, and evidence from 0 to 1.
pub type Position = (f64, f64);

/// The evidence between two times as lines, no more of them than `columns` can show: of each
/// column the first, the lowest, the highest and the last point.
pub fn lines(points: &[Point], (from, to): (i64, i64), columns: usize) -> Vec<Vec<Position>> {
    let length = (to - from).max(1) as f64;
    let mut lines: Vec<Vec<Position>> = Vec::new();
    let mut column: Vec<Position> = Vec::new();
    let mut before: Option<i64> = None;
    let index = |x: f64| (x * columns as f64) as usize;
    for point in points.iter().filter(|p| (from..=to).contains(&p.at)) {
        let x = (point.at - from) as f64 / length;
        let apart = before.is_none_or(|at| point.at - at > JOINED_S || point.at < at);
        let next = column
            .first()
            .is_some_and(|first| index(first.0) != index(x));
        if apart || next {
            flush(&mut lines, &mut column);
        }
        if apart {
            lines.push(Vec::new());
        }
        column.push((x, point.evidence.clamp(0.0, 1.0)));
        before = Some(point.at);
    }
    flush(&mut lines, &mut column);
    lines
}

fn flush(lines: &mut [Vec<Position>], column: &mut Vec<Position>) {
    let all = std::mem::take(column);
    let Some(line) = lines.last_mut() else { return };
    if all.len() <= 4 {
        line.extend(all);
        return;
    }
    let by_evidence = |a: &usize, b: &usize| all[*a].1.total_cmp(&all[*b].1);
    let lowest = (0..all.len()).min_by(by_evidence).unwrap_or_default();
    let highest = (0..all.len()).max_by(by_evidence).unwrap_or_default();
    let mut kept = [0, lowest, highest, all.len() - 1];
    kept.sort_unstable();
    line.extend(kept.map(|at| all[at]));
}

/// Round times between two, at most `most`; `offset` is the local time's, in seconds east.
pub fn ticks((from, to): (i64, i64), most: usize, offset: i64) -> Vec<i64> {
    let fits = |step: &&i64| (to - from) / **step <= most as i64;
    let step = STEPS.iter().find(fits).copied().unwrap_or(86_400);
    let first = (from + offset).div_euclid(step) * step - offset;
    (0..=most as i64 + 2)
        .map(|n| first + n * step)
        .filter(|at| (from..=to).contains(at))
        .take(most)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point(at: i64, evidence: f64) -> Point {
        Point { at, evidence }
    }

    #[test]
    fn a_day_is_drawn_with_its_extremes_and_without_its_gaps() {
        let mut points: Vec<_> = (0..5000).map(|n| point(n * 8, 0.9)).collect();
        points[2500].evidence = 0.05;
        points.extend((0..100).map(|n| point(80_000 + n * 8, 2.0)));
        let drawn = lines(&points, (0, 86_400), 300);
        assert_eq!(drawn.len(), 2, "the gap is not joined");
        let all: Vec<_> = drawn.concat();
        assert!(all.len() < 1300, "{}", all.len());
        assert!(all.iter().any(|(_, e)| (*e - 0.05).abs() < 1e-9));
        assert!(
            all.iter()
                .all(|(x, e)| (0.0..=1.0).contains(x) && *e <= 1.0)
        );
        assert!(all.is_sorted_by(|a, b| a.0 <= b.0));
    }

    #[test]
    fn nothing_and_one_point_are_drawn_too() {
        assert!(lines(&[], (0, 0), 300).is_empty());
        assert_eq!(lines(&[point(5, 0.5)], (5, 5), 300), [[(0.0, 0.5)]]);
        assert!(lines(&[point(5, 0.5)], (6, 9), 300).is_empty());
        // A clock that was set back begins another line.
        let back = [point(50, 0.5), point(20, 0.5)];
        assert_eq!(lines(&back, (0, 60), 1).len(), 2);
    }

    #[test]
    fn times_are_round_and_few() {
        assert_eq!(ticks((0, 3600), 4, 0), [0, 900, 1800, 2700]);
        let kathmandu = ticks((0, 86_400), 5, 20_700);
        assert!(kathmandu.iter().all(|at| (at + 20_700) % 3600 == 0));
        assert!(!kathmandu.is_empty() && kathmandu.len() <= 5);
        assert!(ticks((7, 7), 4, 0).len() <= 1);
    }
}
