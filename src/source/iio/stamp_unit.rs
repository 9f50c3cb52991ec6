//! The units in which devices count the time of their scans.

use std::time::Duration;

/// How far stamps may be from what they should advance by: rates are not always what drivers
/// say, and the units are four orders of magnitude apart.
const WITHIN: i128 = 10;

/// What a device's stamps count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StampUnit {
    /// What the kernel asks of drivers.
    Nanosecond,
    /// A 32,768th of a second. The driver of Qualcomm's sensor manager hands on what that
    /// counts.
    WatchTick,
}

impl StampUnit {
    const ALL: [Self; 2] = [Self::Nanosecond, Self::WatchTick];

    /// The unit of stamps that advanced by `count` in about `took`; `None` where it is
    /// neither, or they stand still.
    pub(super) fn of(count: i128, took: Duration) -> Option<Self> {
        let took = took.as_nanos() as i128;
        let fits = |unit: &Self| {
            let advanced = unit.nanos(count);
            advanced * WITHIN >= took && advanced <= took * WITHIN && advanced > 0
        };
        Self::ALL.into_iter().find(fits)
    }

    /// `count` of it in nanoseconds.
    pub(super) fn nanos(self, count: i128) -> i128 {
        match self {
            Self::Nanosecond => count,
            // Exactly 10⁹ / 32,768.
            Self::WatchTick => count * 1_953_125 / 64,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_unit_is_known_by_how_far_stamps_advance() {
        let second = Duration::from_secs(1);
        for (count, unit) in [
            (1_000_000_000, Some(StampUnit::Nanosecond)),
            // A driver that says 100 Hz and means 52.
            (1_923_000_000, Some(StampUnit::Nanosecond)),
            (32_768, Some(StampUnit::WatchTick)),
            (17_039, Some(StampUnit::WatchTick)),
            // Microseconds and milliseconds are nobody's.
            (1_000_000, None),
            (1_000, None),
            (0, None),
            (-32_768, None),
            (i128::from(i64::MAX) - i128::from(i64::MIN), None),
        ] {
            assert_eq!(StampUnit::of(count, second), unit, "{count}");
        }
        assert_eq!(StampUnit::of(0, Duration::ZERO), None);
        assert_eq!(StampUnit::WatchTick.nanos(32_768), 1_000_000_000);
    }
}
