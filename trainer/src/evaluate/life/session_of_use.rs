//! A session of use, from the secret that opens the screen to the end of the recording, by
//! the daemon's pipeline and by what it gathers to learn.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use graspd::daemon::adaptation::SessionTracker;
use graspd::decide::{Pause, Reason, State};
use graspd::enrol::adaptation::{Label, SessionWindows};
use graspd::model::ModelError;
use graspd::motion::{Sample, SampleTime};
use graspd::pipeline::{Output, WindowSink};
use graspd::session::SessionChange;
use ndarray::ArrayView1;

use crate::evaluate::decision::OwnerPipeline;

/// What came of a session. Its user opens the screen with the secret at the start and at once
/// after every lock.
#[derive(Debug, Default)]
pub(super) struct SessionOfUse {
    /// The parts that may be judged, with the time from the start to the end of each.
    pub candidates: Vec<(SessionWindows, Label, Duration)>,
    /// Locks for lack of evidence.
    pub locks: u32,
    /// Its length.
    pub length: Duration,
}

impl SessionOfUse {
    /// Replays `samples`; embeddings have `columns` numbers.
    pub(super) fn of(
        pipeline: &OwnerPipeline<'_>,
        columns: usize,
        samples: &[Sample],
    ) -> Result<Self, ModelError> {
        let mut session = Self::default();
        let (Some(first), Some(last)) = (samples.first(), samples.last()) else {
            return Ok(session);
        };
        let since_start = |t: SampleTime| t.since(first.t);
        let gathered = Gathered::new(columns);
        session.open(&gathered, Duration::ZERO);
        pipeline.replay_gathering(Box::new(gathered.clone()), samples, |output| {
            let Output::Decision(decision) = output else {
                return false;
            };
            let now = since_start(decision.t);
            gathered
                .lock()
                .decided((decision.state, decision.reason), now);
            if decision.state != State::Lock {
                return false;
            }
            session.locks += u32::from(decision.reason == Reason::Evidence);
            session.changed(&gathered, SessionChange::Paused(Pause::ScreenLocked), now);
            session.open(&gathered, now);
            true
        })?;
        session.length = since_start(last.t);
        let end = SessionChange::Paused(Pause::ScreenLocked);
        session.changed(&gathered, end, session.length);
        Ok(session)
    }

    /// The secret is entered.
    fn open(&mut self, gathered: &Gathered, now: Duration) {
        self.changed(gathered, SessionChange::Authenticated, now);
        self.changed(gathered, SessionChange::Resumed, now);
    }

    fn changed(&mut self, gathered: &Gathered, change: SessionChange, now: Duration) {
        let outcome = gathered.lock().changed(change, now);
        let ended = outcome.ended.into_iter();
        self.candidates
            .extend(ended.map(|(windows, label)| (windows, label, now)));
    }
}

/// The windows of the session under way, for the pipeline.
#[derive(Debug, Clone)]
struct Gathered(Arc<Mutex<SessionTracker>>);

impl Gathered {
    fn new(columns: usize) -> Self {
        Self(Arc::new(Mutex::new(SessionTracker::new(columns, false))))
    }

    fn lock(&self) -> MutexGuard<'_, SessionTracker> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl WindowSink for Gathered {
    fn is_gathering(&self) -> bool {
        self.lock().is_gathering()
    }

    fn window(&mut self, embedding: ArrayView1<'_, f32>) {
        self.lock().window(embedding);
    }

    fn at_rest(&mut self) {}
}
