//! Learning by the daemon's own thread, with files and without a session manager.

use std::path::Path;

use crossbeam_utils::sync::Parker;
use ndarray::Array2;
use tempfile::TempDir;

use super::*;
use crate::daemon::orders::Orders;
use crate::daemon::sensor_switch::SensorSwitch;
use crate::daemon::worker::Control;
use crate::decide::Pause;
use crate::enrol::adaptation::WAIT;
use crate::enrol::adaptation::tests::noise;
use crate::enrol::{EnrolmentWindows, GammaRule, LearnOptions};
use crate::model::cohort::tests::cohort;
use crate::owner::ocsvm::Nu;
use crate::publish::{Hello, Mode, Publisher, Server, SocketConfig};

const COLUMNS: usize = 4;
const OWNER: f32 = -4.0;
const PATIENCE: Duration = Duration::from_secs(600);
const LOCKED: SessionChange = SessionChange::Paused(Pause::ScreenLocked);

/// One that learns nothing, for tests of what is beside it.
pub(in crate::daemon) fn idle(folder: &Path, served_owner: &ServedOwner) -> Adaptation {
    let fixed = FixedSettings {
        model: ModelId([7; 32]),
        columns: COLUMNS,
        cohort: CohortStore::None,
        served_owner: served_owner.clone(),
        locked: false,
    };
    let reloadable = ReloadableSettings {
        profile: folder.join("profile"),
        rule: DecisionBudget::default(),
        adapt: false,
        wait: WAIT,
    };
    Adaptation::start(fixed, reloadable).unwrap()
}

impl Adaptation {
    /// Holds up whoever reads or changes the settings.
    pub(in crate::daemon) fn hold_up(&self) -> MutexGuard<'_, ReloadableSettings> {
        self.reloadable()
    }
}

/// An enrolled owner and the daemon's learning.
struct Bench {
    folder: TempDir,
    profile: Profile,
    enrolled: KeptSessions,
    adaptation: Adaptation,
    controls: Receiver<Control>,
    now: Duration,
}

fn windows(number: usize, count: usize, last: f32) -> Array2<f32> {
    Array2::from_shape_fn((count, COLUMNS), |(row, column)| {
        noise(row, column, number) + if column == COLUMNS - 1 { last } else { 0.0 }
    })
}

pub(in crate::daemon) fn publisher(folder: &Path) -> Publisher {
    let socket = SocketConfig {
        path: folder.join("socket"),
        ..SocketConfig::default()
    };
    let hello = Hello::new(Mode::Live, None, State::Inconclusive, Reason::WarmUp);
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async { Server::bind(&socket, None, hello).unwrap().publisher() })
}

fn rule() -> DecisionBudget {
    DecisionBudget {
        false_locks_per_day: 50.0,
        ..DecisionBudget::default()
    }
}

impl Bench {
    fn new(wait: Duration) -> Self {
        Self::with(wait, |_| {})
    }

    /// Begins with kept sessions that `change` has changed.
    fn with(wait: Duration, change: impl FnOnce(&mut KeptSessions)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut material = EnrolmentWindows::made_up(COLUMNS);
        for sitting in 0..2 {
            for row in windows(sitting, 60, OWNER).outer_iter() {
                material.add(row);
            }
            material.end_session();
        }
        let how = LearnOptions {
            nu: Nu::RECIPE,
            gamma: GammaRule::HeldOut,
            rule: rule(),
        };
        let cohort = cohort(COLUMNS);
        let made = material.finish(&how, Some(&cohort), 1000, 1_700_000_000);
        let profile = made.unwrap().0;
        let enrolled = KeptSessions::of(&material, &how, &profile);
        let path = folder.path().join("profile");
        profile.save(&path).unwrap();
        let mut kept = enrolled.clone();
        change(&mut kept);
        KeptFile::beside(&path).save(&kept).unwrap();
        let (control, controls) = Orders::to(Parker::new().unparker());
        let switch = SensorSwitch::default();
        let publisher = publisher(folder.path());
        let served_owner = ServedOwner::new(Some(&profile), control, publisher, switch);
        let fixed = FixedSettings {
            model: profile.model,
            columns: COLUMNS,
            cohort: CohortStore::Held(Arc::new(cohort)),
            served_owner,
            locked: false,
        };
        let reloadable = ReloadableSettings {
            profile: path,
            rule: rule(),
            adapt: true,
            wait,
        };
        Self {
            adaptation: Adaptation::start(fixed, reloadable).unwrap(),
            folder,
            profile,
            enrolled,
            controls,
            now: Duration::from_secs(1000),
        }
    }

    fn kept(&self) -> KeptSessions {
        let file = KeptFile::beside(&self.folder.path().join("profile"));
        file.load(&self.profile, Owners::this_process()).unwrap()
    }

    fn saved(&self) -> Profile {
        Profile::load_any(&self.folder.path().join("profile")).unwrap()
    }

    /// The profile that the worker is told to go on with.
    fn adapted(&self) -> Profile {
        match self.controls.recv_timeout(PATIENCE) {
            Ok(Control::Adapted(profile)) => *profile,
            other => panic!("no profile: {:?}", other.err()),
        }
    }

    fn expect_kept(&self, wanted: impl Fn(&KeptSessions) -> bool) {
        let begun = std::time::Instant::now();
        while !wanted(&self.kept()) {
            assert!(
                begun.elapsed() < PATIENCE,
                "{:?}",
                self.kept().records().collect::<Vec<_>>()
            );
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until everything ordered before is done.
    fn settle(&self) {
        let begun = std::time::Instant::now();
        while !self.adaptation.tasks.is_empty() || self.adaptation.files().busy {
            assert!(begun.elapsed() < PATIENCE);
            thread::sleep(Duration::from_millis(20));
        }
        thread::sleep(Duration::from_millis(300));
    }

    /// Waits until everything ordered before is done, by labelling a lock after it.
    fn marked(&self) {
        let before = self.kept().false_locks().len();
        self.adaptation.order(Task::Happened(Outcome {
            number: u64::MAX,
            false_lock: true,
            ..Outcome::default()
        }));
        self.expect_kept(|kept| kept.false_locks().len() > before);
    }

    fn open(&mut self) {
        self.now += Duration::from_secs(10);
        self.adaptation
            .session_changed(SessionChange::Authenticated, self.now);
        self.adaptation
            .session_changed(SessionChange::Resumed, self.now);
    }

    fn use_it(&mut self, number: usize, last: f32) {
        for row in windows(number, 150, last).outer_iter() {
            assert!(self.adaptation.is_gathering());
            self.adaptation.window(row);
        }
        self.now += Duration::from_secs(200);
    }

    fn lock(&mut self) {
        self.adaptation.session_changed(LOCKED, self.now);
    }

    fn locks_by_evidence(&mut self) {
        self.adaptation
            .decided((State::Lock, Reason::Evidence), self.now);
        self.lock();
    }
}

#[test]
fn a_session_of_the_owner_is_learnt_and_taken_back() {
    let mut bench = Bench::new(Duration::ZERO);
    bench.open();
    bench.use_it(7, OWNER);
    bench.lock();
    bench.expect_kept(|kept| kept.records().count() == 1);
    bench.open();
    let adapted = bench.adapted();
    assert_eq!(adapted.enrolment.sessions, 3);
    bench.expect_kept(|kept| !kept.is_stale());
    assert_eq!(bench.saved(), adapted);

    let Event::Adaptation(answer) = bench.adaptation.undo().unwrap() else {
        panic!("another answer");
    };
    assert!(answer.added.is_empty() && answer.learning);
    assert_eq!(bench.adapted(), bench.profile);
    bench.expect_kept(|kept| !kept.is_stale());
    assert_eq!(bench.saved(), bench.profile);
    assert!(bench.adaptation.undo().is_err(), "there is nothing left");
}

#[test]
fn a_session_waits_for_its_day() {
    let mut bench = Bench::new(WAIT);
    bench.open();
    bench.use_it(7, OWNER);
    bench.lock();
    bench.expect_kept(|kept| kept.records().count() == 1);
    bench.open();
    bench.settle();
    assert_eq!(bench.saved(), bench.profile);
}

#[test]
fn a_session_of_a_time_to_come_is_named_and_holds_others_up_no_longer() {
    let wrong = UnixTime(now().0 + 10 * 365 * 24 * 3600);
    let mut bench = Bench::with(WAIT, |kept| {
        let session = windows(7, 150, OWNER);
        let judge = kept.judge(&rule(), Some(&cohort(COLUMNS))).unwrap();
        kept.propose(&judge, &session.view().into(), Label::Undisturbed, wrong)
            .unwrap();
    });
    let said = |bench: &Bench| match bench.adaptation.show() {
        Event::Adaptation(shown) => shown.message,
        other => panic!("{other:?}"),
    };
    let why = said(&bench).unwrap();
    assert!(why.contains("the system's clock was wrong"), "{why}");
    bench.open();
    bench.use_it(8, OWNER);
    bench.lock();
    bench.expect_kept(|kept| kept.records().count() == 0);
    assert_eq!(said(&bench), None);
}

#[test]
fn a_stranger_who_is_let_in_teaches_nothing() {
    let mut bench = Bench::new(Duration::ZERO);
    for day in 0..3 {
        bench.open();
        bench.use_it(day, 1.0);
        bench.lock();
        bench.open();
        bench.use_it(day, 1.0);
        // Opened again at once, as if the lock had been false.
        bench.locks_by_evidence();
        bench.open();
        bench.expect_kept(|kept| kept.false_locks().len() == day + 1);
        bench.lock();
    }
    bench.settle();
    assert_eq!(bench.kept().records().count(), 0);
    assert_eq!(bench.saved(), bench.profile);
}

#[test]
fn a_lock_that_nobody_opens_at_once_drops_what_waits() {
    let mut bench = Bench::new(Duration::from_secs(3600));
    bench.open();
    bench.use_it(7, OWNER);
    bench.lock();
    bench.expect_kept(|kept| kept.records().count() == 1);
    bench.open();
    bench.locks_by_evidence();
    bench.now += Duration::from_secs(40);
    bench.open();
    bench.expect_kept(|kept| kept.records().count() == 0);
    let Event::Adaptation(told) = bench.adaptation.false_lock().unwrap() else {
        panic!("another answer");
    };
    assert_eq!(told.false_locks, 1);
    assert!(told.added.is_empty(), "what is said brings nothing back");
}

/// The proof that follows a lock by evidence at once, before the thread has heard of it.
fn answered_at_once(bench: &mut Bench) -> Outcome {
    bench.open();
    bench.use_it(7, OWNER);
    bench.locks_by_evidence();
    let outcome = bench
        .adaptation
        .session()
        .changed(SessionChange::Authenticated, bench.now);
    assert!(outcome.false_lock && outcome.ended.is_some());
    outcome
}

#[test]
fn a_lock_that_was_right_is_not_labelled_however_soon_that_is_said() {
    let older = UnixTime(1_700_000_000);
    for recorded_first in [false, true] {
        let mut bench = Bench::with(WAIT, |kept| kept.label_false_lock(older));
        let outcome = answered_at_once(&mut bench);
        let record = || bench.adaptation.order(Task::Happened(outcome));
        if recorded_first {
            record();
            bench.expect_kept(|kept| kept.records().count() == 1);
            bench.adaptation.right_lock().unwrap();
        } else {
            bench.adaptation.right_lock().unwrap();
            record();
        }
        assert!(bench.adaptation.right_lock().is_err(), "once is enough");
        bench.marked();
        let kept = bench.kept();
        assert_eq!(kept.false_locks()[0], older);
        assert_eq!((kept.false_locks().len(), kept.records().count()), (2, 0));
    }
}

#[test]
fn a_record_that_is_under_way_is_given_up_when_its_lock_was_right() {
    let mut bench = Bench::new(WAIT);
    let outcome = answered_at_once(&mut bench);
    bench.adaptation.order(Task::Happened(outcome));
    // Long enough to read the files, and too short to make the judge.
    thread::sleep(Duration::from_millis(30));
    bench.adaptation.right_lock().unwrap();
    bench.marked();
    let kept = bench.kept();
    assert_eq!((kept.false_locks().len(), kept.records().count()), (1, 0));
}

#[test]
fn what_happened_to_the_owner_before_is_not_recorded_of_the_next() {
    let mut bench = Bench::new(WAIT);
    let outcome = answered_at_once(&mut bench);
    bench.adaptation.supersede(|| ());
    bench.adaptation.order(Task::Happened(outcome));
    bench.marked();
    let kept = bench.kept();
    assert_eq!((kept.false_locks().len(), kept.records().count()), (1, 0));
}

#[test]
fn a_stranger_is_not_forgotten_where_the_file_cannot_be_read_meanwhile() {
    let mut bench = Bench::new(Duration::from_secs(3600));
    bench.open();
    bench.use_it(7, OWNER);
    bench.lock();
    bench.expect_kept(|kept| kept.records().count() == 1);
    let path = bench.folder.path().join("profile.windows");
    let away = bench.folder.path().join("away");
    std::fs::rename(&path, &away).unwrap();
    bench.open();
    bench.locks_by_evidence();
    bench.now += Duration::from_secs(40);
    bench.open();
    bench.settle();
    std::fs::rename(&away, &path).unwrap();
    bench.lock();
    bench.open();
    bench.expect_kept(|kept| kept.records().count() == 0);
}

#[test]
fn a_daemon_killed_before_the_profile_was_made_makes_it_at_the_next_start() {
    let bench = Bench::with(WAIT, |kept| {
        let session = windows(7, 150, OWNER);
        let judge = kept.judge(&rule(), Some(&cohort(COLUMNS))).unwrap();
        let at = UnixTime(1_700_000_000);
        kept.propose(&judge, &session.view().into(), Label::Undisturbed, at)
            .unwrap();
        assert!(kept.admit(at, Duration::ZERO));
    });
    assert_eq!(bench.adapted().enrolment.sessions, 3);
    bench.expect_kept(|kept| !kept.is_stale());
    assert_eq!(bench.saved().enrolment.sessions, 3);
}

#[test]
fn a_session_that_is_due_joins_at_no_start_but_after_a_proof() {
    let mut bench = Bench::with(Duration::ZERO, |kept| {
        let session = windows(7, 150, OWNER);
        let judge = kept.judge(&rule(), Some(&cohort(COLUMNS))).unwrap();
        let at = UnixTime(1_700_000_000);
        kept.propose(&judge, &session.view().into(), Label::Undisturbed, at)
            .unwrap();
    });
    bench.marked();
    assert_eq!(bench.saved(), bench.profile);
    assert!(bench.kept().records().all(|record| record.learnt.is_none()));
    bench.open();
    assert_eq!(bench.adapted().enrolment.sessions, 3);
}

#[test]
fn a_damaged_record_is_named_with_its_remedy_and_nothing_is_learnt() {
    let mut bench = Bench::new(Duration::ZERO);
    bench.settle();
    let path = bench.folder.path().join("profile.windows");
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x20;
    std::fs::write(&path, bytes).unwrap();
    bench.open();
    bench.use_it(7, OWNER);
    bench.lock();
    bench.settle();
    let Event::Adaptation(answer) = bench.adaptation.show() else {
        panic!("another answer");
    };
    let why = answer.message.unwrap();
    assert!(!answer.on && why.contains("enrol again"), "{why}");
    assert_eq!(bench.saved(), bench.profile);
}

#[test]
fn whoever_is_forgotten_meanwhile_is_not_learnt() {
    let mut bench = Bench::new(Duration::ZERO);
    bench.open();
    bench.use_it(7, OWNER);
    bench.lock();
    bench.expect_kept(|kept| kept.records().count() == 1);
    let path = bench.folder.path().join("profile");
    bench.open();
    bench.adaptation.supersede(|| {
        KeptFile::beside(&path).remove().unwrap();
        Profile::remove(&path).unwrap();
        bench.adaptation.fixed.served_owner.change(None);
    });
    bench.settle();
    assert!(!path.exists() && !KeptFile::beside(&path).path().exists());
    assert_eq!(bench.enrolled.records().count(), 0);
}
