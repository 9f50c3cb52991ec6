//! Who may begin a sitting, what it gathers, and what it says where it gathers nothing.

use std::path::Path;
use std::time::Duration;

use crossbeam_utils::sync::Parker;
use ndarray::Array1;

use super::super::orders::Orders;
use super::*;
use crate::daemon::sensor_switch::{OffReason, SensorSwitch};
use crate::decide::Reason;
use crate::model::Bundle;
use crate::model::Embedder;
use crate::motion::SampleTime;
use crate::publish::{Hello, Mode, Server, SocketConfig};

/// Length of an embedding of `models/seed-2d`.
const COLUMNS: usize = 2048;

/// Whether a source would be read.
fn reads(switch: &SensorSwitch) -> bool {
    switch.wait_until_released(Duration::ZERO)
}

/// An enrolment in `folder`, with nobody to serve, and the switch of its sensors.
fn enrolment(folder: &Path) -> (Enrolment, SensorSwitch) {
    let socket = SocketConfig {
        path: folder.join("socket"),
        ..SocketConfig::default()
    };
    let hello = Hello::new(Mode::Live, None, State::Inconclusive, Reason::NotEnrolled);
    let publisher = Server::bind(&socket, None, hello).unwrap().publisher();
    let switch = SensorSwitch::default();
    let (control, _) = Orders::to(Parker::new().unparker());
    let served_owner = ServedOwner::new(None, control, publisher.clone(), switch.clone());
    let bundle = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/seed-2d");
    let embedder = Embedder::new(&Bundle::open(&bundle).unwrap()).unwrap();
    let fixed = FixedSettings {
        begun: BegunFile::in_folder(folder),
        blank: EnrolmentWindows::new(&embedder, 96),
        channels: embedder.channels(),
        cohort: CohortStore::None,
        publisher,
        served_owner: served_owner.clone(),
        adaptation: crate::daemon::adaptation::tests::idle(folder, &served_owner),
    };
    let reloadable = ReloadableSettings {
        profile: folder.join("profile"),
        rule: DecisionBudget::default(),
    };
    (Enrolment::resume(fixed, reloadable), switch)
}

fn user(uid: u32) -> Peer {
    Peer {
        id: 1,
        uid,
        on_socket: true,
    }
}

#[tokio::test]
async fn nobody_but_root_gathers_in_a_lock_however_the_sitting_began() {
    for (uid, gathers) in [(0, true), (1000, false)] {
        let folder = tempfile::tempdir().unwrap();
        let (mut enrolment, _) = enrolment(folder.path());
        let window = Array1::ones(COLUMNS);
        // As where the state became lock just after the sitting was allowed.
        let lock = Event::lock(SampleTime::default(), Reason::Evidence);
        enrolment.0.fixed.publisher.publish(&lock);
        enrolment.begin(user(uid), Some(1000)).unwrap();
        enrolment.window(window.view());
        let Event::Enrolment(shown) = enrolment.show() else {
            panic!("another answer");
        };
        assert_eq!(shown.windows == 1, gathers, "{uid}: {shown:?}");
    }
}

#[tokio::test]
async fn root_is_an_owner_only_where_root_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let (enrolment, switch) = enrolment(folder.path());
    let refused = enrolment.begin(user(0), None).unwrap_err();
    assert!(refused.contains("--owner UID"), "{refused}");
    assert!(!reads(&switch));
    for (uid, named, owner) in [(0, Some(1000), 1000), (0, Some(0), 0), (1000, None, 1000)] {
        let Event::Enrolment(begun) = enrolment.begin(user(uid), named).unwrap() else {
            panic!("another answer");
        };
        assert_eq!(begun.owner, Some(owner));
        enrolment.cancel().unwrap();
    }
}

#[tokio::test]
async fn why_no_window_comes_is_told_in_a_sitting() {
    let folder = tempfile::tempdir().unwrap();
    let (enrolment, _) = enrolment(folder.path());
    let publisher = enrolment.0.fixed.publisher.clone();
    publisher.report(None, serde_json::json!({}), Some("no gyroscope".into()));
    let told = |shown| match shown {
        Event::Enrolment(shown) => shown.message,
        other => panic!("{other:?}"),
    };
    assert_eq!(told(enrolment.show()), None);
    let begun = enrolment.begin(user(1000), None).unwrap();
    assert_eq!(
        told(begun).unwrap(),
        "nothing can be gathered: no gyroscope"
    );
    publisher.report(None, serde_json::json!({}), None);
    assert_eq!(told(enrolment.show()), None);
}

fn shown(event: Event) -> publish::Enrolment {
    match event {
        Event::Enrolment(shown) => shown,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn what_has_samples_passed_over_is_told_in_a_sitting() {
    let folder = tempfile::tempdir().unwrap();
    let (enrolment, _) = enrolment(folder.path());
    let told = || shown(enrolment.show()).message;
    let inactive = SessionChange::Paused(Pause::SessionInactive);
    enrolment.session_changed(inactive);
    assert_eq!(told(), None, "nobody sits");
    let begun = enrolment.begin(user(1000), None).unwrap();
    let message = shown(begun).message.unwrap();
    assert!(message.contains("log in on the device's own screen"));
    for (why, words) in [
        (Pause::ScreenLocked, "the screen is locked"),
        (Pause::Asleep, "the system sleeps"),
    ] {
        enrolment.session_changed(SessionChange::Paused(why));
        let message = told().unwrap();
        assert!(message.contains(words), "{message}");
    }
    enrolment.session_changed(SessionChange::Resumed);
    assert_eq!(told(), None);
    enrolment.0.fixed.publisher.pause_until(Some(1));
    assert!(told().unwrap().contains("graspd resume"));
}

#[tokio::test]
async fn each_sitting_gathers_as_much_as_the_first_until_there_is_no_room() {
    let folder = tempfile::tempdir().unwrap();
    let (mut enrolment, _) = enrolment(folder.path());
    let window = Array1::ones(COLUMNS);
    let mut sit = |windows: usize| {
        enrolment.begin(user(1000), None).unwrap();
        for _ in 0..windows {
            enrolment.window(window.view());
        }
        shown(enrolment.show())
    };
    let first = sit(MOST_OF_SITTING - 1);
    assert_eq!(first.in_sitting, Some(599));
    // Beginning once more goes on with the same sitting.
    let first = sit(1);
    assert_eq!(
        (first.phase, first.in_sitting),
        (Phase::Waiting.into(), None)
    );
    let second = sit(1);
    assert_eq!((second.windows, second.in_sitting), (601, Some(1)));
    for all in [1200, 1800, 2048] {
        assert_eq!(sit(MOST_OF_SITTING).windows, all);
    }
    let full = enrolment.begin(user(1000), None).unwrap_err();
    assert!(full.contains("--finish"), "{full}");
    assert_eq!(shown(enrolment.show()).phase, Phase::Waiting.into());
}

#[tokio::test]
async fn nobody_but_root_enrols_another_user() {
    let folder = tempfile::tempdir().unwrap();
    let (enrolment, _) = enrolment(folder.path());
    let refused = enrolment.begin(user(1000), Some(1001)).unwrap_err();
    assert!(refused.contains("only root"), "{refused}");
    assert_eq!(shown(enrolment.show()).phase, Phase::None.into());
    assert!(enrolment.begin(user(1000), Some(1000)).is_ok());
}

#[tokio::test]
async fn sensors_are_read_for_an_owner_or_a_sitting_and_else_not() {
    let folder = tempfile::tempdir().unwrap();
    let (enrolment, switch) = enrolment(folder.path());
    let served_owner = enrolment.0.fixed.served_owner.clone();
    let peer = user(0);
    let begin = || drop(enrolment.begin(peer, Some(1000)).unwrap());
    let cancel = || drop(enrolment.cancel().unwrap());

    assert!(!reads(&switch), "nobody has enrolled");
    begin();
    assert!(reads(&switch), "the sitting has no motion");
    switch.turn_off(OffReason::Session);
    begin();
    assert!(!reads(&switch), "the screen is locked");
    switch.allow(OffReason::Session);
    assert!(reads(&switch));
    enrolment.disconnected(peer.id);
    assert!(!reads(&switch), "the sitting is over");
    begin();
    cancel();
    assert!(!reads(&switch), "the enrolment is cancelled");

    served_owner.change(Some(crate::owner::profile::tests::profile()));
    assert!(reads(&switch), "there is an owner");
    begin();
    cancel();
    assert!(reads(&switch), "there is an owner still");
    enrolment.forget(peer).unwrap();
    assert_eq!(served_owner.owner(), None);
    assert!(!reads(&switch), "the owner is forgotten");
}
