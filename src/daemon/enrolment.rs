//! Enrolment with the running daemon, over several sittings.
//!
//! A sitting lasts as long as the connection that began it. The gathered windows are kept
//! in the state folder, and the profile is replaced only once another was made and
//! accepted.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crossbeam_channel::{Receiver, Sender, bounded};
use ndarray::ArrayView1;

use super::adaptation::Adaptation;
use super::begun_file::BegunFile;
use super::served_owner::ServedOwner;
use crate::accelerometer_bundle;
use crate::decide::{Pause, State};
use crate::enrol::adaptation::KeptFile;
use crate::enrol::{
    BegunEnrolment, DecisionBudget, EnrolmentWindows, GammaRule, LearnOptions, MAX_WINDOWS,
};
use crate::model::CohortStore;
use crate::motion::Channels;
use crate::owner::ocsvm::{Gamma, Nu};
use crate::owner::profile::Profile;
use crate::pipeline::WindowSink;
use crate::publish::{self, Enrol, Event, Peer, Phase, Publisher};
use crate::sealed::file;
use crate::session::SessionChange;

/// Windows in motion that suffice for a profile, and for a sitting: about five minutes of
/// handling.
const WANTED: usize = 300;
/// Most windows of a sitting: more of one occasion say nothing new.
const MOST_OF_SITTING: usize = MAX_WINDOWS;
/// New windows after which the gathered windows are saved again.
const SAVE_EVERY: usize = 30;

const ROOT_NAMES_NOBODY: &str = "root has no screen to lock; name whose profile it is to be \
                                 (`graspd enroll --owner UID`)";

const ANOTHER_IS_NAMED: &str = "only root may enrol another user; leave --owner out";

/// The enrolment of this daemon; clones share it.
#[derive(Debug, Clone)]
pub(super) struct Enrolment(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// Never held while waiting for a disk, because the worker takes it with each window.
    begun: Mutex<Begun>,
    /// Held while the file of the gathered windows is read, written or removed.
    file: Mutex<()>,
    /// Has the windows saved; `None` asks for no answer.
    saver: Sender<Option<Sender<()>>>,
    /// Whether there is a sitting; an atomic, because the pipeline asks with every sample.
    gathering: AtomicBool,
    reloadable: Mutex<ReloadableSettings>,
    /// Why the session has decisions paused, in which the pipeline passes samples over.
    session: Mutex<Option<Pause>>,
    fixed: FixedSettings,
}

/// Settings for making a profile that a reload may change.
#[derive(Debug, Clone)]
pub(super) struct ReloadableSettings {
    /// Path to save the profile at.
    pub profile: PathBuf,
    /// The policy, and the false locks a day that the profile may cost its owner under it.
    pub rule: DecisionBudget,
}

/// Settings that stay the same while the daemon runs.
#[derive(Debug)]
pub(super) struct FixedSettings {
    /// The file of the gathered windows.
    pub begun: BegunFile,
    /// An empty set of windows of the daemon's model and hop.
    pub blank: EnrolmentWindows,
    /// The sensors that the model takes.
    pub channels: Channels,
    /// The model's cohort of other people.
    pub cohort: CohortStore,
    pub publisher: Publisher,
    /// Gets the new owner, and switches the sensors on for a sitting.
    pub served_owner: ServedOwner,
    /// Makes no profile while this one is made or forgotten; keeps the windows of a new one.
    pub adaptation: Adaptation,
}

#[derive(Debug, Default)]
struct Begun {
    /// User id of the future owner and the windows so far; `None` before the first sitting.
    gathered: Option<BegunEnrolment>,
    /// Why an earlier daemon's windows cannot be continued, and what to do, for people;
    /// `None` if they can, or there are none.
    stranded: Option<String>,
    /// `None` between sittings.
    sitting: Option<Sitting>,
    fitting: bool,
    /// Result of the newest attempt to make a profile, with a message for people; `None`
    /// before the first and after a new sitting begins.
    outcome: Option<(Phase, String)>,
    unsaved: usize,
}

#[derive(Debug, Clone, Copy)]
struct Sitting {
    /// Id of the connection that holds it.
    connection: u64,
    /// Whether it began while the state was lock, which only root may do. Other sittings
    /// gather nothing in that state: it says that somebody else has the device.
    despite_lock: bool,
    /// Windows that had been gathered when it began.
    before: usize,
}

impl Enrolment {
    /// Continues the enrolment in the state folder, if there is one.
    pub(super) fn resume(fixed: FixedSettings, reloadable: ReloadableSettings) -> Self {
        let mut begun = Begun::default();
        begun.take_up(fixed.begun.load(&fixed.blank));
        if let Some(why) = &begun.stranded {
            tracing::error!("nobody can enrol: {why}");
        }
        // A daemon killed while saving leaves a temporary file that was never in use.
        let _ = file::remove_unfinished(&reloadable.profile);
        // One waiting order is enough: it saves all that was gathered until then.
        let (saver, orders) = bounded(1);
        let enrolment = Self(Arc::new(Shared {
            begun: Mutex::new(begun),
            file: Mutex::new(()),
            saver,
            gathering: AtomicBool::new(false),
            reloadable: Mutex::new(reloadable),
            session: Mutex::default(),
            fixed,
        }));
        let shared = Arc::downgrade(&enrolment.0);
        let saving = thread::Builder::new()
            .name("enrolment".into())
            .spawn(move || save_on_order(&orders, &shared));
        if let Err(why) = saving {
            tracing::error!(%why, "a restart would lose what is gathered");
        }
        enrolment
    }

    /// Saves what was gathered, and waits for that for `patience` at most.
    pub(super) fn settle(&self, patience: Duration) {
        let (done, saved) = bounded(1);
        if self.0.saver.send_timeout(Some(done), patience).is_ok() {
            let _ = saved.recv_timeout(patience);
        }
    }

    /// Sets where and with which budget profiles are made from now on.
    pub(super) fn reconfigure(&self, settings: ReloadableSettings) {
        *self.reloadable() = settings;
    }

    fn reloadable(&self) -> MutexGuard<'_, ReloadableSettings> {
        let settings = self.0.reloadable.lock();
        settings.unwrap_or_else(PoisonError::into_inner)
    }

    fn begun(&self) -> MutexGuard<'_, Begun> {
        let begun = self.0.begun.lock();
        begun.unwrap_or_else(PoisonError::into_inner)
    }

    /// Begins a sitting of `peer`. An error says for people why not.
    pub(super) fn begin(&self, peer: Peer, owner: Option<u32>) -> Result<Event, String> {
        let owner = match (peer.uid, owner) {
            (0, Some(named)) => named,
            // An owner who is root was named once, on purpose.
            (0, None) if self.0.fixed.served_owner.owner() == Some(0) => 0,
            // Root has no session on any screen, so nothing would ever be decided.
            (0, None) => return Err(ROOT_NAMES_NOBODY.into()),
            (uid, Some(named)) if named != uid => return Err(ANOTHER_IS_NAMED.into()),
            (uid, _) => uid,
        };
        let is_stranded = self.begun().stranded.is_some();
        let again = is_stranded.then(|| self.load());
        let mut begun = self.begun();
        if let Some(loaded) = again.filter(|_| begun.stranded.is_some()) {
            begun.take_up(loaded);
        }
        if begun.fitting {
            return Err("the profile is being made".into());
        }
        if begun.sitting.is_some_and(|held| held.connection != peer.id) {
            return Err("somebody is enrolling already".into());
        }
        if let Some(why) = &begun.stranded {
            return Err(why.clone());
        }
        let blank = || (owner, self.0.fixed.blank.clone());
        let (of, material) = begun.gathered.get_or_insert_with(blank);
        if *of != owner {
            return Err(format!(
                "the enrolment of user {of} has begun; finish or cancel it first"
            ));
        }
        let (before, is_full) = (material.windows(), material.is_full());
        if is_full {
            return Err(format!(
                "{before} windows were gathered, which is as many as are kept; make the profile \
                 of them (`graspd enroll --finish`) or throw them away (`graspd enroll --cancel`)"
            ));
        }
        let before = begun.sitting.map_or(before, |held| held.before);
        begun.sitting = Some(Sitting {
            connection: peer.id,
            before,
            // The state may have become lock since this was allowed to others.
            despite_lock: peer.uid == 0 && self.0.fixed.publisher.state() == State::Lock,
        });
        begun.outcome = None;
        self.0.gathering.store(true, Ordering::Relaxed);
        self.0.fixed.served_owner.begin_sitting();
        Ok(self.event(&begun))
    }

    /// The progress.
    pub(super) fn show(&self) -> Event {
        self.event(&self.begun())
    }

    /// Ends the sitting and has the profile made. An error says for people why not.
    pub(super) fn finish(&self, order: Enrol) -> Result<Event, String> {
        let nu = order.nu.map_or(Ok(Nu::RECIPE), Nu::new);
        let nu = nu.map_err(|why| why.to_string())?;
        let gamma = order.gamma.map(Gamma::new).transpose();
        let gamma = gamma.map_err(|why| why.to_string())?;
        let gamma = gamma.map_or(GammaRule::HeldOut, GammaRule::Fixed);
        let mut begun = self.begun();
        if begun.fitting {
            return Err("the profile is being made".into());
        }
        if let Some(why) = &begun.stranded {
            return Err(why.clone());
        }
        self.end_sitting(&mut begun);
        let (owner, material) = begun.gathered.clone().ok_or("nothing was gathered yet")?;
        let enrolment = self.clone();
        thread::Builder::new()
            .name("enrolment".into())
            .spawn(move || enrolment.fit(owner, &material, nu, gamma))
            .map_err(|why| format!("cannot start a thread: {why}"))?;
        begun.fitting = true;
        Ok(self.event(&begun))
    }

    fn fit(&self, owner: u32, material: &EnrolmentWindows, nu: Nu, gamma: GammaRule) {
        let FixedSettings {
            cohort,
            channels,
            begun: file,
            ..
        } = &self.0.fixed;
        let rule = self.reloadable().rule;
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let how = LearnOptions { nu, gamma, rule };
        let now = now.map_or(0, |span| span.as_secs());
        let made = cohort
            .lend(|cohort| material.finish_and_keep(&how, cohort, owner, now))
            .and_then(|(profile, report, kept)| {
                self.0.fixed.adaptation.supersede(|| {
                    // Read again, because a reload may have changed the path meanwhile.
                    let path = self.reloadable().profile.clone();
                    profile.save(&path).map_err(|why| why.to_string())?;
                    if let Err(error) = KeptFile::beside(&path).save(&kept) {
                        tracing::warn!(%error, "use will not be learnt");
                    }
                    self.0.fixed.served_owner.change(Some(profile));
                    Ok::<_, String>(())
                })?;
                Ok(report)
            });
        let mut begun = self.begun();
        begun.fitting = false;
        match made {
            Err(why) => begun.outcome = Some((Phase::Refused, why)),
            Ok(report) => {
                tracing::info!(owner, windows = report.used, "enrolled");
                let mut said = format!(
                    "user {owner}, from {} windows; {:.0} % of held-out windows accepted\n{}",
                    report.used,
                    100.0 * report.accepted,
                    report.expectation,
                );
                if *channels == Channels::Accelerometer {
                    said = format!("{}\n{}", said.trim_end(), accelerometer_bundle::cost());
                }
                let said = said.trim_end().replace('\n', "; ");
                begun.gathered = None;
                begun.outcome = Some((Phase::Finished, said));
                drop(begun);
                let _file = self.file();
                if let Err(error) = file.remove() {
                    tracing::warn!(%error, "what was gathered is left behind");
                }
            }
        }
    }

    /// Ends the sitting and discards what was gathered. An error says for people why not.
    pub(super) fn cancel(&self) -> Result<Event, String> {
        let mut begun = self.begun();
        if begun.fitting {
            return Err("the profile is being made".into());
        }
        self.end_sitting(&mut begun);
        *begun = Begun::default();
        drop(begun);
        let removed = {
            let _file = self.file();
            self.0.fixed.begun.remove()
        };
        if let Err(why) = removed {
            let why = why.to_string();
            self.begun().stranded = Some(why.clone());
            return Err(why);
        }
        Ok(self.event(&self.begun()))
    }

    /// Forgets the owner, and what was gathered for another. An error says for people why not.
    pub(super) fn forget(&self, peer: Peer) -> Result<Event, String> {
        self.cancel()?;
        let there_was = self.0.fixed.adaptation.supersede(|| {
            let path = self.reloadable().profile.clone();
            let kept = KeptFile::beside(&path).remove();
            kept.map_err(|why| why.to_string())?;
            let there_was = Profile::remove(&path).map_err(|why| why.to_string())?;
            self.0.fixed.served_owner.change(None);
            Ok::<_, String>(there_was)
        })?;
        tracing::warn!(by = peer.uid, "the owner is forgotten");
        Ok(Event::Forgotten { owner: there_was })
    }

    /// The peer with this id has gone; a sitting that it began is over.
    pub(super) fn disconnected(&self, id: u64) {
        let mut begun = self.begun();
        if begun.sitting.is_some_and(|held| held.connection == id) {
            self.end_sitting(&mut begun);
        }
    }

    /// Whether a sitting gathers nothing because the state has become lock since it began.
    fn waits_for_unlock(&self, begun: &Begun) -> bool {
        begun.sitting.is_some_and(|held| !held.despite_lock)
            && self.0.fixed.publisher.state() == State::Lock
    }

    /// Why a sitting gathers nothing at the moment, for people; `None` if it does, or there is
    /// none.
    fn obstacle(&self, begun: &Begun) -> Option<String> {
        begun.sitting?;
        if self.waits_for_unlock(begun) {
            return Some("nothing is gathered while the state is lock".into());
        }
        let in_session = *self.session();
        let in_pause = || {
            let snapshot = self.0.fixed.publisher.snapshot();
            snapshot.paused_until.map(|_| Pause::ByOwner)
        };
        if let Some(why) = in_session.or_else(in_pause) {
            return Some(format!("nothing is gathered {}", when(why)));
        }
        let fault = self.0.fixed.publisher.input_fault()?;
        Some(format!("nothing can be gathered: {fault}"))
    }

    fn event(&self, begun: &Begun) -> Event {
        let mut event = begun.event();
        event.message = self.obstacle(begun).or(event.message);
        Event::Enrolment(event)
    }

    /// The session has changed.
    pub(super) fn session_changed(&self, change: SessionChange) {
        match change {
            SessionChange::Paused(why) => *self.session() = Some(why),
            SessionChange::Resumed => *self.session() = None,
            // Whatever else pauses goes on, and its end is told.
            SessionChange::Authenticated => {}
        }
    }

    fn session(&self) -> MutexGuard<'_, Option<Pause>> {
        let session = self.0.session.lock();
        session.unwrap_or_else(PoisonError::into_inner)
    }

    fn end_sitting(&self, begun: &mut Begun) {
        self.0.gathering.store(false, Ordering::Relaxed);
        self.0.fixed.served_owner.end_sitting();
        if begun.sitting.take().is_none() {
            return;
        }
        if let Some((_, material)) = &mut begun.gathered {
            material.end_session();
        }
        self.save(begun);
    }

    /// Has the windows saved soon, and waits for nothing.
    fn save(&self, begun: &mut Begun) {
        begun.unsaved = 0;
        // Full where an order waits already, which will save these too.
        let _ = self.0.saver.try_send(None);
    }

    fn file(&self) -> MutexGuard<'_, ()> {
        self.0.file.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn load(&self) -> Result<Option<BegunEnrolment>, String> {
        let _file = self.file();
        self.0.fixed.begun.load(&self.0.fixed.blank)
    }

    fn save_now(&self) {
        // Before the windows are looked at, so that none are written again after a cancel.
        let _file = self.file();
        let gathered = self.begun().gathered.clone();
        if let Some(gathered) = gathered.filter(|(_, material)| material.windows() > 0)
            && let Err(error) = self.0.fixed.begun.save(&gathered)
        {
            tracing::error!(%error, "a restart would lose what was gathered");
        }
    }
}

/// When a pause has samples passed over, for people.
fn when(why: Pause) -> &'static str {
    match why {
        Pause::ScreenLocked => "while the screen is locked",
        Pause::SessionInactive => {
            "while the owner's session is not the one in use; log in on the device's own screen"
        }
        Pause::Asleep => "while the system sleeps",
        Pause::ByOwner => "in a pause; end it first (`graspd resume`)",
        Pause::NotEnrolled => "while nobody has enrolled",
    }
}

/// The loop of the thread that saves windows; ends with the enrolment.
fn save_on_order(orders: &Receiver<Option<Sender<()>>>, shared: &Weak<Shared>) {
    for order in orders {
        let Some(shared) = shared.upgrade() else {
            return;
        };
        Enrolment(shared).save_now();
        // Fails only if whoever asked has stopped waiting.
        order
            .map_or(Ok(()), |done| done.send(()))
            .unwrap_or_default();
    }
}

impl Begun {
    /// Takes the windows of the file, or sets [`Begun::stranded`] to why they cannot be
    /// continued.
    fn take_up(&mut self, loaded: Result<Option<BegunEnrolment>, String>) {
        match loaded {
            Ok(gathered) => {
                self.stranded = None;
                self.gathered = gathered.map(|(owner, mut material)| {
                    material.end_session();
                    (owner, material)
                });
            }
            Err(why) => self.stranded = Some(why),
        }
    }

    fn event(&self) -> publish::Enrolment {
        let phase = match &self.outcome {
            _ if self.fitting => Phase::Fitting,
            _ if self.sitting.is_some() => Phase::Gathering,
            Some((phase, _)) => *phase,
            None if self.gathered.is_some() => Phase::Waiting,
            None => Phase::None,
        };
        let material = self.gathered.as_ref().map(|(_, material)| material);
        let count = |of: fn(&EnrolmentWindows) -> usize| material.map_or(0, of) as u64;
        publish::Enrolment {
            phase: phase.into(),
            windows: count(EnrolmentWindows::windows),
            wanted: WANTED as u64,
            sittings: count(EnrolmentWindows::learnt_sessions),
            at_rest: count(EnrolmentWindows::windows_at_rest),
            in_sitting: self.sitting.map(|held| {
                let windows = material.map_or(0, EnrolmentWindows::windows);
                windows.saturating_sub(held.before) as u64
            }),
            owner: self.gathered.as_ref().map(|(owner, _)| *owner),
            message: match &self.outcome {
                Some((_, said)) => Some(said.clone()),
                None => self.stranded.clone(),
            },
        }
    }
}

impl WindowSink for Enrolment {
    fn is_gathering(&self) -> bool {
        self.0.gathering.load(Ordering::Relaxed)
    }

    fn window(&mut self, embedding: ArrayView1<'_, f32>) {
        let mut begun = self.begun();
        if self.waits_for_unlock(&begun) {
            return;
        }
        let Begun {
            gathered: Some((_, material)),
            sitting: Some(sitting),
            unsaved,
            ..
        } = &mut *begun
        else {
            return;
        };
        *unsaved += usize::from(material.add(embedding));
        let in_sitting = material.windows().saturating_sub(sitting.before);
        if material.is_full() || in_sitting >= MOST_OF_SITTING {
            self.end_sitting(&mut begun);
        } else if *unsaved >= SAVE_EVERY {
            self.save(&mut begun);
        }
    }

    fn at_rest(&mut self) {
        let mut begun = self.begun();
        if self.waits_for_unlock(&begun) {
            return;
        }
        if let Some((_, material)) = &mut begun.gathered {
            material.at_rest();
        }
    }
}

#[cfg(test)]
mod tests;
