//! The error rates that enrolment expects of a profile, and their text for the owner.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::owner::score::Calibration;

/// Hours that a device is in use on a day; a budget of false locks a day is for these.
pub const HOURS_A_DAY: f64 = 4.0;

/// Expected false locks and missed impostors at the chosen threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Forecast {
    /// How far the owner's held-out sessions are above strangers, in standard
    /// deviations of strangers' windows.
    pub span: f64,
    /// What keeps within the budget.
    pub calibration: Calibration,
    /// False locks an hour of use.
    pub false_locks_per_hour: f64,
    /// The same if sessions stray as little, and as much, as they may by chance
    /// (95 %).
    pub false_locks_ci95: (f64, f64),
    /// Share of strangers' windows above the threshold.
    pub far: f64,
    /// Its 95 % interval, for so many strangers.
    pub far_ci95: (f64, f64),
    /// Median of the seconds from hand-over to lock, if half are locked at all.
    pub seconds_to_lock: Option<f64>,
    /// Share of hand-overs not locked within five minutes.
    pub never_locked: f64,
}

/// What an owner may expect of decisions.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Expectation {
    /// The rates, from the cohort; `None` for a model without one, and for an owner for
    /// whom only the one-class SVM decides.
    #[serde(rename = "outlook")]
    pub forecast: Option<Forecast>,
    /// Distance of the owner from the nearest class of the cohort in standard deviations,
    /// where that is so large that the cohort does not stand for the owner's strangers.
    #[serde(rename = "foreign")]
    pub far_from_cohort: Option<f64>,
}

/// A line for each thing to say; nothing where nothing is known.
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
            None => "warning: only the one-class SVM decides, which tells strangers much worse",
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
        write!(f, ", and to miss {never:.0} % of them for longer")
    }
}
