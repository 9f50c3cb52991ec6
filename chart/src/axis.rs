//! Axes: label, scale, unit and ends.

/// Values of a larger magnitude are not drawn: sums of them would overflow.
const LARGEST: f64 = 1e100;

/// An axis of a chart.
#[derive(Debug, Clone, PartialEq)]
pub struct Axis {
    /// The name of the values, with their unit.
    pub label: String,
    /// The spacing of the values.
    pub scale: Scale,
    /// The format of the values.
    pub unit: Unit,
    /// Fixed ends; `None` to follow the values. A value beyond a fixed end is drawn at
    /// that end.
    pub ends: [Option<f64>; 2],
}

/// The spacing of the values along an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scale {
    /// Linear.
    Linear,
    /// Logarithmic; values that are not positive are drawn at the low end.
    Log,
    /// Proportions, spaced by the normal quantile: the axes of a detection error
    /// trade-off curve (Martin et al., "The DET curve in assessment of detection task
    /// performance", Eurospeech 1997).
    Probit,
}

/// The format of the values at an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Plain numbers.
    Plain,
    /// Proportions from 0 to 1, in per cent.
    Percent,
    /// Seconds, as minutes and seconds or as hours and minutes.
    Time,
}

impl Axis {
    /// A linear axis of plain numbers.
    pub fn new(label: &str) -> Self {
        Self {
            label: label.to_owned(),
            scale: Scale::Linear,
            unit: Unit::Plain,
            ends: [None, None],
        }
    }

    /// A linear axis of proportions, in per cent.
    pub fn percent(label: &str) -> Self {
        Self {
            unit: Unit::Percent,
            ..Self::new(label)
        }
    }

    /// A linear axis of seconds, from 0 on.
    pub fn time(label: &str) -> Self {
        Self {
            unit: Unit::Time,
            ..Self::new(label).from(0.0)
        }
    }

    /// A probit axis of proportions, in per cent.
    pub fn probit(label: &str) -> Self {
        Self {
            scale: Scale::Probit,
            ..Self::percent(label)
        }
    }

    /// A logarithmic axis of plain numbers.
    pub fn log(label: &str) -> Self {
        Self {
            scale: Scale::Log,
            ..Self::new(label)
        }
    }

    /// The same with the lower end fixed at `low`.
    pub fn from(mut self, low: f64) -> Self {
        self.ends[0] = Some(low);
        self
    }

    /// The same with the upper end fixed at `high`.
    pub fn to(mut self, high: f64) -> Self {
        self.ends[1] = Some(high);
        self
    }

    /// A value as shown in tooltips: up to four significant digits, with its unit.
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

/// The tooltip of a point.
pub(crate) fn point_title(name: &str, x: (&Axis, f64), y: (&Axis, f64)) -> String {
    let one = |(axis, value): (&Axis, f64)| format!("{} {}", axis.label, axis.format(value));
    format!("{name}: {}, {}", one(x), one(y))
}

/// Whether a value can be drawn: finite, and of a magnitude below [`LARGEST`].
pub(crate) fn drawable(value: f64) -> bool {
    value.is_finite() && value.abs() < LARGEST
}
