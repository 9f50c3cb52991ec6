//! What is said to an owner of what to expect.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::outlook::{HOURS_A_DAY, Outlook};

/// What an owner may expect of decisions.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Expectation {
    /// In figures; without a cohort that says something nobody knows.
    pub outlook: Option<Outlook>,
    /// How far from everybody in the cohort the owner is, in standard deviations, if
    /// that is so far that what is expected of strangers is a guess.
    pub foreign: Option<f64>,
}

/// A line for each thing to say; nothing where nothing is known.
impl fmt::Display for Expectation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(outlook) = &self.outlook {
            write!(f, "expect {outlook}")?;
        }
        let Some(far) = self.foreign else {
            return Ok(());
        };
        let so = match self.outlook {
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

impl fmt::Display for Outlook {
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
