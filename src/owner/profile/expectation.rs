//! The error rates that enrolment expects of a profile, and their text for the owner.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::owner::score::Calibration;

/// Hours of use that a day is taken to have, for rates given per day.
pub const HOURS_A_DAY: f64 = 4.0;

/// Share of hand-overs not locked within five minutes above which a profile is warned of.
const MOSTLY: f64 = 0.5;

/// Expected false locks and missed impostors at the chosen threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// Distance of the owner's median held-out session from the impostors' mean, in
    /// standard deviations of impostors' windows.
    pub span: f64,
    /// The chosen calibration.
    pub calibration: Calibration,
    /// False locks per hour of use.
    pub false_locks_per_hour: f64,
    /// The same at both ends of the 95 % interval of the variance between sessions.
    pub false_locks_ci95: (f64, f64),
    /// False acceptance rate: mean over impostors of the share of their windows at or above
    /// the threshold.
    pub far: f64,
    /// Its 95 % interval, by the number of impostors.
    pub far_ci95: (f64, f64),
    /// Median of the seconds from hand-over to lock; `None` if fewer than half of the
    /// hand-overs are locked within five minutes.
    pub seconds_to_lock: Option<f64>,
    /// Share of hand-overs not locked within five minutes.
    pub never_locked: f64,
}

/// Expected error rates of an owner's decisions.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Expectation {
    /// The rates, from the cohort; `None` for a model without one, and for an owner who is
    /// scored by one-class SVMs alone.
    #[serde(rename = "outlook")]
    pub forecast: Option<Forecast>,
    /// Distance of the owner's mean from the nearest class of the cohort, in standard
    /// deviations (Mahalanobis), where it is above 6, so that the cohort is not
    /// representative of the owner's impostors; `None` otherwise.
    #[serde(rename = "foreign")]
    pub far_from_cohort: Option<f64>,
}

/// A line for each fact; empty where both fields are `None`.
impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(forecast) = &self.forecast {
            write!(f, "expect {forecast}")?;
        }
        let Some(far) = self.far_from_cohort else {
            return Ok(());
        };
        let so = match self.forecast {
            Some(_) => {
                "\nwarning: what to expect is a guess, as if strangers differed from you as the cohort's \
                 people do from each other"
            }
            None => {
                "warning: only one-class SVMs decide, yours less the cohort's, which tells strangers worse"
            }
        };
        write!(
            f,
            "{so}: this device's motion is like nobody's in the model's cohort ({far:.0} standard \
             deviations). Make a model with recordings of this kind of device"
        )
    }
}

impl fmt::Display for Forecast {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let day = HOURS_A_DAY;
        let (few, many) = self.false_locks_ci95;
        let (low, high) = self.far_ci95;
        write!(
            f,
            "{:.1} false locks in {day} h of use (95 %: {:.1} to {:.1}); {:.0} % of strangers' \
             windows pass for yours (95 %: {:.0} to {:.0} %)\nexpect to lock ",
            self.false_locks_per_hour * day,
            few * day,
            many * day,
            self.far * 100.0,
            low * 100.0,
            high * 100.0,
        )?;
        match self.seconds_to_lock {
            Some(seconds) => write!(f, "half of strangers within {seconds:.0} s")?,
            None => f.write_str("fewer than half of strangers within 5 min")?,
        }
        let never = self.never_locked * 100.0;
        write!(f, ", and to miss {never:.0} % of them for longer")?;
        if self.never_locked > MOSTLY {
            f.write_str(
                "\nwarning: most strangers would keep the device: it protects little until the \
                 profile has learnt from more days of use (enrol.adapt), or you add recordings of them",
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // `false_locks_an_hour` in app/src/forecast.rs looks for these parts, and the app does not use
    // this crate: whoever changes the sentence changes it there.
    #[test]
    fn the_text_has_the_parts_that_the_app_reads() {
        let expectation = Expectation {
            forecast: Some(Forecast {
                span: 3.0,
                calibration: Calibration::NOBODY,
                false_locks_per_hour: 0.25,
                false_locks_ci95: (0.0, 0.75),
                far: 0.1,
                far_ci95: (0.05, 0.2),
                seconds_to_lock: None,
                never_locked: 0.6,
            }),
            far_from_cohort: Some(7.0),
        };
        let text = expectation.to_string();
        let (before, after) = text.split_once("expect ").unwrap();
        let (count, after) = after.split_once(" false locks in ").unwrap();
        let (hours, _) = after.split_once(" h ").unwrap();
        assert_eq!((before, count, hours), ("", "1.0", "4"));
    }
}
