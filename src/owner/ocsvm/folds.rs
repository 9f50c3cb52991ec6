//! Cross-validation folds of enrolment windows.

/// Most folds by session; neighbouring short sessions share one.
const MOST: usize = 10;
/// Folds where one session holds most of the windows.
const STRETCHES: usize = 5;

/// A partition of enrolment windows into blocks, each held out and scored by a model of
/// the others. A block is a whole session, or several short ones, because most of the
/// variation of genuine scores is between sessions (posture, task, grip). Where one
/// session holds more than two thirds of the windows, a block is a fifth of all windows
/// instead, and neighbouring windows that share frames with it are left out of its model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folds {
    /// Half-open ranges of rows, contiguous and in order.
    blocks: Vec<(usize, usize)>,
    /// Rows left out on either side of a block.
    margin: usize,
}

impl Folds {
    /// `sessions` has one number per window, windows in time order; where it
    /// changes, a session begins. `overlap` is how many windows after one share frames
    /// with it: (window − 1) / hop. Fails where one session holds more than two thirds of
    /// the windows and there are fewer than 5 × `overlap`, or fewer than 5: a block's model
    /// would have too few.
    pub fn new(sessions: &[u32], overlap: usize) -> Result<Self, FoldsError> {
        let rows = sessions.len();
        let by_session: Vec<(usize, usize)> = sessions
            .chunk_by(|a, b| a == b)
            .scan(0, |start, session| {
                let block = (*start, *start + session.len());
                *start = block.1;
                Some(block)
            })
            .collect();
        let longest = by_session.iter().map(|&(start, end)| end - start).max();
        if longest.is_some_and(|longest| 3 * longest <= 2 * rows) {
            // Sessions whose middles lie in the same tenth of the rows share a fold.
            let tenth = |&(start, end): &(usize, usize)| MOST * (start + end) / (2 * rows);
            let blocks = by_session
                .chunk_by(|a, b| tenth(a) == tenth(b))
                .map(|shared| (shared[0].0, shared[shared.len() - 1].1))
                .collect();
            return Ok(Self { blocks, margin: 0 });
        }
        // A fifth held out and two margins of a fifth at most leave two fifths.
        let needed = (STRETCHES * overlap).max(STRETCHES);
        if rows < needed {
            return Err(FoldsError { rows, needed });
        }
        let edge = |fold: usize| fold * rows / STRETCHES;
        Ok(Self {
            blocks: (0..STRETCHES).map(|f| (edge(f), edge(f + 1))).collect(),
            margin: overlap,
        })
    }

    /// Number of rows that the folds partition.
    pub fn rows(&self) -> usize {
        self.blocks.last().map_or(0, |&(_, end)| end)
    }

    /// For each block the rows to fit to, and the rows to score.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Vec<usize>, std::ops::Range<usize>)> {
        self.blocks.iter().map(|&(start, end)| {
            let before = 0..start.saturating_sub(self.margin);
            let after = (end + self.margin).min(self.rows())..self.rows();
            (before.chain(after).collect(), start..end)
        })
    }
}

/// A single session has too few windows to hold any out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{rows} enrolment windows are too few to hold some out; give at least {needed}, or several sessions"
)]
pub struct FoldsError {
    /// Windows given.
    pub rows: usize,
    /// Windows needed.
    pub needed: usize,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sessions_are_held_out_whole() {
        let folds = Folds::new(&[7, 7, 7, 8, 8, 7, 7], 6).unwrap();
        let held: Vec<_> = folds.iter().collect();
        assert_eq!(
            held,
            [
                (vec![3, 4, 5, 6], 0..3),
                (vec![0, 1, 2, 5, 6], 3..5),
                (vec![0, 1, 2, 3, 4], 5..7),
            ]
        );
    }

    #[test]
    fn one_session_is_cut_in_fifths_with_room_between() {
        let folds = Folds::new(&[0; 20], 3).unwrap();
        let (fit, held) = folds.iter().nth(1).unwrap();
        assert_eq!((fit, held), ((0..1).chain(11..20).collect(), 4..8));
    }

    #[test]
    fn a_stray_window_of_another_session_does_not_make_two_folds() {
        let mut sessions = [0; 30];
        sessions[29] = 1;
        assert_eq!(Folds::new(&sessions, 5).unwrap().blocks.len(), STRETCHES);
    }

    #[test]
    fn too_few_windows_say_how_many_are_needed() {
        assert_eq!(
            Folds::new(&[0; 24], 5),
            Err(FoldsError {
                rows: 24,
                needed: 25
            })
        );
        assert!(Folds::new(&[], 0).is_err());
    }

    proptest! {
        #[test]
        fn every_row_is_held_out_once_from_a_model_of_others(
            lengths in prop::collection::vec(prop_oneof![1usize..6, 1usize..200], 0..30),
            overlap in 0usize..8,
        ) {
            let sessions: Vec<u32> = (0u32..).zip(&lengths)
                .flat_map(|(session, &length)| vec![session; length])
                .collect();
            let Ok(folds) = Folds::new(&sessions, overlap) else { return Ok(()) };
            prop_assert_eq!(folds.rows(), sessions.len());
            let mut held_out = vec![0; sessions.len()];
            for (fit, held) in folds.iter() {
                prop_assert!(5 * fit.len() >= sessions.len());
                for row in held {
                    held_out[row] += 1;
                    prop_assert!(!fit.contains(&row));
                    let apart = |other: usize| {
                        sessions[other] != sessions[row] || other.abs_diff(row) > overlap
                    };
                    prop_assert!(fit.iter().all(|&other| apart(other)));
                }
            }
            prop_assert!(held_out.iter().all(|&times| times == 1));
        }
    }
}
