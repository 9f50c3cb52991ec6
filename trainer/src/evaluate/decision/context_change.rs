//! Genuine use in which the owner changes what they do without unlocking: sitting, then
//! walking, then sitting again, spliced from their own sessions.

use std::time::Duration;

use graspd::motion::Sample;

use super::splice::Splice;

/// Length of each of the three pieces, at most.
const PIECE: Duration = Duration::from_secs(120);
/// Shortest last piece.
const LEAST: Duration = Duration::from_secs(30);

/// For each session the nearest one, by date, of the other context (`walking` or not), where
/// there is one. The earlier is taken of two that are as near.
pub fn partners(walking: &[bool]) -> Vec<(usize, usize)> {
    let of = |one: usize| {
        let others = (0..walking.len()).filter(|&other| walking[other] != walking[one]);
        let nearest = others.min_by_key(|other| other.abs_diff(one))?;
        Some((one, nearest))
    };
    (0..walking.len()).filter_map(of).collect()
}

/// Two minutes of `session`, two of `other`, and the next two of `session`. `None` if they
/// are too short for two changes.
pub fn splice(session: &[Sample], other: &[Sample]) -> Option<Splice> {
    let long = super::splice::duration(session) >= PIECE + LEAST;
    if !long || super::splice::duration(other) < LEAST {
        return None;
    }
    let mut splice = Splice::at(session.first()?.t);
    splice.append(session, Duration::ZERO, PIECE);
    splice.append(other, Duration::ZERO, PIECE);
    splice.append(session, PIECE, 2 * PIECE);
    Some(splice)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::decision::splice::tests::session;

    #[test]
    fn each_session_goes_with_the_nearest_of_the_other_kind() {
        let walking = [false, true, true, false, false];
        let expected = [(0, 1), (1, 0), (2, 3), (3, 2), (4, 2)];
        assert_eq!(partners(&walking), expected);
        assert!(partners(&[true, true]).is_empty());
    }

    #[test]
    fn the_owner_walks_off_and_sits_down_again() {
        let spliced = splice(&session(0, 200), &session(900, 500)).unwrap();
        let values: Vec<f32> = spliced.samples().iter().map(|s| s.xyz[0]).collect();
        let runs: Vec<usize> = values.chunk_by(|a, b| a == b).map(<[f32]>::len).collect();
        assert_eq!(runs, [12_000, 12_000, 8_000]);
        assert!(splice(&session(0, 140), &session(900, 500)).is_none());
    }
}
