//! Who does what, when: the plot of a session.

use std::fmt;

use super::random::Dice;

/// What happens to the phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    /// Held and scrolled, seated.
    ReadSeated,
    /// Typed on, seated.
    TypeSeated,
    /// Held and scrolled, standing.
    ReadStanding,
    /// Held and scrolled, walking.
    ReadWalking,
    /// Typed on, walking.
    TypeWalking,
    /// Put down, face up, and left alone.
    OnTable,
    /// Lowered, taken by the episode's holder, and raised.
    HandedOver,
}

impl Activity {
    pub(super) fn walks(self) -> bool {
        matches!(self, Self::ReadWalking | Self::TypeWalking)
    }

    pub(super) fn types(self) -> bool {
        matches!(self, Self::TypeSeated | Self::TypeWalking)
    }

    pub(super) fn reads(self) -> bool {
        matches!(
            self,
            Self::ReadSeated | Self::ReadStanding | Self::ReadWalking
        )
    }
}

impl fmt::Display for Activity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ReadSeated => "reads, seated",
            Self::TypeSeated => "types, seated",
            Self::ReadStanding => "reads, standing",
            Self::ReadWalking => "reads, walking",
            Self::TypeWalking => "types, walking",
            Self::OnTable => "puts the phone on a table",
            Self::HandedOver => "is handed the phone",
        })
    }
}

/// One stretch of a session; it lasts until the next begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Episode {
    /// Seconds from the session's start.
    pub start_s: f64,
    /// Which of the session's people has the phone.
    pub holder: usize,
    /// What they do.
    pub activity: Activity,
}

/// How long the phone is on its way from one person to the other.
const HAND_OVER_S: f64 = 3.0;
/// No episode is shorter.
const SHORTEST_S: f64 = 10.0;

/// Each activity in hand, with its share and its length in seconds.
const IN_HAND: [(Activity, f64, f64, f64); 5] = [
    (Activity::ReadSeated, 0.28, 20.0, 45.0),
    (Activity::TypeSeated, 0.22, 15.0, 35.0),
    (Activity::ReadStanding, 0.16, 15.0, 35.0),
    (Activity::ReadWalking, 0.22, 20.0, 45.0),
    (Activity::TypeWalking, 0.12, 15.0, 30.0),
];
/// How often an episode is followed by one on the table.
const TABLE_CHANCE: f64 = 0.12;

/// Writes the plot: person `k` has the phone from `starts_s[k]` on, the last
/// until `end_s`.
pub(super) fn write(dice: &mut Dice, starts_s: &[f64], end_s: f64) -> Vec<Episode> {
    let mut script: Vec<Episode> = Vec::new();
    for (holder, &start_s) in starts_s.iter().enumerate() {
        let mut t = start_s;
        if holder > 0 {
            script.push(Episode {
                start_s,
                holder,
                activity: Activity::HandedOver,
            });
            t += HAND_OVER_S;
        }
        let leaves_s = starts_s.get(holder + 1).copied().unwrap_or(end_s);
        let mut last = Activity::HandedOver;
        // What is left of a turn too short for another episode goes to the last.
        while t + SHORTEST_S <= leaves_s || last == Activity::HandedOver {
            let table_fits = t + 4.0 * SHORTEST_S < leaves_s;
            let may_lie = !matches!(last, Activity::HandedOver | Activity::OnTable);
            let (activity, length_s) = if may_lie && table_fits && dice.chance(TABLE_CHANCE) {
                (Activity::OnTable, dice.within(12.0..25.0))
            } else {
                another(dice, last)
            };
            script.push(Episode {
                start_s: t,
                holder,
                activity,
            });
            t += length_s.min(leaves_s - t - SHORTEST_S).max(SHORTEST_S);
            last = activity;
        }
    }
    script
}

/// An activity in hand other than `last`, and its length.
fn another(dice: &mut Dice, last: Activity) -> (Activity, f64) {
    loop {
        let mut at = dice.unit();
        for (activity, share, shortest, longest) in IN_HAND {
            at -= share;
            if at < 0.0 && activity != last {
                return (activity, dice.within(shortest..longest));
            }
            if at < 0.0 {
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::random::Purpose;
    use super::*;

    #[test]
    fn the_phone_changes_hands_when_told_and_never_from_the_table() {
        for seed in 0..200 {
            let mut dice = Dice::new(Purpose::Script, [seed, 0]);
            let script = write(&mut dice, &[0.0, 61.5, 130.0], 200.0);
            assert!(script.is_sorted_by(|a, b| a.start_s < b.start_s));
            assert!(script.iter().all(|e| e.start_s < 200.0));
            let handed: Vec<usize> = (0..script.len())
                .filter(|&k| script[k].activity == Activity::HandedOver)
                .collect();
            let times: Vec<f64> = handed.iter().map(|&k| script[k].start_s).collect();
            assert_eq!(times, [61.5, 130.0], "seed {seed}");
            for k in handed {
                assert_ne!(script[k - 1].activity, Activity::OnTable, "seed {seed}");
                assert_eq!(script[k - 1].holder + 1, script[k].holder);
            }
        }
    }
}
