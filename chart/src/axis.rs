//! What is laid along an axis, and how its values are written.

/// Values beyond this are not drawn: their sums would overflow.
const LARGEST: f64 = 1e100;

/// What is laid along an axis, and how.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// What the values are, with their unit.
    pub label: String,
    /// How values are spaced.
    pub scale: Scale,
    /// How values are written.
    pub unit: Unit,
    /// The ends, where they do not follow from the values. A value beyond them
    /// is drawn at the end.
    pub ends: [Option<f64>; 2],
}

/// How values are spaced along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Evenly.
    Linear,
    /// By their logarithm; what is not positive is drawn at the low end.
    Log,
    /// Shares, by the normal quantile: the axes of a detection error trade-off
    /// curve (Martin et al., "The DET curve in assessment of detection task
    /// performance", Eurospeech 1997).
    Probit,
}

/// How values are written at an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// As they are.
    Plain,
    /// Shares from 0 to 1, in per cent.
    Percent,
    /// Seconds, as minutes and seconds, or hours and minutes.
    Time,
}

impl Axis {
    /// Evenly spaced plain numbers.
    pub fn new(label: &str) -> Self {
        Self {
            label: label.to_owned(),
            scale: Scale::Linear,
            unit: Unit::Plain,
            ends: [None, None],
        }
    }

    /// Evenly spaced shares, written in per cent.
    pub fn percent(label: &str) -> Self {
        Self {
            unit: Unit::Percent,
            ..Self::new(label)
        }
    }

    /// Seconds, from 0 on.
    pub fn time(label: &str) -> Self {
        Self {
            unit: Unit::Time,
            ..Self::new(label).from(0.0)
        }
    }

    /// Shares, spaced by the normal quantile and written in per cent.
    pub fn probit(label: &str) -> Self {
        Self {
            scale: Scale::Probit,
            ..Self::percent(label)
        }
    }

    /// Plain numbers, spaced by their logarithm.
    pub fn log(label: &str) -> Self {
        Self {
            scale: Scale::Log,
            ..Self::new(label)
        }
    }

    /// The same from `low` on.
    pub fn from(mut self, low: f64) -> Self {
        self.ends[0] = Some(low);
        self
    }

    /// The same up to `high`.
    pub fn to(mut self, high: f64) -> Self {
        self.ends[1] = Some(high);
        self
    }

    /// A value as a tooltip writes it, to four digits, with its unit.
    pub fn format(&self, value: f64) -> String {
        match self.unit {
            _ if !drawable(value) => "unknown".into(),
            Unit::Plain if value == 0.0 => "0".into(),
            Unit::Plain if !(1e-4..1e7).contains(&value.abs()) => format!("{value:.3e}"),
            Unit::Plain => {
                let places = (3.0 - value.abs().log10().floor()).clamp(0.0, 8.0) as usize;
                format!("{value:.places$}")
            }
            Unit::Percent => format!("{:.1} %", value * 100.0),
            Unit::Time => {
                let seconds = value.max(0.0) as u64;
                let (minutes, seconds) = (seconds / 60, seconds % 60);
                format!("{}:{:02}:{seconds:02}", minutes / 60, minutes % 60)
            }
        }
    }
}

/// A point of a chart as its tooltip writes it.
pub(crate) fn point_title(name: &str, x: (&Axis, f64), y: (&Axis, f64)) -> String {
    let one = |(axis, value): (&Axis, f64)| format!("{} {}", axis.label, axis.format(value));
    format!("{name}: {}, {}", one(x), one(y))
}

/// Whether a value has a place on an axis.
pub(crate) fn drawable(value: f64) -> bool {
    value.is_finite() && value.abs() < LARGEST
}
