//! Chooses the scores that a day keeps: as many as the chart of the evidence needs.

use super::conversation::Line;

/// The longest that no score is kept while the device moves, in nanoseconds: `graspd report`
/// joins what is at most 10 s apart.
const MOVING_NS: i64 = 8_000_000_000;
/// The same at rest, where the evidence stays as it is. The app joins what is at most JOINED_S apart
/// (app/src/history/log.rs), `graspd report` JOINED_AT_REST (src/report/segment.rs).
const AT_REST_NS: i64 = 60_000_000_000;
/// A change of the evidence that is kept whenever it comes.
const STEP: f64 = 0.05;

/// What was kept last.
#[derive(Debug, Default)]
pub(crate) struct ScoreThinning {
    kept: Option<(i64, f64)>,
}

impl ScoreThinning {
    /// Whether this score is to be kept, which then is the newest.
    pub(crate) fn keeps(&mut self, score: &Line) -> bool {
        let (Some(at), Some(evidence)) = (score.t_ns, score.evidence) else {
            return false;
        };
        let rests = score.context.as_deref() == Some("at_rest");
        let longest = if rests { AT_REST_NS } else { MOVING_NS };
        let keeps = self.kept.is_none_or(|(kept_at, kept)| {
            // A clock that went back is another one.
            at < kept_at || at.saturating_sub(kept_at) >= longest || (evidence - kept).abs() >= STEP
        });
        if keeps {
            self.kept = Some((at, evidence));
        }
        keeps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(second: f64, evidence: f64, context: &str) -> Line {
        Line {
            event: "score".into(),
            t_ns: Some((second * 1e9) as i64),
            evidence: Some(evidence),
            context: Some(context.into()),
            ..Line::default()
        }
    }

    #[test]
    fn an_even_hour_is_a_few_hundred_scores_and_a_fall_is_all_of_it() {
        let mut thinning = ScoreThinning::default();
        let hour = |thinning: &mut ScoreThinning, from: f64, context: &str| {
            let windows = (0..3750).map(|n| score(from + f64::from(n) * 0.96, 0.9, context));
            windows.filter(|window| thinning.keeps(window)).count()
        };
        let moving = hour(&mut thinning, 0.0, "moving");
        assert!((400..=450).contains(&moving), "{moving}");
        let resting = hour(&mut thinning, 3600.0, "at_rest");
        assert!((55..=60).contains(&resting), "{resting}");
        let fall = (0..8).map(|n| score(7200.0 + f64::from(n), 0.8 - 0.1 * f64::from(n), "moving"));
        assert_eq!(fall.filter(|window| thinning.keeps(window)).count(), 8);
    }

    #[test]
    fn another_clock_begins_anew_and_what_has_no_number_is_left_out() {
        let mut thinning = ScoreThinning::default();
        assert!(thinning.keeps(&score(500.0, 0.5, "moving")));
        assert!(!thinning.keeps(&score(501.0, 0.5, "moving")));
        assert!(thinning.keeps(&score(1.0, 0.5, "moving")));
        assert!(!thinning.keeps(&Line::default()));
    }
}
