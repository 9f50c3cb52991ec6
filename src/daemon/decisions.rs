//! Turns readings, orders and elapsed time into published decisions.
//!
//! Every method gets the time as an argument, so that tests can set it.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::adaptation::Adaptation;
use super::decision_sinks::SharedDecisionSinks;
use super::input_fault::{InputFault, InputObserver};
use super::owner_pause::OwnerPause;
use super::silence::{Now, SilenceClock};
use super::slow_clock::SlowClock;
use super::source_thread::{ReadingCounters, ReadingCounts};
use crate::decide::{Pause, Policy, Reason, Silence, State};
use crate::examine::{Doubt, LiveExamination};
use crate::motion::SampleTime;
use crate::motion::align::AlignCounts;
use crate::motion::rest::RestLimits;
use crate::owner::profile::Profile;
use crate::pipeline::{Output, Pipeline, WindowCounts};
use crate::session::SessionChange;
use crate::source::Reading;

/// How often counters are reported and the input is checked for faults.
const TICK: Duration = Duration::from_secs(1);
/// Longest wait of the worker while frames come; a hop takes about a second.
const HOP_MISSED: Duration = Duration::from_millis(1500);
/// Longest wait of the worker while the session has decisions paused, so that no grace runs.
const IDLE: Duration = Duration::from_secs(3);
/// Age of the newest frame from which the input is examined for a fault.
const FRAMES_MISSED: Duration = Duration::from_secs(3);
/// Age of the newest window from which the input is examined; a window takes five
/// seconds of frames.
const WINDOWS_MISSED: Duration = Duration::from_secs(12);
/// A fault of one kind is logged once in this time.
const SAID_AGAIN: Duration = Duration::from_secs(600);

/// What was read, passed over and scored, by module, as status events show it.
#[derive(Debug, Clone, Serialize)]
struct Counters {
    source: ReadingCounts,
    align: AlignCounts,
    windows: WindowCounts,
    /// Samples passed over because their clock was slower than the system's.
    #[serde(skip_serializing_if = "is_zero")]
    slow_clock: u64,
    /// Signs that the samples of the last half-minute are wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    doubts: Vec<Doubt>,
}

fn is_zero(count: &u64) -> bool {
    *count == 0
}

/// The pipeline of a running daemon, with its clock and its sinks.
pub(super) struct Decisions {
    pipeline: Pipeline,
    sinks: Arc<SharedDecisionSinks>,
    counters: Arc<ReadingCounters>,
    /// Whether silence counts. False for recordings, which may be read slowly.
    live: bool,
    /// Without a frame for this long the state becomes lock, also after the start.
    sensor_grace: Duration,
    /// Whether every grace is so long that a wait of [`HOP_MISSED`] makes no lock late.
    patient: bool,
    /// Why the session has decisions paused; `None` if it has not.
    session: Option<Pause>,
    /// The pause that the owner may ask for; `None` in a replay.
    owner_pause: Option<OwnerPause>,
    clock: SilenceClock,
    /// Time without frames and windows in a sitting of the first owner: `clock` does not count
    /// it, because decisions are paused while nobody has enrolled.
    gathering: SilenceClock,
    /// Whether each sensor's clock runs too slowly.
    slow_clock: [SlowClock; 2],
    slow_samples: u64,
    started: SampleTime,
    /// The newest sample's time, even if it was passed over, and boottime when it came;
    /// `None` before the first.
    heard: Option<(SampleTime, Duration)>,
    ticked: Duration,
    examination: LiveExamination,
    observer: InputObserver,
    observed_since: Duration,
    fault: Option<InputFault>,
    /// Told of the session and of new states; `None` where nothing is learnt.
    adaptation: Option<Adaptation>,
    /// State and reason that `adaptation` was told last.
    told: Option<(State, Reason)>,
    /// Faults logged within [`SAID_AGAIN`], and CLOCK_MONOTONIC when.
    said: Vec<(InputFault, Duration)>,
}

impl Decisions {
    pub(super) fn new(
        pipeline: Pipeline,
        sinks: Arc<SharedDecisionSinks>,
        counters: Arc<ReadingCounters>,
        live: bool,
        policy: Policy,
        now: Now,
    ) -> Self {
        let channels = pipeline.channels();
        let mut clock = SilenceClock::start(now);
        if pipeline.decider().paused().is_some() {
            clock.pause(now);
        }
        Self {
            pipeline,
            sinks,
            counters,
            live,
            sensor_grace: policy.sensor_grace,
            patient: is_patient(&policy),
            session: None,
            owner_pause: None,
            started: clock.sensor_time(now),
            heard: None,
            clock,
            gathering: SilenceClock::start(now),
            slow_clock: Default::default(),
            slow_samples: 0,
            ticked: now.monotonic,
            examination: LiveExamination::of(channels),
            observer: InputObserver::of(channels),
            observed_since: now.monotonic,
            fault: None,
            adaptation: None,
            told: None,
            said: Vec::new(),
        }
    }

    /// Tells `adaptation` of the session and of new states.
    pub(super) fn adapting(mut self, adaptation: Adaptation) -> Self {
        self.adaptation = Some(adaptation);
        self
    }

    /// Heeds the owner's pause.
    pub(super) fn pausing(mut self, pause: OwnerPause) -> Self {
        self.owner_pause = Some(pause);
        self
    }

    /// The present state.
    pub(super) fn state(&self) -> State {
        self.pipeline.decider().state().0
    }

    /// Whether decisions are paused because the screen is locked.
    pub(super) fn is_screen_locked(&self) -> bool {
        self.pipeline.decider().paused() == Some(Pause::ScreenLocked)
    }

    /// Takes a reading of the source, and publishes what follows from it.
    pub(super) fn read(&mut self, reading: &Reading, now: Now) {
        let expected = self.clock.sensor_time(now);
        let quiet = Reading::Quiet(expected);
        let reading = match reading {
            // A source that has nothing tells the system's time, which is not the sensors'.
            Reading::Quiet(_) if self.live && self.pipeline.decider().has_begun() => &quiet,
            _ => reading,
        };
        if let Reading::Sample(sample) = reading {
            self.observer.sample(sample);
            self.examination.note(sample);
            // What the model does not take moves no clock either, so that the same is decided
            // with and without it.
            if !self.pipeline.channels().include(sample.sensor) {
                return;
            }
            self.heard = Some((sample.t, now.boottime));
            let slow = self.slow_clock[sample.sensor.index()].is_slow(sample.t, now.monotonic);
            let paused = self.pipeline.decider().paused().is_some();
            if slow && self.live && (!paused || self.pipeline.gathers_for_the_first()) {
                // Like a frame that alignment refuses: it is no evidence and moves no clock.
                self.slow_samples += 1;
                return;
            }
            if paused {
                self.clock.passed_over(sample.t, now);
            }
        }
        let Self {
            pipeline, sinks, ..
        } = self;
        if self.live {
            pipeline.expect(expected);
        }
        let mut newest = None;
        let had_begun = pipeline.decider().has_begun();
        let accepted = pipeline.push(reading, &mut |output| {
            sinks.tell(&output);
            if let Output::Window(window) = output {
                newest = Some(window.t);
            }
        });
        if let (Reading::Sample(sample), false) = (reading, had_begun)
            && self.pipeline.decider().has_begun()
        {
            self.clock.set(sample.t, now);
        }
        if let Some(t) = accepted.frame {
            self.clock.frame(t, now);
            self.gathering.frame(t, now);
        }
        if accepted.window {
            self.clock.window(now);
            self.gathering.window(now);
        }
        if let Some(t) = newest {
            self.report(Some(t));
        }
    }

    /// How long nothing can become due if nothing arrives: the graces are then checked to a
    /// second.
    pub(super) fn idle(&self, now: Now) -> Duration {
        match self.pipeline.decider().paused() {
            Some(why) if why != Pause::ByOwner && self.is_quiet(now) => IDLE,
            Some(_) => TICK,
            None if self.patient && self.clock.silence(now).frame < TICK => HOP_MISSED,
            None => TICK,
        }
    }

    /// Whether no sample came for a [`TICK`].
    fn is_quiet(&self, now: Now) -> bool {
        let age = |at| now.boottime.saturating_sub(at);
        self.heard.is_none_or(|(_, at)| age(at) >= TICK)
    }

    /// How long the worker may stand still; `None` where no grace runs: in a pause, and of a
    /// recording, which is read as slowly as it is asked for.
    pub(super) fn stall_grace(&self) -> Option<Duration> {
        let runs = self.live && self.pipeline.decider().paused().is_none();
        runs.then_some(self.sensor_grace)
    }

    /// Checks the graces of a live source against the time `now`. To be called after every
    /// other method, and after [`Decisions::idle`] at the latest.
    pub(super) fn pass_time(&mut self, now: Now) {
        if !self.live {
            return;
        }
        if let Some(pause) = &self.owner_pause {
            pause.pass_time(now.boottime);
        }
        let silence = self.clock.silence(now);
        if silence.frame >= self.sensor_grace && !self.pipeline.decider().has_begun() {
            let started = Reading::Quiet(self.started);
            self.read(&started, now);
        }
        let Self {
            pipeline, sinks, ..
        } = self;
        pipeline.silent(silence, &mut |output| sinks.tell(&output));
        let state = self.pipeline.decider().state();
        if let Some(adaptation) = &self.adaptation
            && self.told.replace(state) != Some(state)
        {
            adaptation.decided(state, now.boottime);
        }
        if now.monotonic.saturating_sub(self.ticked) >= TICK {
            self.ticked = now.monotonic;
            self.observe(silence, now);
            for doubt in self.examination.look(now.monotonic) {
                tracing::warn!("{doubt}");
            }
            let newest = self.heard;
            self.report(newest.map(|(t, at)| t.after(now.boottime.saturating_sub(at))));
        }
    }

    /// Finds and logs why there are no frames, or no windows although there are frames.
    fn observe(&mut self, silence: Silence, now: Now) {
        let malformed = self.counters.counts().malformed;
        let align = self.pipeline.align_counts();
        let silence = match self.pipeline.decider().paused() {
            None => Some(silence),
            // In a pause no grace runs, but whoever enrols waits.
            Some(_) if self.pipeline.gathers_for_the_first() => Some(self.gathering.silence(now)),
            Some(_) => None,
        };
        if !self.pipeline.gathers_for_the_first() {
            self.gathering = SilenceClock::start(now);
        }
        let waits = silence.is_some();
        let missed = |it: &Silence| it.frame >= FRAMES_MISSED || it.window >= WINDOWS_MISSED;
        let Some(silence) = silence.filter(missed) else {
            if self.fault.take().is_some() && waits {
                tracing::info!("windows come again");
            }
            self.observer.restart(malformed, align);
            self.observed_since = now.monotonic;
            return;
        };
        let observed = now.monotonic.saturating_sub(self.observed_since);
        let Some(fault) = self.observer.fault(observed, malformed, align) else {
            return;
        };
        self.fault = Some(fault);
        self.said
            .retain(|(_, at)| now.monotonic.saturating_sub(*at) < SAID_AGAIN);
        if !self.said.iter().any(|(said, _)| said.is_like(&fault)) {
            self.said.push((fault, now.monotonic));
            let told = self.told(fault);
            tracing::warn!("no window for {} s: {told}", silence.window.as_secs());
        }
    }

    /// A lock was published in place of the worker, which had stood still: the state is that
    /// from now on, and evidence has to be earned again.
    pub(super) fn stalled(&mut self, now: Now) {
        // As if the grace had just run out: a longer silence would put the lock's time, and
        // the evidence that it sets to 0, as far beyond the sensors' clock.
        let silence = Silence {
            frame: self.sensor_grace,
            window: self.sensor_grace,
        };
        let Self {
            pipeline, sinks, ..
        } = self;
        pipeline.silent(silence, &mut |output| sinks.tell(&output));
        self.clock.restart(now);
    }

    /// Uses these limits of rest and this policy from now on.
    pub(super) fn reconfigure(&mut self, rest: RestLimits, policy: Policy) {
        self.pipeline.reconfigure(rest, policy);
        self.sensor_grace = policy.sensor_grace;
        self.patient = is_patient(&policy);
    }

    /// Decides for the owner of `profile` from now on, without evidence at first.
    pub(super) fn enrolled(&mut self, profile: &Profile, now: Now) {
        if let Some(pause) = &self.owner_pause {
            pause.end_because("another profile is in use");
        }
        let t = self.clock.sensor_time(now);
        let Self {
            pipeline, sinks, ..
        } = self;
        pipeline.change_owner(profile, t, &mut |output| sinks.tell(&output));
        sinks.publisher().forget_scores();
        self.update_pause(false, now);
    }

    /// Goes on with a profile of the same owner that has learnt. Evidence and state stay, so
    /// that it ends no lock and wins no trust.
    pub(super) fn adapted(&mut self, profile: &Profile) {
        self.pipeline.adapt(profile);
    }

    /// There is no owner any more, so decisions pause.
    pub(super) fn forgotten(&mut self, now: Now) {
        self.pipeline.forget();
        self.update_pause(true, now);
    }

    /// Takes a change of the session: pauses, resumes, or begins anew after an unlock by
    /// the owner.
    pub(super) fn session(&mut self, change: SessionChange, now: Now) {
        if let Some(adaptation) = &self.adaptation {
            adaptation.session_changed(change, now.boottime);
        }
        self.session = match change {
            SessionChange::Paused(why) => Some(why),
            SessionChange::Resumed => None,
            SessionChange::Authenticated => self.session.filter(|why| *why != Pause::ScreenLocked),
        };
        let anew = change == SessionChange::Authenticated && self.pipeline.is_enrolled();
        self.update_pause(anew, now);
    }

    /// The owner's pause has begun or ended. Whoever has the device in it is not learnt.
    pub(super) fn owner_paused(&mut self, now: Now) {
        if let (Some(adaptation), Some(Pause::ByOwner)) = (&self.adaptation, self.by_owner()) {
            let paused = SessionChange::Paused(Pause::ByOwner);
            adaptation.session_changed(paused, now.boottime);
        }
        // Without samples yet nobody would hear of it, and in a pause none may come.
        if !self.pipeline.decider().has_begun() {
            let started = Reading::Quiet(self.started);
            self.read(&started, now);
        }
        self.update_pause(false, now);
    }

    fn by_owner(&self) -> Option<Pause> {
        let pause = self.owner_pause.as_ref()?;
        pause.is_on().then_some(Pause::ByOwner)
    }

    /// Pauses or resumes decisions according to session and owner; with `anew`, evidence
    /// and graces begin again first.
    fn update_pause(&mut self, anew: bool, now: Now) {
        let nobody = (!self.pipeline.is_enrolled()).then_some(Pause::NotEnrolled);
        let pause = self.session.or(nobody).or_else(|| self.by_owner());
        let t = self.clock.sensor_time(now);
        let Self {
            pipeline,
            sinks,
            clock,
            slow_clock,
            ..
        } = self;
        let mut sink = |output| sinks.tell(&output);
        let was_paused = pipeline.decider().paused().is_some();
        if anew {
            pipeline.begin_anew(t, &mut sink);
            clock.restart(now);
        }
        if was_paused || pause.is_some() {
            // At its end once more, for samples that were under way have come in it.
            slow_clock.iter_mut().for_each(SlowClock::pause);
        }
        match pause {
            Some(why) => {
                pipeline.pause(t, why, &mut sink);
                clock.pause(now);
            }
            None => {
                pipeline.resume(t, &mut sink);
                clock.resume(now);
            }
        }
        // Before the first sample `sink` gets nothing, so memory and locker are set here.
        let state = self.state();
        self.sinks.set(state, t);
    }

    fn told(&self, fault: InputFault) -> String {
        fault.told(self.counters.fault().as_deref())
    }

    fn report(&self, t: Option<SampleTime>) {
        let counters = Counters {
            source: self.counters.counts(),
            align: self.pipeline.align_counts(),
            windows: self.pipeline.window_counts(),
            slow_clock: self.slow_samples,
            doubts: self.examination.doubts().to_vec(),
        };
        let fault = self.fault.map(|fault| self.told(fault));
        self.sinks.publisher().report(t, counters, fault);
    }
}

fn is_patient(policy: &Policy) -> bool {
    let graces = [policy.stale, policy.evidence_grace, policy.sensor_grace];
    graces.into_iter().all(|grace| grace >= HOP_MISSED + TICK)
}

#[cfg(test)]
mod tests;
