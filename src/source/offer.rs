//! The sampling rates that a driver offers, and the order in which they are tried.

use super::Hertz;
use super::hertz::USABLE;

/// Share of the wanted rate that suffices, since drivers round.
const TOLERANCE: f64 = 0.98;
/// Rates of common chips, tried with drivers that refuse a rate and list none.
const COMMON: [f64; 12] = [
    100.0, 104.0, 112.0, 119.0, 125.0, 128.0, 200.0, 250.0, 400.0, 62.5, 50.0, 25.0,
];

/// The rates that a driver offers.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Offer {
    /// These rates, in hertz.
    List(Vec<f64>),
    /// From the lowest rate to the highest in equal steps, all in hertz.
    Range {
        lowest: f64,
        step: f64,
        highest: f64,
    },
    /// The attribute is absent or unreadable.
    Unknown,
}

impl Offer {
    /// Parses an attribute `…_available`: a list, or a range `[lowest step highest]`,
    /// separated by blanks or commas. Words that are not rates are skipped.
    pub(super) fn parse(text: &str) -> Self {
        let bounds = text
            .trim()
            .strip_prefix('[')
            .and_then(|inner| inner.strip_suffix(']'));
        let rates: Vec<f64> = bounds
            .unwrap_or(text)
            .split(|c: char| c == ',' || c.is_whitespace())
            .filter_map(|word| word.trim_end_matches("Hz").parse::<f64>().ok())
            .filter(|rate| rate.is_finite() && *rate >= 0.0)
            .collect();
        if bounds.is_some() {
            return match rates[..] {
                [lowest, step, highest] if lowest <= highest && highest > 0.0 => Self::Range {
                    lowest,
                    step,
                    highest,
                },
                _ => Self::Unknown,
            };
        }
        let rates: Vec<f64> = rates.into_iter().filter(|rate| *rate > 0.0).collect();
        match rates.is_empty() {
            true => Self::Unknown,
            false => Self::List(rates),
        }
    }

    /// The rates to try, best first, at least one: the lowest that is at least
    /// `wanted`, then the faster ones in ascending order, then the slower ones in
    /// descending order; unusable rates (see [`USABLE`]) come last.
    pub(super) fn candidates(&self, wanted: Hertz) -> Vec<Hertz> {
        let mut rates = match self {
            Self::List(rates) => in_order(rates, wanted.0),
            Self::Range {
                lowest,
                step,
                highest,
            } => {
                let nearest = wanted.0.clamp(*lowest, *highest);
                let steps = ((nearest - lowest) / step - 1e-6).ceil();
                let on_a_step = micro(lowest + steps * step);
                [on_a_step, nearest, *highest]
                    .into_iter()
                    .filter(|rate| rate.is_finite() && *rate > 0.0 && rate <= highest)
                    .collect()
            }
            Self::Unknown => [wanted.0].into_iter().chain(COMMON).collect(),
        };
        rates.dedup();
        rates.into_iter().map(Hertz).collect()
    }

    /// The first of [`candidates`](Self::candidates).
    pub(super) fn best(&self, wanted: Hertz) -> Hertz {
        self.candidates(wanted).first().copied().unwrap_or(wanted)
    }
}

fn in_order(rates: &[f64], wanted: f64) -> Vec<f64> {
    let key = |rate: f64| {
        let enough = rate >= wanted * TOLERANCE;
        let distance = if enough { rate } else { -rate };
        (!USABLE.contains(&rate), !enough, distance)
    };
    let mut rates = rates.to_vec();
    rates.sort_by(|one, two| {
        let ((unusable, slow, distance), other) = (key(*one), key(*two));
        (unusable, slow)
            .cmp(&(other.0, other.1))
            .then(distance.total_cmp(&other.2))
    });
    rates
}

/// `rate` rounded to six decimals, as the kernel reads and writes fractions.
fn micro(rate: f64) -> f64 {
    (rate * 1e6).round() / 1e6
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_lowest_rate_that_is_enough() {
        for (offer, chosen) in [
            ("12.5 26 52 104 208 416 833", 104.0),
            ("12.500000 25.000000 50.000000 100.000000 200.000000", 100.0),
            ("15.620000 31.260000 62.50000 125 250 500 1000 2000", 125.0),
            ("400 200 99.6 50", 99.6),
            ("12.5 26 52", 52.0),
            ("25, 50, 100, 200", 100.0),
            ("50Hz 125Hz", 125.0),
            // The other rate is too fast to be used.
            ("50 800", 50.0),
            ("12.5 800", 800.0),
            ("[0.5 0.1 1000]", 100.0),
            ("[12.5 0.5 400]", 100.0),
            ("[15.625, 15.625, 1000]", 109.375),
            ("[1 1 50]", 50.0),
            ("[0 1 50]", 50.0),
            ("[1 0 50]", 50.0),
            ("[1 1000 150]", 100.0),
            ("[1 1", 1.0),
            ("[50 1 1]", 100.0),
            ("", 100.0),
            ("fast 0 -1 nan inf", 100.0),
        ] {
            let best = Offer::parse(offer).best(Hertz(100.0));
            assert_eq!(best, Hertz(chosen), "{offer}");
        }
    }

    #[test]
    fn next_come_faster_ones_then_slower_ones_then_useless_ones() {
        let offer = Offer::parse("800 12.5 25 50 100 200 400");
        let rates: Vec<_> = offer.candidates(Hertz(100.0)).iter().map(|r| r.0).collect();
        assert_eq!(rates, [100.0, 200.0, 400.0, 50.0, 25.0, 800.0, 12.5]);
    }

    proptest! {
        #[test]
        fn of_a_list_all_are_asked_for_and_no_other(rates in prop::collection::vec(0.5f64..2000.0, 1..10), wanted in 25f64..400.0) {
            let words: Vec<_> = rates.iter().map(f64::to_string).collect();
            let mut asked: Vec<_> = Offer::parse(&words.join(" "))
                .candidates(Hertz(wanted)).iter().map(|r| r.0).collect();
            let usable = rates.iter().any(|rate| USABLE.contains(rate));
            prop_assert_eq!(USABLE.contains(&asked[0]), usable);
            let mut rates = rates;
            rates.sort_by(f64::total_cmp);
            asked.sort_by(f64::total_cmp);
            prop_assert_eq!(asked, rates);
        }

        #[test]
        fn of_a_range_one_within_it_is_chosen(lowest in 0f64..100.0, step in 0f64..50.0, width in 0.1f64..900.0) {
            let highest = lowest + width;
            let best = Offer::parse(&format!("[{lowest} {step} {highest}]")).best(Hertz(100.0)).0;
            prop_assert!(best >= lowest - 1e-6 && best <= highest + 1e-6, "{}", best);
        }

        #[test]
        fn whatever_is_offered_a_rate_is_a_rate(offer in "\\PC{0,40}|\\[?([0-9.e, -]{1,6} ?){0,6}\\]?") {
            for rate in Offer::parse(&offer).candidates(Hertz(100.0)) {
                prop_assert!(rate.0.is_finite() && rate.0 > 0.0);
            }
        }
    }
}
