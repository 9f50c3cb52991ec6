//! The activities of a session: who has the phone, from when, doing what.

use std::fmt;

use super::random::SeededRng;

/// What is done with the phone.
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

/// One activity of a session; it lasts until the next begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Episode {
    /// Seconds from the session's start.
    pub start_s: f64,
    /// Position, among the session's people, of who has the phone.
    pub holder: usize,
    /// What that person does.
    pub activity: Activity,
}

/// Duration of a hand-over, s.
const HAND_OVER_S: f64 = 3.0;
/// Shortest episode, s.
const SHORTEST_S: f64 = 10.0;

/// Activities in hand: probability, shortest and longest duration in s.
const IN_HAND: [(Activity, f64, f64, f64); 5] = [
    (Activity::ReadSeated, 0.28, 20.0, 45.0),
    (Activity::TypeSeated, 0.22, 15.0, 35.0),
    (Activity::ReadStanding, 0.16, 15.0, 35.0),
    (Activity::ReadWalking, 0.22, 20.0, 45.0),
    (Activity::TypeWalking, 0.12, 15.0, 30.0),
];
/// Probability that an episode is followed by one on the table.
const TABLE_CHANCE: f64 = 0.12;

/// Draws a schedule in which person `k` has the phone from `starts_s[k]` on, the last until
/// `end_s`.
pub(super) fn draw(rng: &mut SeededRng, starts_s: &[f64], end_s: f64) -> Vec<Episode> {
    let mut schedule: Vec<Episode> = Vec::new();
    for (holder, &start_s) in starts_s.iter().enumerate() {
        let mut t = start_s;
        if holder > 0 {
            schedule.push(Episode {
                start_s,
                holder,
                activity: Activity::HandedOver,
            });
            t += HAND_OVER_S;
        }
        let leaves_s = starts_s.get(holder + 1).copied().unwrap_or(end_s);
        let mut last = Activity::HandedOver;
        // A rest too short for another episode prolongs the last.
        while t + SHORTEST_S <= leaves_s || last == Activity::HandedOver {
            let table_fits = t + 4.0 * SHORTEST_S < leaves_s;
            let may_lie = !matches!(last, Activity::HandedOver | Activity::OnTable);
            let (activity, length_s) = if may_lie && table_fits && rng.chance(TABLE_CHANCE) {
                (Activity::OnTable, rng.within(12.0..25.0))
            } else {
                another(rng, last)
            };
            schedule.push(Episode {
                start_s: t,
                holder,
                activity,
            });
            t += length_s.min(leaves_s - t - SHORTEST_S).max(SHORTEST_S);
            last = activity;
        }
    }
    schedule
}

/// An activity in hand other than `last`, and its duration in s.
fn another(rng: &mut SeededRng, last: Activity) -> (Activity, f64) {
    loop {
        let mut at = rng.unit();
        for (activity, share, shortest, longest) in IN_HAND {
            at -= share;
            if at < 0.0 && activity != last {
                return (activity, rng.within(shortest..longest));
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
            let mut rng = SeededRng::new(Purpose::Script, [seed, 0]);
            let schedule = draw(&mut rng, &[0.0, 61.5, 130.0], 200.0);
            assert!(schedule.is_sorted_by(|a, b| a.start_s < b.start_s));
            assert!(schedule.iter().all(|e| e.start_s < 200.0));
            let handed: Vec<usize> = (0..schedule.len())
                .filter(|&k| schedule[k].activity == Activity::HandedOver)
                .collect();
            let times: Vec<f64> = handed.iter().map(|&k| schedule[k].start_s).collect();
            assert_eq!(times, [61.5, 130.0], "seed {seed}");
            for k in handed {
                assert_ne!(schedule[k - 1].activity, Activity::OnTable, "seed {seed}");
                assert_eq!(schedule[k - 1].holder + 1, schedule[k].holder);
            }
        }
    }
}
