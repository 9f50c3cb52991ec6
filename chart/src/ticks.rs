//! Converts values to positions along an axis, and chooses the ticks.

use crate::axis::{Axis, Scale, Unit, drawable};

/// An axis with both ends determined.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Fitted {
    scale: Scale,
    /// The ends in the units of the scale, such as logarithms.
    low: f64,
    span: f64,
    pub ticks: Vec<Tick>,
}

/// A tick of an axis.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Tick {
    /// Position on the axis, from 0 to 1.
    pub at: f64,
    pub label: String,
}

impl Axis {
    /// The axis for these values; `None` if none can be drawn.
    pub(crate) fn fit(&self, values: impl IntoIterator<Item = f64>) -> Option<Fitted> {
        let drawn = values.into_iter().filter(|&value| drawable(value));
        let seen = drawn.fold(None, |seen: Option<[f64; 2]>, value| {
            let [low, high] = seen.unwrap_or([value, value]);
            Some([low.min(value), high.max(value)])
        })?;
        let fixed = self.ends.map(|end| end.filter(|&end| drawable(end)));
        Some(match self.scale {
            Scale::Linear => linear(seen, fixed, self.unit),
            Scale::Log => log(seen, fixed),
            Scale::Probit => normal_deviate(seen, fixed),
        })
    }
}

impl Fitted {
    fn new(scale: Scale, ends: [f64; 2], ticks: impl IntoIterator<Item = (f64, String)>) -> Self {
        let [low, high] = ends.map(|end| scale.place(end));
        let mut axis = Self {
            scale,
            low,
            span: high - low,
            ticks: Vec::new(),
        };
        let ticks = ticks
            .into_iter()
            .filter_map(|(value, label)| Some((axis.share(value)?, label)));
        axis.ticks = ticks.map(|(at, label)| Tick { at, label }).collect();
        axis
    }

    /// Whether a value lies between the ends.
    pub fn covers(&self, value: f64) -> bool {
        (0.0..=1.0).contains(&((self.scale.place(value) - self.low) / self.span))
    }

    /// Position of a value on the axis, from 0 to 1; `None` if it cannot be drawn.
    pub fn share(&self, value: f64) -> Option<f64> {
        let place = self.scale.place(value);
        drawable(value).then(|| ((place - self.low) / self.span).clamp(0.0, 1.0))
    }
}

impl Scale {
    fn place(self, value: f64) -> f64 {
        match self {
            Self::Linear => value,
            Self::Log if value > 0.0 => value.log10(),
            Self::Log => f64::NEG_INFINITY,
            Self::Probit => probit(value),
        }
    }
}

fn linear(seen: [f64; 2], fixed: [Option<f64>; 2], unit: Unit) -> Fitted {
    let [mut low, mut high] = [0, 1].map(|end| fixed[end].unwrap_or(seen[end]));
    // All values may lie beyond a fixed end.
    if low > high && fixed[0].is_some() {
        high = low;
    } else if low > high {
        low = high;
    }
    // The ends are too close for numbers between them.
    let closest = (low.abs().max(high.abs()) * 1e-9).max(1e-290);
    if high - low <= closest {
        let more = closest.max(0.5);
        (low, high) = (low - more, high + more);
    }
    let step = match unit {
        Unit::Plain | Unit::Percent => round_step(high - low),
        Unit::Time => time_step(high - low),
    };
    if fixed[0].is_none() {
        low = (low / step).floor() * step;
    }
    if fixed[1].is_none() {
        high = (high / step).ceil() * step;
    }
    let first = (low / step - 1e-6).ceil();
    let count = ((high / step + 1e-6).floor() - first).clamp(0.0, 20.0) as u32;
    let ticks = (0..=count).map(|k| {
        let value = (first + f64::from(k)) * step;
        let label = match unit {
            Unit::Plain => number_label(value, step, ""),
            Unit::Percent => number_label(value * 100.0, step * 100.0, " %"),
            Unit::Time => time_label(value, high),
        };
        (value, label)
    });
    Fitted::new(Scale::Linear, [low, high], ticks)
}

fn number_label(value: f64, step: f64, end: &str) -> String {
    let places = -(step * 1.001).log10().floor();
    if places > 4.0 || value.abs() >= 1e6 {
        return format!("{value:.1e}{end}");
    }
    let places = places.max(0.0) as usize;
    // Adding 0 turns -0 into 0.
    format!("{:.places$}{end}", value + 0.0)
}

/// Minutes and seconds if the axis ends before an hour, else hours and minutes.
fn time_label(seconds: f64, high: f64) -> String {
    let whole = seconds.round().max(0.0) as u64;
    let minutes = whole / 60;
    if high < 3600.0 {
        return format!("{minutes}:{:02}", whole % 60);
    }
    format!("{}:{:02} h", minutes / 60, minutes % 60)
}

/// A step of 1, 2 or 5 times a power of ten, about six of which make `span`.
fn round_step(span: f64) -> f64 {
    let rough = span / 6.0;
    let power = 10_f64.powf(rough.log10().floor());
    let factors = [1.0, 2.0, 5.0];
    let round = factors
        .into_iter()
        .find(|factor| factor * power >= rough * 0.999);
    round.unwrap_or(10.0) * power
}

/// A step of a round number of seconds, minutes, hours or days, about five of which
/// make `span`.
fn time_step(span: f64) -> f64 {
    const ROUND: [f64; 16] = [
        1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 7200.0,
        14_400.0, 21_600.0, 43_200.0,
    ];
    let rough = span / 5.0;
    let days = (rough / 86_400.0).ceil() * 86_400.0;
    ROUND.into_iter().find(|&s| s >= rough).unwrap_or(days)
}

fn log([low, high]: [f64; 2], fixed: [Option<f64>; 2]) -> Fitted {
    let decade = |value: f64| value.max(1e-12).log10();
    let low = decade(fixed[0].unwrap_or(low)).floor();
    let high = decade(fixed[1].unwrap_or(high)).ceil().max(low + 1.0);
    let every = ((high - low) / 6.0).ceil().max(1.0);
    let count = ((high - low) / every) as u32;
    let ticks = (0..=count).map(|k| {
        let exponent = low + f64::from(k) * every;
        let label = match exponent as i32 {
            exponent @ -3..=-1 => format!("{:.*}", -exponent as usize, 10_f64.powi(exponent)),
            exponent @ 0..=4 => format!("{:.0}", 10_f64.powi(exponent)),
            exponent => format!("1e{exponent}"),
        };
        (10_f64.powf(exponent), label)
    });
    Fitted::new(Scale::Log, [low, high].map(|end| 10_f64.powf(end)), ticks)
}

fn normal_deviate([low, high]: [f64; 2], fixed: [Option<f64>; 2]) -> Fitted {
    const TICKS: [f64; 13] = [
        0.001, 0.005, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99, 0.999,
    ];
    let below = |value: f64| TICKS.into_iter().rev().find(|&tick| tick <= value);
    let above = |value: f64| TICKS.into_iter().find(|&tick| tick >= value);
    let low = fixed[0].or(below(low)).unwrap_or(TICKS[0]);
    let low = low.clamp(TICKS[0], 0.9);
    let high = fixed[1].or(above(high)).unwrap_or(0.999);
    let high = high.clamp(low + 0.05, 0.999);
    let within = TICKS
        .into_iter()
        .filter(|tick| (low..=high).contains(tick))
        .map(|tick| (tick, format!("{} %", (tick * 1e3).round() / 10.0)));
    Fitted::new(Scale::Probit, [low, high], within)
}

/// The normal quantile of `share`, to 4.5e-4 (Abramowitz and Stegun, Handbook of
/// Mathematical Functions, 26.2.23).
fn probit(share: f64) -> f64 {
    let tail = share.min(1.0 - share).max(0.0);
    let t = (-2.0 * tail.ln()).sqrt();
    if t.is_infinite() {
        return if share < 0.5 { -t } else { t };
    }
    let above = 2.515517 + t * (0.802853 + t * 0.010328);
    let below = 1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308));
    let quantile = t - above / below;
    if share < 0.5 { -quantile } else { quantile }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn steps_are_round() {
        for (span, step) in [(6.0, 1.0), (9.0, 2.0), (0.3, 0.05), (700.0, 200.0)] {
            let found = round_step(span);
            assert!((found / step - 1.0).abs() < 1e-12, "{span}: {found}");
        }
        let days = [4.0, 280.0, 3500.0, 39_900.0, 700_000.0].map(time_step);
        assert_eq!(days, [1.0, 60.0, 1800.0, 14_400.0, 172_800.0]);
    }

    #[test]
    fn ticks_are_written_as_people_write_them() {
        let labels = |axis: Axis, values: &[f64]| -> Vec<String> {
            let fitted = axis.fit(values.iter().copied()).unwrap();
            fitted.ticks.into_iter().map(|tick| tick.label).collect()
        };
        let x = Axis::new("x");
        assert_eq!(
            labels(x.clone(), &[-0.21, 0.2]),
            ["-0.3", "-0.2", "-0.1", "0.0", "0.1", "0.2"]
        );
        assert_eq!(
            labels(x, &[7.0]),
            ["6.4", "6.6", "6.8", "7.0", "7.2", "7.4", "7.6"]
        );
        assert_eq!(
            labels(Axis::percent("x").from(0.0).to(1.0), &[0.5]),
            ["0 %", "20 %", "40 %", "60 %", "80 %", "100 %"]
        );
        assert_eq!(
            labels(Axis::log("x"), &[0.002, 30.0]),
            ["0.001", "0.01", "0.1", "1", "10", "100"]
        );
        assert_eq!(
            labels(Axis::probit("x"), &[0.03, 0.3]),
            ["2 %", "5 %", "10 %", "20 %", "40 %"]
        );
        assert_eq!(
            labels(Axis::time("x").to(270.0), &[270.0]),
            ["0:00", "1:00", "2:00", "3:00", "4:00"]
        );
        assert_eq!(
            labels(Axis::time("x").to(39_900.0), &[0.0]),
            ["0:00 h", "4:00 h", "8:00 h"]
        );
    }

    /// scipy.stats.norm.ppf
    #[test]
    fn probit_is_the_normal_quantile() {
        let known = [
            (0.001, -3.090232),
            (0.02, -2.053749),
            (0.3, -0.524401),
            (0.5, 0.0),
            (0.975, 1.959964),
        ];
        for (share, quantile) in known {
            assert!((probit(share) - quantile).abs() < 4.6e-4, "{share}");
        }
        assert_eq!([0.0, 1.0].map(probit), [f64::NEG_INFINITY, f64::INFINITY]);
    }

    proptest! {
        #[test]
        fn whatever_is_drawn_lies_between_the_ends(
            values in prop::collection::vec(prop::num::f64::ANY, 1..20),
            shift in prop::sample::select(vec![0.0, 1e12]),
        ) {
            let values: Vec<f64> = values.into_iter().map(|value| value + shift).collect();
            let axes = [
                Axis::new("x"),
                Axis::log("x"),
                Axis::probit("x"),
                Axis::percent("x").to(1.0),
                Axis::time("x"),
            ];
            for axis in axes {
                let Some(fitted) = axis.fit(values.iter().copied()) else {
                    prop_assert!(!values.iter().copied().any(drawable));
                    continue;
                };
                prop_assert!(fitted.ticks.len() <= 21);
                for share in values.iter().filter_map(|&value| fitted.share(value)) {
                    prop_assert!((0.0..=1.0).contains(&share), "{share}");
                }
            }
        }
    }
}
