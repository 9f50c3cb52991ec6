//! The progress of an enrolment, and which steps it allows.

/// What `EnrolmentStatus` answers. docs/dbus.md
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Enrolment {
    /// `none`, `gathering`, `waiting`, `fitting`, `refused` or `finished`.
    pub phase: String,
    /// Windows gathered.
    pub windows: u64,
    /// Those of them that the present sitting has gathered; `None` between sittings.
    pub in_sitting: Option<u64>,
    /// Windows that suffice, of all sittings and as the goal of each.
    pub wanted: u64,
    /// Sittings that gave windows.
    pub sittings: u64,
    /// Windows of a device that lay still.
    pub at_rest: u64,
    /// Its outcome, or what stands in its way, in the daemon's text.
    pub message: Option<String>,
}

/// Seconds from one window to the next.
const HOP_S: f64 = 0.96;

impl Enrolment {
    /// The key of the text for its progress.
    pub fn key(&self) -> &'static str {
        match self.phase.as_str() {
            "gathering" if self.is_enough() => "learning-enough",
            "gathering" => "learning-gathering",
            "waiting" if self.is_enough() => "learning-enough",
            "waiting" => "learning-waiting",
            "fitting" => "learning-fitting",
            "refused" => "learning-refused",
            "finished" => "learning-finished",
            _ => "learning-none",
        }
    }

    /// Windows to compare with what is wanted: a later sitting has a goal of its own.
    pub fn towards_goal(&self) -> u64 {
        self.in_sitting.unwrap_or(self.windows)
    }

    fn is_enough(&self) -> bool {
        self.wanted > 0 && self.towards_goal() >= self.wanted
    }

    /// The part of what is wanted, from 0 to 1.
    pub fn fraction(&self) -> f64 {
        match self.wanted {
            0 => 0.0,
            wanted => (self.towards_goal() as f64 / wanted as f64).min(1.0),
        }
    }

    /// Whole minutes in the hand until there is enough.
    pub fn minutes_left(&self) -> u64 {
        let windows = self.wanted.saturating_sub(self.towards_goal());
        (windows as f64 * HOP_S / 60.0).ceil() as u64
    }

    /// Whether its progress changes by the second.
    pub fn is_changing(&self) -> bool {
        matches!(self.phase.as_str(), "gathering" | "fitting")
    }

    /// Whether a sitting may begin.
    pub fn may_begin(&self) -> bool {
        !self.is_changing()
    }

    /// Whether a profile may be made of what there is.
    pub fn may_finish(&self) -> bool {
        self.windows > 0 && self.phase != "fitting"
    }

    /// Whether there is something to throw away.
    pub fn may_cancel(&self) -> bool {
        self.windows > 0 && self.phase != "fitting"
    }

    /// The daemon's sentences, one by one.
    pub fn sentences(&self) -> Vec<String> {
        let message = self.message.as_deref().unwrap_or_default();
        message
            .split("; ")
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(capitalised)
            .collect()
    }
}

fn capitalised(part: &str) -> String {
    let mut letters = part.chars();
    let first = letters.next().map(|first| first.to_uppercase());
    first.into_iter().flatten().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(phase: &str, windows: u64) -> Enrolment {
        Enrolment {
            phase: phase.into(),
            windows,
            wanted: 300,
            ..Enrolment::default()
        }
    }

    #[test]
    fn an_enrolment_goes_its_way() {
        let none = at("none", 0);
        assert!(none.may_begin() && !none.may_finish() && !none.may_cancel());
        let gathering = at("gathering", 100);
        assert_eq!(gathering.key(), "learning-gathering");
        assert_eq!(gathering.minutes_left(), 4);
        assert!((gathering.fraction() - 1.0 / 3.0).abs() < 1e-9);
        assert!(!gathering.may_begin() && gathering.may_finish());
        assert_eq!(at("waiting", 310).key(), "learning-enough");
        assert_eq!(at("waiting", 310).minutes_left(), 0);
        let fitting = at("fitting", 310);
        assert!(!fitting.may_begin() && !fitting.may_finish() && fitting.is_changing());
        assert_eq!(at("a phase of another year", 0).key(), "learning-none");
        assert!(Enrolment::default().fraction().abs() < 1e-9);
    }

    #[test]
    fn another_days_sitting_has_a_goal_of_its_own() {
        let second = Enrolment {
            in_sitting: Some(30),
            ..at("gathering", 330)
        };
        assert_eq!(second.key(), "learning-gathering");
        assert!((second.fraction() - 0.1).abs() < 1e-9 && second.minutes_left() == 5);
        assert_eq!(at("waiting", 330).key(), "learning-enough");
    }

    #[test]
    fn what_the_daemon_says_is_told_sentence_by_sentence() {
        let mut finished = at("finished", 0);
        assert_eq!(finished.sentences(), [""; 0]);
        finished.message = Some("user 0, from 456 windows; expect 1.0 false locks in 4 h".into());
        let told = ["User 0, from 456 windows", "Expect 1.0 false locks in 4 h"];
        assert_eq!(finished.sentences(), told);
    }
}
