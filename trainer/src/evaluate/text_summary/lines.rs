//! Lines of a name and a figure.

use std::fmt::Write as _;

use crate::evaluate::bootstrap::Interval;

/// Text, one figure a line.
#[derive(Default)]
pub(super) struct Lines(pub String);

impl Lines {
    /// Adds a line.
    pub(super) fn add(&mut self, name: &str, value: impl AsRef<str>) {
        // Figures that cannot be computed, as ρ where nobody has two test sessions.
        let value = value.as_ref().replace("NaN", "–");
        let _ = writeln!(self.0, "{name:<34}{value}");
    }

    /// Adds a rate with its interval.
    pub(super) fn add_rate(&mut self, name: &str, value: f64, Interval(low, high): Interval) {
        self.add(name, format!("{value:.3}   95 % {low:.3} to {high:.3}"));
    }

    /// Adds a difference of rates with its interval.
    pub(super) fn add_difference(&mut self, name: &str, value: f64, interval: Interval) {
        let Interval(low, high) = interval;
        self.add(name, format!("{value:+.3}   95 % {low:+.3} to {high:+.3}"));
    }
}
