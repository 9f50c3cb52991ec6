//! Windows held back for 20 s before the session is adapted to them, so that a stranger who
//! takes over is noticed first.

use std::time::Duration;

use super::session_space::SessionSpace;
use super::session_term::WhitenedWindow;
use crate::motion::SampleTime;

/// Most windows that wait. Of more in the same time some are passed over.
const ROOM: usize = 24;

/// A window that waits, and the time that it stands for.
#[derive(Debug, Clone)]
struct Waiting {
    t: SampleTime,
    stands_for: Duration,
    window: WhitenedWindow,
}

/// A ring of windows, oldest first, allocated once.
#[derive(Debug, Clone)]
pub(super) struct UnconfirmedWindows {
    ring: Box<[Waiting]>,
    oldest: usize,
    count: usize,
    /// How long each waits.
    lag: Duration,
}

impl UnconfirmedWindows {
    /// For windows of `space`, each of which waits for `lag`.
    pub(super) fn new(space: &SessionSpace, lag: Duration) -> Self {
        let place = || Waiting {
            t: SampleTime::default(),
            stands_for: Duration::ZERO,
            window: WhitenedWindow::room(space),
        };
        Self {
            ring: std::iter::repeat_with(place).take(ROOM).collect(),
            oldest: 0,
            count: 0,
            lag,
        }
    }

    /// Forgets every window that waits.
    pub(super) fn clear(&mut self) {
        self.count = 0;
    }

    /// Adds a window that ended at `t` and stands for the time given, unless the newest is
    /// so recent that there would be no room for all of a lag; what it stands for is then
    /// the next one's. Returns whether it was added. Allocates nothing.
    pub(super) fn push(
        &mut self,
        t: SampleTime,
        stands_for: Duration,
        window: &WhitenedWindow,
    ) -> bool {
        let newest = (self.oldest + self.count + ROOM - 1) % ROOM;
        let apart = self.lag / (ROOM as u32 - 1);
        let full = self.count == ROOM;
        if full || (self.count > 0 && t.since(self.ring[newest].t) < apart) {
            return false;
        }
        let place = &mut self.ring[(self.oldest + self.count) % ROOM];
        place.t = t;
        place.stands_for = stands_for;
        place.window.copy_from(window);
        self.count += 1;
        true
    }

    /// Removes the oldest window that has waited long enough at `now`, and the time it
    /// stands for; `None` if none has. Allocates nothing.
    pub(super) fn pop(&mut self, now: SampleTime) -> Option<(&WhitenedWindow, Duration)> {
        let oldest = self.oldest;
        if self.count == 0 || now.since(self.ring[oldest].t) < self.lag {
            return None;
        }
        self.oldest = (oldest + 1) % ROOM;
        self.count -= 1;
        let waited = &self.ring[oldest];
        Some((&waited.window, waited.stands_for))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space() -> SessionSpace {
        SessionSpace::new(vec![1.0], [&[0.0][..]], 0.5).unwrap()
    }

    fn at(ms: i64) -> SampleTime {
        SampleTime::from_nanos(ms * 1_000_000)
    }

    #[test]
    fn each_waits_for_the_lag_and_comes_in_order() {
        let mut unconfirmed = UnconfirmedWindows::new(&space(), Duration::from_secs(10));
        let mut window = WhitenedWindow::room(&space());
        let mut out = Vec::new();
        for second in 0..60 {
            window.point[0] = second as f64;
            assert!(unconfirmed.push(at(second * 960), Duration::from_millis(960), &window));
            while let Some((old, stands_for)) = unconfirmed.pop(at(second * 960)) {
                assert_eq!(stands_for, Duration::from_millis(960));
                out.push((old.point[0], second));
            }
        }
        let expected: Vec<_> = (11..60).map(|now| ((now - 11) as f64, now)).collect();
        assert_eq!(out, expected);
    }

    #[test]
    fn a_short_hop_finds_room_for_all_of_the_lag() {
        let mut unconfirmed = UnconfirmedWindows::new(&space(), Duration::from_secs(10));
        let window = WhitenedWindow::room(&space());
        let mut waited = Vec::new();
        for tick in 0..3000 {
            let now = at(tick * 100);
            let _ = unconfirmed.push(now, Duration::from_millis(100), &window);
            while unconfirmed.pop(now).is_some() {
                waited.push(tick);
            }
        }
        assert!(waited.len() > 300 && waited[0] == 100, "{}", waited.len());
    }
}
