//! Learning of use in a running daemon: the worker tells of sessions and gives windows, and a
//! thread of its own judges, records, learns and saves.
//!
//! The file beside the profile ([`KeptFile`]) is what is true: it is saved before the profile
//! that is made of it, and says whether the profile has still to be made. So a daemon killed
//! at any time makes up for it at the next start.

mod learning;
mod session_tracker;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crossbeam_channel::{Receiver, Sender, bounded};
use ndarray::ArrayView1;

use super::served_owner::ServedOwner;
use crate::decide::{Reason, State};
use crate::enrol::DecisionBudget;
use crate::enrol::adaptation::{
    Judge, KeptFile, KeptSessions, Label, SessionRecord, SessionWindows, UnixTime,
};
use crate::model::CohortStore;
use crate::model::ModelId;
use crate::owner::profile::Profile;
use crate::pipeline::WindowSink;
use crate::publish::{self, Event};
use crate::regular_file::Owners;
use crate::session::SessionChange;
#[cfg(test)]
pub(super) use learning::save_both;
use session_tracker::Answer;
pub use session_tracker::{Outcome, SessionTracker};

/// Ended sessions that wait to be judged. More than that are dropped.
const QUEUE: usize = 16;

/// Learning of use; clones share it.
#[derive(Debug, Clone)]
pub(super) struct Adaptation(Arc<Shared>);

#[derive(Debug)]
pub(super) struct Shared {
    /// Whether windows are wanted; an atomic, because the pipeline asks with every sample.
    gathering: AtomicBool,
    /// Whether a lock was not answered at once and what waits has still to be dropped.
    stranger: AtomicBool,
    session: Mutex<SessionTracker>,
    files: Mutex<Files>,
    reloadable: Mutex<ReloadableSettings>,
    fixed: FixedSettings,
    tasks: Sender<Task>,
}

/// Settings that a reload may change.
#[derive(Debug, Clone)]
pub(super) struct ReloadableSettings {
    /// Path of the profile.
    pub profile: PathBuf,
    /// The policy, and the false locks a day that a profile may cost its owner under it.
    pub rule: DecisionBudget,
    /// Whether sessions of use are learnt.
    pub adapt: bool,
    /// Time from recording a session to learning it.
    pub wait: Duration,
}

/// Settings that stay the same while the daemon runs.
#[derive(Debug)]
pub(super) struct FixedSettings {
    pub model: ModelId,
    /// Length of an embedding.
    pub columns: usize,
    /// The model's cohort of other people.
    pub cohort: CohortStore,
    /// Gets the profile that has learnt.
    pub served_owner: ServedOwner,
    /// Whether the daemon begins with the state lock.
    pub locked: bool,
}

/// Held while profile and kept sessions are written.
#[derive(Debug, Default)]
struct Files {
    /// Incremented by whatever changes them apart from learning, which then begins again.
    generation: u64,
    /// The first outcome that is of the owner in use; those before tell of another.
    first: u64,
    /// Outcomes that are not recorded yet, of locks that were right.
    withdrawn: Vec<u64>,
    /// What was labelled last.
    labelled: Option<Labelled>,
    judge: Option<(DecisionBudget, Arc<Judge>)>,
    /// Whether a profile is being made.
    busy: bool,
    /// Why nothing can be learnt, for people; `None` if it can.
    off: Option<String>,
}

/// A lock that was labelled false.
#[derive(Debug, Clone, Copy)]
struct Labelled {
    /// Number of the outcome that answered it.
    number: u64,
    at: UnixTime,
    /// Whether the session that ended in it was recorded with it.
    session: bool,
}

/// What the thread has to do.
#[derive(Debug)]
enum Task {
    /// A session has ended, or somebody has proved themselves.
    Happened(Outcome),
    /// Make the profile of what joined before, or was taken back. Nothing joins by that.
    Remake,
}

/// The profile in use and the sessions that it is made of.
struct ProfileInUse {
    generation: u64,
    profile: Profile,
    kept: KeptSessions,
    file: KeptFile,
    settings: ReloadableSettings,
}

impl Adaptation {
    /// Starts the thread, which first finishes what a killed daemon left.
    pub(super) fn start(
        fixed: FixedSettings,
        reloadable: ReloadableSettings,
    ) -> std::io::Result<Self> {
        let (tasks, inbox) = bounded(QUEUE);
        KeptFile::beside(&reloadable.profile).remove_unfinished();
        let session = SessionTracker::new(fixed.columns, fixed.locked);
        let adaptation = Self(Arc::new(Shared {
            gathering: AtomicBool::new(false),
            stranger: AtomicBool::new(false),
            session: Mutex::new(session),
            files: Mutex::new(Files::default()),
            reloadable: Mutex::new(reloadable),
            fixed,
            tasks,
        }));
        let learner = adaptation.clone();
        thread::Builder::new()
            .name("adaptation".into())
            .spawn(move || learner.work(&inbox))?;
        adaptation.order(Task::Remake);
        Ok(adaptation)
    }

    /// Sets where profiles are and how they are made from now on.
    pub(super) fn reconfigure(&self, settings: ReloadableSettings) {
        let adapt = settings.adapt;
        *self.reloadable() = settings;
        if !adapt {
            self.session().forget();
            self.gathering.store(false, Ordering::Relaxed);
        }
    }

    /// Keeps profile and kept sessions as they are until that is dropped: whoever makes or
    /// changes them waits.
    pub(super) fn hold(&self) -> Held<'_> {
        Held {
            files: self.files(),
            adaptation: self,
        }
    }

    /// Changes profile or kept sessions otherwise than by learning, by `change`, which may
    /// take another owner into use. What is being learnt meanwhile is discarded.
    pub(super) fn supersede<T>(&self, change: impl FnOnce() -> T) -> T {
        self.hold().supersede(change)
    }

    /// Takes note of what the session manager has said; called by the worker. `now` is
    /// CLOCK_BOOTTIME.
    pub(super) fn session_changed(&self, change: SessionChange, now: Duration) {
        let mut session = self.session();
        let mut outcome = session.changed(change, now);
        let adapt = self.reloadable().adapt;
        self.gathering
            .store(adapt && session.is_gathering(), Ordering::Relaxed);
        drop(session);
        if outcome.stranger {
            self.stranger.store(true, Ordering::SeqCst);
        }
        if !adapt {
            outcome.ended = None;
        }
        if outcome.ended.is_some() || outcome.proof {
            self.order(Task::Happened(outcome));
        }
    }

    /// Takes note of a new state; called by the worker. `now` is CLOCK_BOOTTIME.
    pub(super) fn decided(&self, state: (State, Reason), now: Duration) {
        let mut session = self.session();
        session.decided(state, now);
        self.gathering
            .fetch_and(session.is_gathering(), Ordering::Relaxed);
    }

    /// What was learnt of the owner, and what waits.
    pub(super) fn show(&self) -> Event {
        let files = self.files();
        let found = self.find(&files);
        self.describe(&files, found.as_ref().map(|found| &found.kept), None)
    }

    /// Takes the newest session back. An error says for people why there is none.
    pub(super) fn undo(&self) -> Result<Event, String> {
        let mut files = self.files();
        let mut found = self.find(&files)?;
        let undone = found.kept.undo();
        let undone = undone.ok_or("nothing was learnt, so there is nothing to take back")?;
        found.file.save(&found.kept).map_err(|e| e.to_string())?;
        files.generation += 1;
        files.busy |= found.kept.is_stale();
        let message = match undone.learnt {
            Some(_) => "the newest session is taken back, and the profile is made anew",
            None => "the newest session, which waited to be learnt, is dropped",
        };
        tracing::warn!(recorded = undone.recorded.0, "{message}");
        let event = self.describe(&files, Ok(&found.kept), Some(message.into()));
        drop(files);
        self.order(Task::Remake);
        Ok(event)
    }

    /// The owner says that the newest lock was false. An error says for people why that does
    /// not count.
    pub(super) fn false_lock(&self) -> Result<Event, String> {
        let mut files = self.files();
        let answered = self.session().answered("false")?;
        let message = match answered.answer {
            Answer::AtOnce => "counted already, because the secret followed the lock at once",
            Answer::LaterAndTold => "counted already",
            Answer::Later => {
                "counted; of its windows nothing is learnt, because the secret did not follow the \
                 lock within half a minute"
            }
        };
        let kept = match self.find(&files) {
            Ok(mut found) => {
                if answered.answer == Answer::Later {
                    let at = now();
                    found.kept.label_false_lock(at);
                    found.file.save(&found.kept).map_err(|e| e.to_string())?;
                    files.generation += 1;
                    files.labelled = Some(Labelled {
                        number: answered.number,
                        at,
                        session: false,
                    });
                }
                Ok(found.kept)
            }
            Err(why) => Err(why),
        };
        // Last, so that what could not be saved can be said again.
        self.session().said_false(answered);
        Ok(self.describe(&files, kept.as_ref(), Some(message.into())))
    }

    /// The owner says that the newest lock was right: what it was taken for is withdrawn. An
    /// error says for people why that does not count.
    pub(super) fn right_lock(&self) -> Result<Event, String> {
        let mut files = self.files();
        let answered = self.session().answered("right")?;
        let mut found = self.find(&files);
        let mut message = "counted";
        if let Some(labelled) = files.labelled.filter(|it| it.number == answered.number) {
            let ProfileInUse { kept, file, .. } = found.as_mut().map_err(|why| why.clone())?;
            if kept.withdraw_false_lock(labelled.at, labelled.session) {
                message = "counted; what would have been learnt of that session is dropped";
            }
            file.save(kept).map_err(|error| error.to_string())?;
            files.generation += 1;
            files.labelled = None;
        } else if answered.answer == Answer::AtOnce {
            // The thread has still to record it, or is just doing so.
            files.generation += 1;
            files.withdrawn.push(answered.number);
            message = "counted; nothing is learnt of that session";
        }
        // Last, so that what could not be saved can be said again.
        self.session().said_right(answered);
        let kept = found.as_ref().map(|found| &found.kept);
        Ok(self.describe(&files, kept, Some(message.into())))
    }

    fn describe(
        &self,
        files: &Files,
        kept: Result<&KeptSessions, &String>,
        message: Option<String>,
    ) -> Event {
        let off = match (&kept, self.reloadable().adapt) {
            (_, false) => Some("enrol.adapt is false".to_owned()),
            (Err(why), true) => Some((*why).clone()),
            (Ok(_), true) => files.off.clone(),
        };
        let kept = kept.ok();
        let clock = kept.and_then(|kept| kept.clock_trouble(now()));
        let shown = |record: &SessionRecord| publish::AddedSession {
            recorded_unix_s: record.recorded.0,
            learnt_unix_s: record.learnt.map(|at| at.0),
            label: record.label.into(),
        };
        let count = |of: fn(&KeptSessions) -> usize| kept.map_or(0, of) as u64;
        Event::Adaptation(publish::Adaptation {
            on: off.is_none(),
            learning: files.busy,
            enrolled: count(KeptSessions::enrolled_sessions),
            added: kept.map_or_else(Vec::new, |kept| kept.records().map(shown).collect()),
            false_locks: count(|kept| kept.false_locks().len()),
            message: message.or(off).or(clock.map(str::to_owned)),
        })
    }

    /// Reads the profile in use and its sessions. An error says for people why there are none.
    fn find(&self, files: &Files) -> Result<ProfileInUse, String> {
        let settings = self.reloadable().clone();
        let owners = Owners::this_process();
        let profile = Profile::load(&settings.profile, self.fixed.model, owners);
        let profile = profile.map_err(|error| error.to_string())?;
        if !self.fixed.served_owner.is_by(&profile) {
            return Err(format!(
                "the profile {} is not the one in use; reload graspd",
                settings.profile.display()
            ));
        }
        let file = KeptFile::beside(&settings.profile);
        let kept = file.load(&profile, owners).map_err(|why| why.to_string())?;
        Ok(ProfileInUse {
            generation: files.generation,
            profile,
            kept,
            file,
            settings,
        })
    }

    fn order(&self, task: Task) {
        if self.tasks.try_send(task).is_err() {
            tracing::warn!("a session is not judged, because others are still");
        }
    }

    fn session(&self) -> MutexGuard<'_, SessionTracker> {
        let session = self.session.lock();
        session.unwrap_or_else(PoisonError::into_inner)
    }

    fn files(&self) -> MutexGuard<'_, Files> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn reloadable(&self) -> MutexGuard<'_, ReloadableSettings> {
        let settings = self.reloadable.lock();
        settings.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Profile and kept sessions, held as they are.
pub(super) struct Held<'a> {
    files: MutexGuard<'a, Files>,
    adaptation: &'a Adaptation,
}

impl Held<'_> {
    /// See [`Adaptation::supersede`].
    pub(super) fn supersede<T>(&mut self, change: impl FnOnce() -> T) -> T {
        let files = &mut self.files;
        files.generation += 1;
        files.judge = None;
        files.off = None;
        files.labelled = None;
        let mut session = self.adaptation.session();
        session.forget();
        files.first = session.next_number();
        drop(session);
        self.adaptation.gathering.store(false, Ordering::Relaxed);
        change()
    }
}

impl std::ops::Deref for Adaptation {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl WindowSink for Adaptation {
    fn is_gathering(&self) -> bool {
        self.gathering.load(Ordering::Relaxed)
    }

    fn window(&mut self, embedding: ArrayView1<'_, f32>) {
        let mut session = self.session();
        session.window(embedding);
        if !session.is_gathering() {
            self.gathering.store(false, Ordering::Relaxed);
        }
    }

    fn at_rest(&mut self) {}
}

fn now() -> UnixTime {
    let now = SystemTime::now().duration_since(UNIX_EPOCH);
    UnixTime(now.map_or(0, |span| span.as_secs()))
}

#[cfg(test)]
pub(super) mod tests;
