//! Sessions too short to stand for themselves, learnt as part of a neighbour.
//!
//! Each session is held out in turn to see how sessions differ, and an enrolment of several is
//! refused less readily than one of a single. A sitting that was begun by mistake, or cut in two
//! by a restart, is no other session for that.

/// Shortest session that stands for itself, in frames: two minutes of motion, as the shortest
/// session of use that may join a profile
/// ([`LEAST_WINDOWS`](super::adaptation::LEAST_WINDOWS)).
const LEAST_FRAMES: usize = 12_000;

/// Number and length of each session, in windows every `hop` frames: `sessions` has the number of
/// each window. A short one is joined to the next, and the last one to the one before.
pub(super) fn joined(sessions: &[u32], hop: usize) -> Vec<(u32, usize)> {
    let least = LEAST_FRAMES.div_ceil(hop.max(1));
    let mut joined: Vec<(u32, usize)> = Vec::new();
    for session in sessions.chunk_by(|a, b| a == b) {
        match joined.last_mut() {
            Some((_, windows)) if *windows < least => *windows += session.len(),
            _ => joined.extend(session.first().map(|number| (*number, session.len()))),
        }
    }
    if let [.., (_, before), (_, last)] = &mut joined[..]
        && *last < least
    {
        *before += *last;
        joined.pop();
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lengths(of: &[usize], hop: usize) -> Vec<usize> {
        let numbers = (0..).zip(of);
        let sessions: Vec<u32> = numbers
            .flat_map(|(number, &windows)| std::iter::repeat_n(number, windows))
            .collect();
        let joined = joined(&sessions, hop);
        assert_eq!(
            joined.iter().map(|(_, windows)| windows).sum::<usize>(),
            sessions.len()
        );
        joined.into_iter().map(|(_, windows)| windows).collect()
    }

    #[test]
    fn a_session_too_short_to_stand_for_itself_is_part_of_its_neighbour() {
        for (gathered, learnt) in [
            (&[][..], &[][..]),
            (&[1], &[1]),
            (&[125, 125], &[125, 125]),
            (&[300, 1], &[301]),
            (&[1, 300], &[301]),
            (&[300, 1, 300], &[300, 301]),
            (&[60, 60, 60, 60], &[240]),
            (&[100, 200, 200, 100, 24], &[300, 324]),
        ] {
            assert_eq!(lengths(gathered, 96), learnt, "{gathered:?}");
        }
    }

    #[test]
    fn how_long_a_session_is_does_not_depend_on_the_hop() {
        assert_eq!(lengths(&[63, 63], 192), [63, 63]);
        assert_eq!(lengths(&[24, 24], 500), [24, 24]);
        assert_eq!(lengths(&[300, 300], 0), [600]);
    }

    #[test]
    fn sessions_that_stand_for_themselves_keep_their_numbers() {
        let sessions = [[4; 130], [9; 130]].concat();
        assert_eq!(joined(&sessions, 96), [(4, 130), (9, 130)]);
    }
}
