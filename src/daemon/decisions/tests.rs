//! Over sound and faulty streams: without a frame for `sensor_grace`, or a window for
//! `evidence_grace`, of the system's time, the state is lock.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use ndarray::{Array2, ArrayView1};
use proptest::prelude::*;

use super::super::decision_sinks::DecisionSinks;
use super::*;
use crate::decide::Reason;
use crate::model::{Bundle, Embedder};
use crate::motion::framing::Framer;
use crate::motion::{Sample, Sensor};
use crate::owner::Score;
use crate::owner::ocsvm::{Gamma, Nu, fit};
use crate::owner::profile::EnrolmentStats;
use crate::owner::score::{Calibration, Scorer};
use crate::pipeline::WindowSink;
use crate::publish::{Hello, Mode, Server, SocketConfig};

const STEP: Duration = Duration::from_millis(10);
const STEPS_A_SECOND: u64 = 100;
const HOP: usize = 96;

/// What a source delivers for a while.
#[derive(Debug, Clone, Copy)]
enum Input {
    /// Both sensors at 100 Hz.
    Healthy,
    /// No samples.
    Nothing,
    /// One sample of this time, and nothing more.
    Stray(i64),
    /// Samples whose time stamps advance by this factor of time.
    Pace(f64),
    /// Every value is NaN.
    NotANumber,
    /// This many samples a second.
    Rate(u64),
    /// This sensor alone.
    Alone(Sensor),
    /// Both, of which this one is two seconds behind.
    Late(Sensor),
    /// One sensor begins again at time zero; the other is silent.
    OneSensorFromZero,
    /// Times far from any before, descending.
    Backward(i64),
    /// No two samples within a gap, each of a time of its own.
    Scattered(i64),
}

/// What else happens meanwhile.
#[derive(Debug, Clone, Copy)]
enum Order {
    None,
    /// A reload each half second.
    Reloads,
    /// The session pauses decisions in the middle and resumes them.
    Pause,
    /// The owner unlocks the screen in the middle.
    Unlock,
}

fn input() -> impl Strategy<Value = Input> {
    prop_oneof![
        4 => Just(Input::Healthy),
        1 => Just(Input::Nothing),
        1 => any::<i64>().prop_map(Input::Stray),
        2 => prop_oneof![Just(0.0), Just(1e-9), Just(1e-6), Just(1e-3), Just(0.1), Just(1e3), Just(1e6)]
            .prop_map(Input::Pace),
        1 => Just(Input::NotANumber),
        1 => (1u64..20).prop_map(Input::Rate),
        1 => Just(Input::OneSensorFromZero),
        1 => prop_oneof![Just(i64::MAX), Just(i64::MIN / 2), Just(0), any::<i64>()].prop_map(Input::Backward),
        1 => any::<i64>().prop_map(Input::Scattered),
    ]
}

fn order() -> impl Strategy<Value = Order> {
    prop_oneof![
        3 => Just(Order::None),
        1 => Just(Order::Reloads),
        1 => Just(Order::Pause),
        1 => Just(Order::Unlock),
    ]
}

/// Counts windows.
struct Sitting(Arc<AtomicUsize>);

impl WindowSink for Sitting {
    fn is_gathering(&self) -> bool {
        true
    }

    fn window(&mut self, _: ArrayView1<'_, f32>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn at_rest(&mut self) {}
}

/// The daemon's decisions beside a bare count of what is accepted: samples whose clock keeps
/// pace, as far as alignment takes them.
struct Bench {
    decisions: Decisions,
    policy: Policy,
    now: Now,
    sensor_time: i64,
    framer: Framer,
    slow_clock: [SlowClock; 2],
    paused: bool,
    since_frame: Duration,
    since_window: Duration,
    _folder: tempfile::TempDir,
}

impl Bench {
    fn new() -> Self {
        Self::of("default")
    }

    /// With this one of the shipped models.
    fn of(model: &str) -> Self {
        Self::with(model, |embedder, bundle, rest, policy| {
            let profile = everybody(&embedder, bundle.id());
            Pipeline::new(embedder, &profile, HOP, rest, policy)
        })
    }

    /// Nobody has enrolled, and somebody does now: the windows of the sitting are counted.
    fn of_a_first_sitting() -> (Self, Arc<AtomicUsize>) {
        let windows = Arc::new(AtomicUsize::new(0));
        let sitting = Box::new(Sitting(windows.clone()));
        let mut bench = Self::with("default", |embedder, _, rest, policy| {
            Pipeline::of_nobody(embedder, HOP, rest, policy).gather(sitting)
        });
        bench.decisions.forgotten(bench.now);
        bench.paused = true;
        (bench, windows)
    }

    fn with(
        model: &str,
        pipeline: impl FnOnce(Embedder, &Bundle, RestLimits, Policy) -> Pipeline,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let socket = SocketConfig {
            path: folder.path().join("socket"),
            ..SocketConfig::default()
        };
        let hello = Hello::new(Mode::Live, None, State::Inconclusive, Reason::WarmUp);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        let publisher =
            runtime.block_on(async { Server::bind(&socket, None, hello).unwrap().publisher() });
        let bundle = Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("models")
            .join(model);
        let bundle = Bundle::open(&bundle).unwrap();
        let embedder = Embedder::new(&bundle).unwrap();
        let policy = Policy::default();
        let rest = RestLimits::default();
        let (channels, frames) = (embedder.channels(), embedder.frames());
        let pipeline = pipeline(embedder, &bundle, rest, policy);
        let sinks = DecisionSinks {
            publisher,
            memory: None,
            locker: None,
        };
        let sinks = Arc::new(SharedDecisionSinks::new(sinks));
        let now = Now {
            monotonic: Duration::from_secs(1000),
            boottime: Duration::from_secs(1000),
        };
        let counters = Arc::new(ReadingCounters::default());
        Self {
            decisions: Decisions::new(pipeline, sinks, counters, true, policy, now),
            policy,
            now,
            sensor_time: 50_000_000_000,
            framer: Framer::new(channels, frames, HOP),
            slow_clock: Default::default(),
            paused: false,
            since_frame: Duration::ZERO,
            since_window: Duration::ZERO,
            _folder: folder,
        }
    }

    fn sample(&mut self, sensor: Sensor, t: i64, value: f32) {
        let sample = Sample {
            sensor,
            t: SampleTime::from_nanos(t),
            xyz: [value, 0.5 * value, 9.8 - value],
        };
        self.decisions.read(&Reading::Sample(sample), self.now);
        let slow = self.slow_clock[sensor.index()].is_slow(sample.t, self.now.monotonic);
        if !self.paused && !slow {
            let (mut frame, mut window) = (false, false);
            self.framer.push(&sample, |_, complete| {
                frame = true;
                window |= complete.is_some();
            });
            if frame {
                self.since_frame = Duration::ZERO;
            }
            if window {
                self.since_window = Duration::ZERO;
            }
        }
    }

    fn both(&mut self, t: i64, value: f32) {
        self.sample(Sensor::Accelerometer, t, value);
        self.sample(Sensor::Gyroscope, t, 0.1 * value);
    }

    /// Ten milliseconds pass, of which `input` makes what it does.
    fn step(&mut self, input: Input, at: u64) {
        self.now.monotonic += STEP;
        self.now.boottime += STEP;
        if !self.paused {
            self.since_frame += STEP;
            self.since_window += STEP;
        }
        self.sensor_time += STEP.as_nanos() as i64;
        let value = ((at as f32) * 0.13).sin() + 0.3 * ((at as f32) * 0.71).cos();
        let each = |rate: u64| at.is_multiple_of(STEPS_A_SECOND / rate.clamp(1, STEPS_A_SECOND));
        let offset = |factor: f64| ((at * 10_000_000) as f64 * factor) as i64;
        match input {
            Input::Healthy => self.both(self.sensor_time, value),
            Input::Nothing => {}
            Input::Stray(t) if at == 0 => self.sample(Sensor::Gyroscope, t, value),
            Input::Stray(_) => {}
            Input::Pace(factor) => {
                let began = self.sensor_time - offset(1.0);
                self.both(began.saturating_add(offset(factor)), value);
            }
            Input::NotANumber => self.both(self.sensor_time, f32::NAN),
            Input::Rate(rate) if each(rate) => self.both(self.sensor_time, value),
            Input::Rate(_) => {}
            Input::OneSensorFromZero => {
                self.sample(Sensor::Accelerometer, offset(1.0), value);
            }
            Input::Alone(sensor) => self.sample(sensor, self.sensor_time, value),
            Input::Late(sensor) => {
                for each in [Sensor::Accelerometer, Sensor::Gyroscope] {
                    let late = if each == sensor { 2_000_000_000 } else { 0 };
                    let t = self.sensor_time - late;
                    self.sample(each, t, value);
                }
            }
            Input::Backward(from) => self.both(from.saturating_sub(offset(1.0)), value),
            Input::Scattered(seed) if each(2) => {
                let t = seed.wrapping_mul(at as i64 + 1);
                self.both(t, value);
            }
            Input::Scattered(_) => {}
        }
    }

    fn session(&mut self, change: SessionChange) {
        self.decisions.session(change, self.now);
        if self.paused || matches!(change, SessionChange::Paused(_)) {
            self.slow_clock.iter_mut().for_each(SlowClock::pause);
        }
        match change {
            SessionChange::Paused(_) => self.paused = true,
            SessionChange::Resumed => self.paused = false,
            SessionChange::Authenticated => {
                self.since_frame = Duration::ZERO;
                self.since_window = Duration::ZERO;
            }
        }
        self.framer.restart();
    }

    fn order(&mut self, order: Order, at: u64, of: u64) {
        match order {
            Order::Reloads if at % 50 == 25 => {
                self.decisions
                    .reconfigure(RestLimits::default(), self.policy);
            }
            Order::Pause if at == of / 2 => self.session(SessionChange::Paused(Pause::Asleep)),
            Order::Pause if at == of - 1 => self.session(SessionChange::Resumed),
            Order::Unlock if at == of / 2 => self.session(SessionChange::Authenticated),
            _ => {}
        }
    }

    fn play(&mut self, input: Input, seconds: u64, order: Order) -> Result<(), TestCaseError> {
        let steps = seconds * STEPS_A_SECOND;
        for at in 0..steps {
            self.step(input, at);
            self.order(order, at, steps);
            self.decisions.pass_time(self.now);
            let state = self.decisions.state();
            if self.paused {
                prop_assert_ne!(state, State::Unlock);
            } else if self.since_frame >= self.policy.sensor_grace
                || self.since_window >= self.policy.evidence_grace
            {
                prop_assert_eq!(state, State::Lock, "{:?} at {}", input, at);
            }
        }
        Ok(())
    }
}

/// A profile that takes every window for its owner's.
fn everybody(embedder: &Embedder, model: crate::model::ModelId) -> Profile {
    let columns = embedder.embedding_len();
    let rows = Array2::from_shape_fn((8, columns), |(r, c)| ((r * columns + c) as f32).sin());
    Profile {
        model,
        owner_uid: 1000,
        created_unix_s: 0,
        scorer: Scorer::OneClass(fit(rows.view(), Nu::RECIPE, Gamma::RECIPE).unwrap()),
        calibration: Calibration {
            threshold: Score(-100.0),
            scale: 1.0,
            slope: None,
            in_session: Calibration::IN_SESSION,
        },
        enrolment: EnrolmentStats::default(),
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn no_evidence_means_lock_whatever_arrives(
        script in prop::collection::vec((input(), 3u64..40, order()), 1..6),
        faulty in input(),
        order in order(),
    ) {
        let mut bench = Bench::new();
        for (input, seconds, order) in script {
            bench.play(input, seconds, order)?;
        }
        bench.play(Input::Healthy, 30, Order::None)?;
        bench.play(faulty, 80, order)?;
    }
}

#[test]
fn each_faulty_input_ends_an_unlock_and_is_named() {
    for (input, named) in [
        (Input::Nothing, "no samples arrive"),
        (Input::Stray(5), "no samples arrive"),
        (Input::Pace(0.0), "stand still"),
        (Input::Pace(1e-3), "1000 times too slowly: microseconds?"),
        (Input::Pace(1e-6), "1000000 times too slowly: milliseconds?"),
        (Input::Pace(0.12), "8 times too slowly"),
        (Input::Pace(1e3), "1000 times too fast"),
        (Input::NotANumber, "NaN or infinite"),
        (Input::Rate(2), "2 Hz"),
        (Input::Rate(5), "5 Hz"),
        (Input::OneSensorFromZero, "gyroscope says nothing"),
        (Input::Backward(0), "go backward"),
    ] {
        let mut bench = Bench::new();
        bench.play(Input::Healthy, 30, Order::None).unwrap();
        assert_eq!(bench.decisions.state(), State::Unlock, "{input:?}");
        // Lone samples on the grid are frames, of which no window comes.
        let grace = match input {
            Input::Rate(_) | Input::Pace(1e3) => 62,
            // Twenty seconds tell that a clock is slow.
            Input::Pace(0.12) => 40,
            _ => 20,
        };
        bench.play(input, grace, Order::Reloads).unwrap();
        assert_eq!(bench.decisions.state(), State::Lock, "{input:?}");
        let fault = bench.decisions.fault.unwrap().to_string();
        assert!(fault.contains(named), "{input:?}: {fault}");
        assert_eq!(bench.decisions.said.len(), 1, "{input:?}");
        bench.play(Input::Healthy, 40, Order::None).unwrap();
        assert_eq!(bench.decisions.state(), State::Unlock, "after {input:?}");
        assert_eq!(bench.decisions.fault, None);
    }
}

#[test]
fn a_model_of_the_accelerometer_misses_that_and_no_gyroscope() {
    let mut bench = Bench::of("accelerometer");
    let alone = Input::Alone(Sensor::Accelerometer);
    bench.play(alone, 30, Order::None).unwrap();
    assert_eq!(bench.decisions.state(), State::Unlock);
    let gyroscope = Input::Alone(Sensor::Gyroscope);
    bench.play(gyroscope, 20, Order::None).unwrap();
    assert_eq!(bench.decisions.state(), State::Lock);
    let fault = bench.decisions.fault.unwrap();
    assert_eq!(fault.to_string(), "the accelerometer says nothing");
    bench.play(Input::Healthy, 40, Order::None).unwrap();
    assert_eq!(bench.decisions.state(), State::Unlock);
    assert_eq!(bench.decisions.fault, None);
}

#[test]
fn a_worker_that_stood_still_begins_from_a_lock_at_a_time_of_the_sensors() {
    let mut bench = Bench::new();
    bench.play(Input::Healthy, 30, Order::None).unwrap();
    assert_eq!(bench.decisions.state(), State::Unlock);
    let publisher = bench.decisions.sinks.publisher();
    let before = publisher.newest().unwrap();
    bench.decisions.stalled(bench.now);
    assert_eq!(bench.decisions.state(), State::Lock);
    let beyond = publisher.newest().unwrap().since(before);
    assert!(beyond <= bench.policy.sensor_grace, "{beyond:?}");
    bench.play(Input::Healthy, 40, Order::None).unwrap();
    assert_eq!(bench.decisions.state(), State::Unlock);
}

/// Its windows would last longer than those that are decided by.
#[test]
fn a_first_sitting_gathers_nothing_of_a_clock_that_is_too_slow_to_be_believed() {
    for pace in [0.3, 0.45] {
        let (mut bench, windows) = Bench::of_a_first_sitting();
        bench.play(Input::Healthy, 30, Order::None).unwrap();
        let healthy = windows.load(Ordering::Relaxed);
        assert!(healthy > 20, "{healthy}");
        assert_eq!(bench.decisions.fault, None);
        bench.play(Input::Pace(pace), 90, Order::None).unwrap();
        // Twenty seconds tell that a clock is slow, which are ten of its own at most.
        let slow = windows.load(Ordering::Relaxed) - healthy;
        assert!(slow <= 11, "{pace}: {slow}");
        let fault = bench.decisions.fault.map(|fault| fault.to_string());
        assert!(
            fault.as_ref().is_some_and(|it| it.contains("too slowly")),
            "{pace}: {fault:?}"
        );
    }
}

/// The session may pause decisions between the first sample and the first frame, when it is
/// not known yet how far the sensors' clock is from the system's.
#[test]
fn a_pause_before_the_first_frame_locks_nothing() {
    for t in [3_200_000, 5_000_000_000_000] {
        let mut bench = Bench::new();
        bench.sample(Sensor::Accelerometer, t, 1.0);
        bench.session(SessionChange::Paused(Pause::Asleep));
        assert_eq!(bench.decisions.state(), State::Inconclusive, "{t}");
        bench.session(SessionChange::Resumed);
        assert_eq!(bench.decisions.state(), State::Inconclusive, "{t}");
    }
}

/// The clock of a hub was set, or a writer's that stamps by the time of day.
#[test]
fn a_sensors_clock_that_is_set_ahead_locks_nobody_and_wins_no_grace() {
    let mut bench = Bench::new();
    bench.play(Input::Healthy, 30, Order::None).unwrap();
    for ahead in [16, 3_600, 1_000_000_000] {
        bench.sensor_time += ahead * 1_000_000_000;
        for at in 0..3_000 {
            bench.step(Input::Healthy, at);
            bench.decisions.pass_time(bench.now);
            assert_ne!(bench.decisions.state(), State::Lock, "{ahead} s, step {at}");
        }
        assert_eq!(bench.decisions.state(), State::Unlock, "{ahead} s");
    }
    // The grace after it is that of the system's clock, as ever.
    bench.sensor_time += 3_600_000_000_000;
    bench.play(Input::Healthy, 1, Order::None).unwrap();
    bench.play(Input::Nothing, 20, Order::None).unwrap();
    assert_eq!(bench.decisions.state(), State::Lock);
}

/// Frames of two sensors are as late as the later: the other moves no clock ahead of them.
#[test]
fn evidence_moves_though_one_sensor_is_late() {
    for sensor in [Sensor::Accelerometer, Sensor::Gyroscope] {
        let mut bench = Bench::new();
        bench.play(Input::Late(sensor), 30, Order::None).unwrap();
        assert_eq!(bench.decisions.state(), State::Unlock, "{sensor:?}");
        let evidence = bench.decisions.pipeline.decider();
        let evidence = evidence
            .evidence(SampleTime::from_nanos(bench.sensor_time))
            .0;
        assert!(evidence > 0.9, "{sensor:?}: {evidence}");
    }
}

/// The kernel's buffer, once it is enabled again, tells the system's time before its first scan;
/// a hub's own clock may have fallen behind that for as long as the screen was open.
#[test]
fn a_source_that_has_nothing_yet_does_not_move_a_clock_that_lags_to_the_systems() {
    let mut bench = Bench::new();
    bench.play(Input::Healthy, 30, Order::None).unwrap();
    bench.session(SessionChange::Paused(Pause::ScreenLocked));
    bench.session(SessionChange::Authenticated);
    bench.session(SessionChange::Resumed);
    let now = bench.now;
    let quiet = SampleTime::from_nanos(i64::try_from(now.boottime.as_nanos()).unwrap());
    assert!(quiet.nanos() > bench.sensor_time + 60_000_000_000);
    bench.decisions.read(&Reading::Quiet(quiet), now);
    assert_eq!(bench.decisions.state(), State::Inconclusive);
    // What it then delivers is stamped by the system's clock.
    bench.sensor_time = quiet.nanos();
    bench.play(Input::Healthy, 30, Order::None).unwrap();
    assert_eq!(bench.decisions.state(), State::Unlock);
}
