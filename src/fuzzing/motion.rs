//! Samples with any times through alignment and decisions.

use std::time::Duration;

use arbitrary::{Arbitrary, Unstructured};

use crate::decide::{Decider, Decision, Policy, Silence, State};
use crate::motion::framing::Framer;
use crate::motion::{Channels, Sample, SampleTime, Sensor};
use crate::owner::Score;
use crate::owner::score::Calibration;

/// Most samples of one input.
const MOST: usize = 20_000;
/// Frames of a window, and from one to the next: short, so that many come about.
const WINDOW: usize = 50;
const HOP: usize = 10;

/// So many samples of a kind.
#[derive(Debug, Arbitrary)]
struct Run {
    sensors: Sensors,
    step: Step,
    values: Values,
    /// How long each takes to come, as the system measures it.
    wait_ms: u16,
    times: u16,
}

#[derive(Debug, Arbitrary)]
enum Sensors {
    Both,
    Accelerometer,
    Gyroscope,
}

/// From one time to the next, on the clock of the samples.
#[derive(Debug, Arbitrary)]
enum Step {
    Grid,
    None,
    Nanos(u16),
    Micros(u16),
    Millis(u16),
    Seconds(u16),
    Back(u32),
    Any(i64),
    /// To this time, and from there on the grid.
    To(i64),
}

#[derive(Debug, Arbitrary)]
enum Values {
    Moving(u8),
    Any([f32; 3]),
}

/// Any samples with any times, all of windows that speak for the owner: the state is
/// `unlock` only while frames and windows come, and `lock` once a grace is over, by the
/// samples' clock and by the system's.
pub fn motion(bytes: &[u8]) {
    let Ok(runs) = Vec::<Run>::arbitrary_take_rest(Unstructured::new(bytes)) else {
        return;
    };
    let mut watch = Watch::new();
    let mut t = 0i64;
    let mut left = MOST;
    for run in runs {
        if let Step::To(to) = run.step {
            t = to;
        }
        for k in 0..run.times {
            t = match run.step {
                Step::Grid | Step::To(_) => t.saturating_add(10_000_000),
                Step::None => t,
                Step::Nanos(n) => t.saturating_add(i64::from(n)),
                Step::Micros(n) => t.saturating_add(i64::from(n) * 1_000),
                Step::Millis(n) => t.saturating_add(i64::from(n) * 1_000_000),
                Step::Seconds(n) => t.saturating_add(i64::from(n) * 1_000_000_000),
                Step::Back(n) => t.saturating_sub(i64::from(n)),
                Step::Any(n) => t.wrapping_add(n),
            };
            let xyz = match run.values {
                Values::Moving(by) => [0.0, f32::from(k % 7) * f32::from(by), 9.8],
                Values::Any(xyz) => xyz,
            };
            let sensors: &[Sensor] = match run.sensors {
                Sensors::Both => &Sensor::ALL,
                Sensors::Accelerometer => &[Sensor::Accelerometer],
                Sensors::Gyroscope => &[Sensor::Gyroscope],
            };
            for &sensor in sensors {
                let t = SampleTime::from_nanos(t);
                watch.push(&Sample { sensor, t, xyz });
            }
            watch.wait(Duration::from_millis(run.wait_ms.into()));
            left = left.saturating_sub(1);
            if left == 0 {
                return;
            }
        }
    }
}

/// The pure machine, and how old its evidence is.
struct Watch {
    framer: Framer,
    decider: Decider,
    policy: Policy,
    newest: Option<SampleTime>,
    /// By the samples' clock.
    since_frame: Duration,
    since_window: Duration,
    /// By the system's.
    silence: Silence,
}

impl Watch {
    fn new() -> Self {
        let policy = Policy::default();
        let calibration = Calibration {
            threshold: Score(0.0),
            scale: 1.0,
            slope: None,
            in_session: Calibration::IN_SESSION,
        };
        Self {
            framer: Framer::new(Channels::default(), WINDOW, HOP),
            decider: Decider::new(policy, calibration),
            policy,
            newest: None,
            since_frame: Duration::ZERO,
            since_window: Duration::ZERO,
            silence: Silence::default(),
        }
    }

    fn push(&mut self, sample: &Sample) {
        let Self {
            framer,
            decider,
            newest,
            since_frame,
            since_window,
            silence,
            ..
        } = self;
        let mut age = |t: SampleTime, since_frame: &mut Duration, since_window: &mut Duration| {
            // A clock that is set back takes nothing off an age.
            let passed = newest.map_or(Duration::ZERO, |newest| t.since(newest));
            *since_frame = since_frame.saturating_add(passed);
            *since_window = since_window.saturating_add(passed);
            *newest = Some(t);
        };
        let mut sound = |decision: Decision| {
            assert!((0.0..=1.0).contains(&decision.evidence.0));
        };
        let heard = framer.push(sample, |t, window| {
            age(t, since_frame, since_window);
            decider.frame(t, &mut sound);
            *since_frame = Duration::ZERO;
            silence.frame = Duration::ZERO;
            if let Some(window) = window {
                assert!(window.frames.iter().all(|value| value.is_finite()));
                decider.window(t, Score(1.0), &mut sound);
                *since_window = Duration::ZERO;
                silence.window = Duration::ZERO;
            }
        });
        if let Some(t) = heard {
            age(t, since_frame, since_window);
            decider.advance(t, &mut sound);
        }
        let (state, reason) = decider.state();
        let fresh = *since_frame < self.policy.sensor_grace && *since_window < self.policy.stale;
        assert!(
            state != State::Unlock || fresh,
            "unlock ({reason:?}), {since_frame:?} after a frame and {since_window:?} after a window"
        );
    }

    fn wait(&mut self, elapsed: Duration) {
        self.silence.frame += elapsed;
        self.silence.window += elapsed;
        self.decider.silent(self.silence, &mut |_| {});
        let Silence { frame, window } = self.silence;
        let over = frame >= self.policy.sensor_grace || window >= self.policy.evidence_grace;
        let (state, reason) = self.decider.state();
        assert!(
            !over || state == State::Lock || !self.decider.has_begun(),
            "{state:?} ({reason:?}), {frame:?} after a frame and {window:?} after a window"
        );
        assert!(state != State::Unlock || window < self.policy.stale);
    }
}
