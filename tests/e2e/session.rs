//! The session: requests to it, and its effect on decisions. With a real bus and a
//! simulated session manager.

use std::os::unix::net::UnixListener;
use std::process::Command;
use std::time::Instant;

use graspd::decide::{Reason, State};
use graspd::owner::profile::Profile;
use graspd::publish::{Client, Event, ScreenState, Unconfirmed};
use rustix::process::Signal;

use crate::harness::{Daemon, Device, TEN_SECONDS, rows, stream};
use crate::login::{Accounts, Bus, Locker, Logind, NOBODY};

const RECORDING: &str = "hand-over.csv.zst";

/// A device that follows the owner's session.
fn device(session: &str, decide: &str) -> Device {
    let device = Device::live("");
    let motion = device.motion();
    device.configure(&format!(
        "[source]\nkind = \"stream\"\npath = {motion:?}\n[session]\n{session}\n[decide]\n{decide}\n"
    ));
    device
}

/// The next event for which `wanted` returns a value.
pub fn next<T>(client: &mut Client, wanted: impl Fn(Event) -> Option<T>) -> T {
    let mut passed = Vec::new();
    for event in client {
        let event = event.unwrap_or_else(|why| panic!("{why} after {passed:?}"));
        if let Some(found) = wanted(event.clone()) {
            return found;
        }
        passed.push(event);
    }
    panic!("only {passed:?}");
}

fn next_state(client: &mut Client) -> (State, Reason) {
    next(client, |event| {
        let (state, verdict) = event.state_change()?;
        let reason = serde_json::to_value(&verdict.reason).unwrap();
        Some((state, serde_json::from_value(reason).unwrap()))
    })
}

pub fn expect_state(client: &mut Client, state: State, reason: Reason) {
    while next_state(client) != (state, reason) {}
}

#[test]
fn a_hand_over_locks_the_screen_once_and_the_owner_begins_anew() {
    let device = device("", "");
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    let logind = Logind::start(&bus, Locker::Obedient);
    let daemon = device.start_ready();
    let mut client = daemon.client();
    stream(&device, &daemon, &rows(RECORDING), || logind.locks() > 0);

    let locked_at = next(&mut client, |event| match event {
        Event::Lock(verdict) => Some(verdict.t_ns),
        _ => None,
    });
    let (t_ns, attempts) = next(&mut client, |event| match event {
        Event::LockConfirmed { t_ns, attempts } => Some((t_ns, attempts)),
        _ => None,
    });
    assert_eq!((t_ns, attempts), (Some(locked_at), 1));

    // While the screen is locked samples do not count, …
    let before = rows("enrol-1.csv.zst");
    stream(&device, &daemon, &before[..4 * TEN_SECONDS], || false);
    let status = daemon.expect_status(|status| status.state == State::Lock);
    assert_eq!(status.reason, Reason::Evidence.into());
    // … and unlocking it proves the owner.
    logind.set_locked(false);
    assert_eq!(
        next_state(&mut client),
        (State::Inconclusive, Reason::WarmUp)
    );
    assert_eq!(logind.locks(), 1);
}

#[test]
fn a_locker_that_does_nothing_is_asked_again_and_then_the_fallback_is_run() {
    let device = device("", "");
    let proof = device.file("proof of the fallback");
    let motion = device.motion();
    device.configure(&format!(
        "[source]\nkind = \"stream\"\npath = {motion:?}\n[decide]\nsensor_grace_s = 0.5\n\
         [session]\nconfirm_s = 0.05\nfallback = [\"touch\", {proof:?}]\n"
    ));
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    let logind = Logind::start(&bus, Locker::Deaf);
    let daemon = device.start_ready();
    let mut client = daemon.client();
    let (attempts, reason) = next(&mut client, |event| match event {
        Event::LockUnconfirmed {
            attempts, reason, ..
        } => Some((attempts, reason)),
        _ => None,
    });
    assert_eq!((attempts, reason), (3, Unconfirmed::Ignored.into()));
    daemon.expect_log("session.fallback was run");
    assert!(proof.exists());
    assert_eq!(logind.locks(), 3);
}

/// A device that asks for a lock twice and then every fiftieth of a second; each run of
/// the fallback adds a line to the file `fallbacks`.
fn impatient(decide: &str) -> Device {
    let device = device("", decide);
    let (motion, runs) = (device.motion(), device.file("fallbacks"));
    let count = format!("echo >> {}", runs.display());
    device.configure(&format!(
        "[source]\nkind = \"stream\"\npath = {motion:?}\n[decide]\n{decide}\n[session]\nattempts = 2\n\
         confirm_s = 0.02\nagain_s = 0.02\nfallback = [\"sh\", \"-c\", {count:?}]\n"
    ));
    device
}

/// The attempts of the next `lock_confirmed`; no `lock_unconfirmed` may come before.
fn confirmed(client: &mut Client) -> u32 {
    next(client, |event| match event {
        Event::LockUnconfirmed { .. } => panic!("it was said before: {event:?}"),
        Event::LockConfirmed { attempts, .. } => Some(attempts),
        _ => None,
    })
}

fn unconfirmed(client: &mut Client) -> Unconfirmed {
    next(client, |event| match event {
        Event::LockUnconfirmed { reason, .. } => {
            Some(serde_json::from_value(serde_json::to_value(reason).unwrap()).unwrap())
        }
        _ => None,
    })
}

#[test]
fn a_lock_that_is_not_confirmed_is_asked_for_until_it_is() {
    let device = impatient("sensor_grace_s = 0.5");
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    let logind = Logind::start(&bus, Locker::Deaf);
    let daemon = device.start_ready();
    let mut client = daemon.client();
    assert_eq!(unconfirmed(&mut client), Unconfirmed::Ignored);
    daemon
        .patiently(|| (logind.locks() >= 5).then_some(()))
        .unwrap();
    logind.set_locker(Locker::Obedient);
    let attempts = confirmed(&mut client);
    assert!(attempts >= 5, "{attempts}");
    assert_eq!(logind.locks(), attempts);
    // A further request would have come by the time that sleep is prepared.
    logind.prepare_for_sleep(true);
    logind.inhibitor(|take| daemon.patiently(take)).wait();
    assert_eq!(logind.locks(), attempts);
    let runs = std::fs::read_to_string(device.file("fallbacks")).unwrap();
    assert_eq!(runs.lines().count(), 1, "the fallback is run once");
}

#[test]
fn a_lock_that_is_over_is_not_asked_for_any_more() {
    let device = impatient("");
    std::fs::write(device.file("locked"), "").unwrap();
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    let logind = Logind::start(&bus, Locker::Deaf);
    let daemon = device.start_ready();
    daemon
        .patiently(|| (logind.locks() >= 3).then_some(()))
        .unwrap();
    stream(&device, &daemon, &rows("enrol-1.csv.zst"), || {
        crate::harness::status(&mut daemon.client()).state == State::Unlock
    });
    daemon.expect_status(|status| status.state == State::Unlock);
    // A request may be under way while the state changes.
    let quiet = || {
        let before = logind.locks();
        std::thread::sleep(std::time::Duration::from_millis(200));
        (logind.locks() == before).then_some(())
    };
    daemon.patiently(quiet).expect("it is asked for still");
}

#[test]
fn a_session_manager_that_comes_late_is_asked_for_the_lock_there_is() {
    let device = impatient("sensor_grace_s = 0.5");
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    let daemon = device.start_ready();
    let mut client = daemon.client();
    assert_eq!(unconfirmed(&mut client), Unconfirmed::NoSessionManager);
    let logind = Logind::start(&bus, Locker::Deaf);
    daemon
        .patiently(|| (logind.locks() >= 3).then_some(()))
        .unwrap();
    drop(logind);
    // The lock request is repeated to the new session manager.
    let logind = Logind::start(&bus, Locker::Obedient);
    assert!(confirmed(&mut client) >= 4);
    assert_eq!(logind.locks(), 1);
    let runs = std::fs::read_to_string(device.file("fallbacks")).unwrap();
    assert_eq!(runs.lines().count(), 1, "the fallback is run once");
}

/// A device that remembers a lock, with a bus; `None` where no bus can be had.
fn begun_locked(session: &str) -> Option<(Device, Bus)> {
    let device = device(session, "");
    std::fs::write(device.file("locked"), "").unwrap();
    let bus = Bus::start(&device)?;
    Some((device, bus))
}

#[test]
fn a_session_that_opens_beside_the_locked_one_is_asked_for_the_lock_too() {
    let Some((device, bus)) = begun_locked("") else {
        return;
    };
    let logind = Logind::start(&bus, Locker::Obedient);
    let daemon = device.start_ready();
    let mut client = daemon.client();
    assert_eq!(confirmed(&mut client), 1);
    logind.show_second();
    assert_eq!(confirmed(&mut client), 1);
    assert_eq!((logind.locks(), logind.second_locks()), (1, 1));
    // A proof in it ends the lock, and then nothing is asked any more.
    logind.open_second();
    device.feed(&rows(RECORDING)[..200]);
    daemon.expect_status(|status| status.t_ns.is_some() && status.reason == Reason::WarmUp.into());
    assert_eq!((logind.locks(), logind.second_locks()), (1, 1));
}

#[test]
fn a_daemon_that_begins_locked_asks_for_the_lock_at_once_and_once() {
    let Some((device, bus)) = begun_locked("") else {
        return;
    };
    let logind = Logind::start(&bus, Locker::Obedient);
    let daemon = device.start_ready();
    daemon
        .patiently(|| (logind.locks() == 1).then_some(()))
        .unwrap();
    logind.set_locked(false);
    device.feed(&rows(RECORDING)[..200]);
    let status = daemon.expect_status(|status| status.t_ns.is_some());
    let begun = (State::Inconclusive, &Reason::WarmUp.into());
    assert_eq!((status.state, &status.reason), begun);
    assert_eq!(logind.locks(), 1);
    assert!(!device.file("locked").exists());
}

#[test]
fn a_session_manager_that_sends_thousands_of_signals_is_asked_for_the_lock_and_followed() {
    let Some((device, bus)) = begun_locked("") else {
        return;
    };
    let began = Instant::now();
    let logind = Logind::start_flooding(&bus, Locker::Obedient, 1000);
    let daemon = device.start_ready();
    daemon
        .patiently(|| (logind.locks() == 1).then_some(()))
        .unwrap();
    logind.set_locked(false);
    device.feed(&rows(RECORDING)[..200]);
    daemon.expect_status(|status| status.t_ns.is_some() && status.reason == Reason::WarmUp.into());
    assert_eq!(logind.locks(), 1);
    // Each of its signals may have changed something.
    let most = 5.0 + 5.0 * began.elapsed().as_secs_f64();
    assert!(f64::from(logind.readings()) < most, "{}", logind.readings());
}

#[test]
fn a_session_manager_that_answers_no_reading_is_asked_for_the_lock_all_the_same() {
    let Some((device, bus)) = begun_locked("") else {
        return;
    };
    let logind = Logind::start(&bus, Locker::Deaf);
    let daemon = device.start_ready();
    let is_asked = |logind: &Logind| (logind.locks() > 0).then_some(());
    daemon.patiently(|| is_asked(&logind)).unwrap();
    drop(logind);
    let logind = Logind::start_mute(&bus, Locker::Deaf);
    daemon.patiently(|| is_asked(&logind)).unwrap();
}

#[test]
fn a_bus_that_has_stopped_takes_no_fallback_away() {
    let device = device("fallback = [\"true\"]", "sensor_grace_s = 0.5");
    // The kernel completes connections that nobody has accepted.
    let _stopped = UnixListener::bind(device.file("bus")).unwrap();
    let daemon = device.start_ready();
    let mut client = daemon.client();
    assert_eq!(unconfirmed(&mut client), Unconfirmed::NoSessionManager);
    daemon.expect_log("session.fallback was run");
}

#[test]
fn without_a_session_manager_decisions_are_published_and_the_fallback_is_run() {
    let device = device("fallback = [\"/nonexistent\"]", "sensor_grace_s = 0.5");
    let daemon = device.start_ready();
    let mut client = daemon.client();
    expect_state(&mut client, State::Lock, Reason::SensorLost);
    let reason = next(&mut client, |event| match event {
        Event::LockUnconfirmed { reason, .. } => Some(reason),
        _ => None,
    });
    assert_eq!(reason, Unconfirmed::NoSessionManager.into());
    daemon.expect_log("session.fallback cannot be run");
    assert_eq!(
        daemon.log().matches("neither followed nor locked").count(),
        1
    );
}

#[test]
fn a_daemon_that_needs_a_session_manager_does_not_start_without() {
    let device = device("enabled = \"yes\"", "");
    let mut daemon = device.start();
    assert_eq!(daemon.exit_code(), Some(69));
    daemon.expect_log("session.enabled");
}

#[test]
fn a_locked_screen_pauses_and_resets() {
    let device = device("", "");
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    let logind = Logind::start(&bus, Locker::Obedient);
    let daemon = device.start_ready();
    let mut client = daemon.client();
    let motion = rows(RECORDING);
    stream(&device, &daemon, &motion[..4 * TEN_SECONDS], || false);
    expect_state(&mut client, State::Unlock, Reason::Evidence);

    logind.set_locked(true);
    expect_state(&mut client, State::Inconclusive, Reason::ScreenLocked);
    // Motion of the other person, for longer than until the lock.
    stream(
        &device,
        &daemon,
        &motion[15 * TEN_SECONDS..25 * TEN_SECONDS],
        || false,
    );
    logind.set_locked(false);
    assert_eq!(
        next_state(&mut client),
        (State::Inconclusive, Reason::WarmUp)
    );
    let status = daemon.expect_status(|status| status.reason == Reason::WarmUp.into());
    let figures = serde_json::to_value(status.figures.unwrap()).unwrap();
    assert_eq!(figures["evidence"], 0.5, "{figures}");
    assert_eq!(figures["score"], serde_json::Value::Null);
    assert_eq!(logind.locks(), 0);
}

#[test]
fn another_users_session_is_none_of_ours() {
    let device = device("", "");
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    let logind = Logind::start(&bus, Locker::Obedient);
    let daemon = device.start_ready();
    let mut client = daemon.client();
    device.feed(&rows(RECORDING)[..200]);
    expect_state(&mut client, State::Inconclusive, Reason::WarmUp);
    logind.show_owner(false);
    expect_state(&mut client, State::Inconclusive, Reason::SessionInactive);
    logind.show_owner(true);
    expect_state(&mut client, State::Inconclusive, Reason::WarmUp);
}

#[test]
fn a_reload_with_another_owner_follows_their_session() {
    let device = Device::live("");
    let motion = device.motion();
    device.configure_owner(&format!(
        "[source]\nkind = \"stream\"\npath = {motion:?}\n[session]\n"
    ));
    let mut profile = Profile::load_any(crate::harness::profile()).unwrap();
    profile.save(&device.profile()).unwrap();
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    let logind = Logind::start(&bus, Locker::Obedient);
    let daemon = device.start_ready();
    let mut client = daemon.client();
    device.feed(&rows(RECORDING)[..200]);
    expect_state(&mut client, State::Inconclusive, Reason::WarmUp);
    let _inhibitor = logind.inhibitor(|take| daemon.patiently(take));

    profile.owner_uid = NOBODY;
    profile.save(&device.profile()).unwrap();
    daemon.signal(Signal::HUP);
    expect_state(&mut client, State::Inconclusive, Reason::SessionInactive);
    logind.show_owner(false);
    expect_state(&mut client, State::Inconclusive, Reason::WarmUp);
}

#[test]
fn sleep_waits_until_the_sensors_are_let_go_and_is_followed_by_a_warm_up() {
    let device = device("", "");
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    let logind = Logind::start(&bus, Locker::Obedient);
    let daemon = device.start_ready();
    let mut client = daemon.client();
    device.feed(&rows(RECORDING)[..200]);
    for _ in 0..2 {
        let inhibitor = logind.inhibitor(|take| daemon.patiently(take));
        logind.prepare_for_sleep(true);
        expect_state(&mut client, State::Inconclusive, Reason::Asleep);
        inhibitor.wait();
        logind.prepare_for_sleep(false);
        expect_state(&mut client, State::Inconclusive, Reason::WarmUp);
    }
}

/// A daemon before its system's sleep, and a client that has received that event.
fn about_to_sleep(device: &Device, bus: &Bus) -> (Logind, Daemon, Client) {
    let logind = Logind::start(bus, Locker::Obedient);
    let daemon = device.start_ready();
    let mut client = daemon.client();
    device.feed(&rows(RECORDING)[..200]);
    let inhibitor = logind.inhibitor(|take| daemon.patiently(take));
    logind.prepare_for_sleep(true);
    expect_state(&mut client, State::Inconclusive, Reason::Asleep);
    inhibitor.wait();
    (logind, daemon, client)
}

#[test]
fn sleep_whose_end_is_not_signalled_is_seen_to_be_over() {
    let device = device("", "");
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    let (logind, daemon, mut client) = about_to_sleep(&device, &bus);
    logind.prepare_for_sleep_unheard(false);
    let awake = (State::Inconclusive, Reason::WarmUp);
    assert_eq!(next_state(&mut client), awake);
    // The next sleep is delayed as well.
    logind.inhibitor(|take| daemon.patiently(take));
}

#[test]
fn whoever_uses_the_screen_is_awake_whatever_the_session_manager_says() {
    let device = device("", "");
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    let (logind, daemon, mut client) = about_to_sleep(&device, &bus);
    logind.set_locked(true);
    let locked = (State::Inconclusive, Reason::ScreenLocked);
    assert_eq!(next_state(&mut client), locked);
    logind.set_locked(false);
    let awake = (State::Inconclusive, Reason::WarmUp);
    assert_eq!(next_state(&mut client), awake);
    stream(
        &device,
        &daemon,
        &rows(RECORDING)[..4 * TEN_SECONDS],
        || false,
    );
    let recognised = (State::Unlock, Reason::Evidence);
    assert_eq!(next_state(&mut client), recognised);
}

#[test]
fn what_was_signalled_before_graspd_listened_is_read() {
    let device = device("", "");
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    let logind = Logind::start(&bus, Locker::Obedient);
    logind.prepare_for_sleep(true);
    let daemon = device.start_ready();
    let mut client = daemon.client();
    device.feed(&rows(RECORDING)[..200]);
    expect_state(&mut client, State::Inconclusive, Reason::Asleep);
    logind.prepare_for_sleep(false);
    expect_state(&mut client, State::Inconclusive, Reason::WarmUp);
}

#[test]
fn a_lock_hint_whose_signal_is_lost_is_read() {
    let device = device("", "");
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    let logind = Logind::start(&bus, Locker::Obedient);
    let daemon = device.start_ready();
    let mut client = daemon.client();
    device.feed(&rows(RECORDING)[..200]);
    expect_state(&mut client, State::Inconclusive, Reason::WarmUp);
    logind.set_locked_unheard(true);
    expect_state(&mut client, State::Inconclusive, Reason::ScreenLocked);
    logind.set_locked_unheard(false);
    expect_state(&mut client, State::Inconclusive, Reason::WarmUp);
}

#[test]
fn a_remote_login_is_not_asked_for_a_lock_that_it_cannot_give() {
    let device = impatient("");
    std::fs::write(device.file("locked"), "").unwrap();
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    let logind = Logind::start(&bus, Locker::Obedient);
    logind.log_in_remotely();
    // The locked hint of a remote session concerns no screen.
    logind.set_locked(true);
    let daemon = device.start_ready();
    let mut client = daemon.client();
    let (attempts, reason) = next(&mut client, |event| match event {
        Event::LockUnconfirmed {
            attempts, reason, ..
        } => Some((attempts, reason)),
        Event::LockConfirmed { .. } => panic!("{event:?}"),
        _ => None,
    });
    assert_eq!((attempts, reason), (0, Unconfirmed::NotLockable.into()));
    daemon.expect_log("session.fallback was run");
    daemon.expect_status(|status| {
        let session = status.session.as_ref();
        session.is_some_and(|session| session.screen == ScreenState::NotLockable.into())
    });
    logind.set_locked(false);
    logind.show_owner(true);
    assert_eq!(confirmed(&mut client), 1);
    assert_eq!((logind.locks(), logind.remote_locks()), (1, 0));
}

#[test]
fn an_unlock_that_proves_nobody_ends_no_lock_and_wins_no_evidence() {
    let Some((device, bus)) = begun_locked("unlock_proves_owner = false\nagain_s = 0.5") else {
        return;
    };
    let logind = Logind::start(&bus, Locker::Obedient);
    let daemon = device.start_ready();
    let mut client = daemon.client();
    daemon
        .patiently(|| (logind.locks() == 1).then_some(()))
        .unwrap();
    logind.set_locked(false);
    device.feed(&rows(RECORDING)[..200]);
    expect_state(&mut client, State::Lock, Reason::Persisted);
    let status = daemon.expect_status(|status| status.figures.is_some());
    let figures = serde_json::to_value(status.figures.unwrap()).unwrap();
    assert_eq!(figures["evidence"], 0.0, "{figures}");
    assert!(device.file("locked").exists());
    // The lock request is still pending.
    daemon
        .patiently(|| (logind.locks() == 2).then_some(()))
        .unwrap();
    let session = status.session.unwrap();
    assert!(!session.unlock_proves_owner);
}

/// A daemon that began locked, has asked for that, and knows that the owner has no password.
fn start_without_passwords(device: &Device, bus: &Bus) -> (Accounts, Logind, Daemon) {
    let accounts = Accounts::without_passwords(bus);
    let logind = Logind::start(bus, Locker::Obedient);
    let daemon = device.start_ready();
    daemon
        .patiently(|| (logind.locks() == 1).then_some(()))
        .unwrap();
    daemon.expect_log("the owner has no password");
    (accounts, logind, daemon)
}

fn expect_that_opening_proves_nobody(device: &Device, daemon: &Daemon, logind: &Logind) {
    logind.set_locked(false);
    daemon.expect_log("which proves nobody");
    device.feed(&rows(RECORDING)[..200]);
    let status = daemon.expect_status(|status| status.t_ns.is_some());
    assert_eq!(status.state, State::Lock);
    assert!(!status.session.unwrap().unlock_proves_owner);
}

#[test]
fn an_owner_without_a_password_proves_nothing_by_opening_the_screen() {
    let Some((device, bus)) = begun_locked("") else {
        return;
    };
    let (_accounts, logind, daemon) = start_without_passwords(&device, &bus);
    expect_that_opening_proves_nobody(&device, &daemon, &logind);
}

#[test]
fn an_owner_without_a_password_has_none_yet_when_nobody_tells_any_more() {
    let Some((device, bus)) = begun_locked("") else {
        return;
    };
    let (accounts, logind, daemon) = start_without_passwords(&device, &bus);
    drop(accounts);
    // Until it has been asked for in vain.
    let enough = logind.readings() + 3;
    let has_read = || {
        logind.show_owner(true);
        (logind.readings() >= enough).then_some(())
    };
    daemon.patiently(has_read).unwrap();
    expect_that_opening_proves_nobody(&device, &daemon, &logind);
}

#[test]
fn a_lock_by_evidence_outlives_an_unlock_that_proves_nobody() {
    let device = device("unlock_proves_owner = false", "");
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    let logind = Logind::start(&bus, Locker::Obedient);
    let daemon = device.start_ready();
    let mut client = daemon.client();
    let motion = rows(RECORDING);
    stream(&device, &daemon, &motion, || logind.locks() > 0);
    confirmed(&mut client);
    logind.set_locked(false);
    let open = ScreenState::Open.into();
    daemon.expect_status(|status| {
        let session = status.session.as_ref();
        session.is_some_and(|session| session.screen == open) && status.state == State::Lock
    });
    assert!(device.file("locked").exists());
}

#[test]
fn a_session_manager_that_comes_back_is_followed_again() {
    let device = device("", "");
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    let logind = Logind::start(&bus, Locker::Obedient);
    let daemon = device.start_ready();
    let mut client = daemon.client();
    device.feed(&rows(RECORDING)[..200]);
    logind.set_locked(true);
    expect_state(&mut client, State::Inconclusive, Reason::ScreenLocked);
    drop(logind);
    // Without a session manager no signal would tell that the screen is unlocked.
    expect_state(&mut client, State::Inconclusive, Reason::WarmUp);
    let logind = Logind::start(&bus, Locker::Obedient);
    let _inhibitor = logind.inhibitor(|take| daemon.patiently(take));
    logind.set_locked(true);
    expect_state(&mut client, State::Inconclusive, Reason::ScreenLocked);
}

#[test]
fn only_the_session_manager_is_believed() {
    let device = device("", "");
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    let logind = Logind::start(&bus, Locker::Obedient);
    let daemon = device.start_ready();
    let mut client = daemon.client();
    device.feed(&rows(RECORDING)[..200]);
    let _inhibitor = logind.inhibitor(|take| daemon.patiently(take));
    expect_state(&mut client, State::Inconclusive, Reason::WarmUp);
    Logind::forge(&bus, true);
    logind.show_owner(false);
    assert_eq!(
        next_state(&mut client),
        (State::Inconclusive, Reason::SessionInactive)
    );
}

/// Neither the sources nor the built program contain the name of a call that unlocks a
/// session.
#[test]
fn nothing_anywhere_opens_a_screen() {
    let root = env!("CARGO_MANIFEST_DIR");
    // Spelled in pieces, so that this file is not found.
    let opens = ["Unlock", "Session"].concat();
    let call = ["\"Un", "lock\""].concat();
    for (what, wanted) in [
        (&opens, false),
        (&call, false),
        (&"\"Lock\"".to_owned(), true),
    ] {
        let found = Command::new("grep")
            .args(["-rnF", what, "src"])
            .current_dir(root)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&found.stdout);
        assert_eq!(!said.is_empty(), wanted, "{what}: {said}");
    }
    let program = std::fs::read(env!("CARGO_BIN_EXE_graspd")).unwrap();
    let knows = |text: &str| {
        program
            .windows(text.len())
            .any(|bytes| bytes == text.as_bytes())
    };
    assert!(!knows(&opens), "the program knows {opens}");
    assert!(
        knows("org.freedesktop.login1.Session"),
        "the search finds nothing"
    );
}
