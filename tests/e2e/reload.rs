//! Reloading: what takes effect, what the log says, and what it costs.

use std::fs;

use graspd::decide::State;
use graspd::owner::profile::Profile;
use graspd::publish::Phase;
use rustix::process::Signal;

use crate::harness::{Daemon, Device, profile, rows, stream};
use crate::live_enrolment::{order, sit};

fn owned() -> Device {
    let device = Device::live("");
    let motion = device.motion();
    device.configure_owner(&format!("[source]\nkind = \"stream\"\npath = {motion:?}\n"));
    device
}

/// Reloads, and waits until the log says `said` once more than before.
fn reload(daemon: &Daemon, said: &str) {
    let count = || daemon.log().matches(said).count();
    let before = count();
    daemon.signal(Signal::HUP);
    let more = daemon.patiently(|| (count() > before).then_some(()));
    more.unwrap_or_else(|| panic!("no more {said:?} in\n{}", daemon.log()));
}

#[test]
fn each_key_that_changed_is_named_with_what_became_of_it() {
    let device =
        Device::live("lose_s = 9\n[rest]\ngyroscope_rad_s = 0.01\n[log]\nlevel = \"info\"");
    let daemon = device.start_ready();
    reload(&daemon, "reloaded: nothing has changed");
    device.reconfigure("lose_s = 9", "lose_s = 8");
    device.reconfigure("gyroscope_rad_s = 0.01", "gyroscope_rad_s = 0.02");
    device.reconfigure("queue_events = 100000", "queue_events = 100");
    device.reconfigure("[log]", "[enrol]\nfalse_locks_per_day = 3\n[log]");
    reload(&daemon, "a change of socket.queue_events needs a restart");
    for key in [
        "decide.lose_s",
        "rest.gyroscope_rad_s",
        "enrol.false_locks_per_day",
    ] {
        daemon.expect_log(&format!("reloaded {key}"));
    }
    // Each reload logs the changes that need a restart, and nothing else.
    reload(&daemon, "a change of socket.queue_events needs a restart");
    assert_eq!(daemon.log().matches("reloaded decide.lose_s").count(), 1);
    assert!(!daemon.log().contains("source.path"), "{}", daemon.log());
}

#[test]
fn a_reload_costs_no_window_where_nothing_changed_that_windows_come_of() {
    let device = owned();
    fs::copy(profile(), device.profile()).unwrap();
    device.reconfigure("[source]", "[decide]\nlose_s = 9\n[source]");
    let daemon = device.start_ready();
    // In chunks of four seconds, as a window takes five without a gap.
    for (at, chunk) in rows("enrol-1.csv.zst")[..5 * 800].chunks(800).enumerate() {
        stream(&device, &daemon, chunk, || true);
        let lose = |at: usize| format!("lose_s = {}", 9 + at % 2);
        device.reconfigure(&lose(at), &lose(at + 1));
        reload(&daemon, "reloaded decide.lose_s");
    }
    daemon.expect_status(|status| {
        let counters = status.counters.as_ref();
        counters.is_some_and(|all| all["windows"]["scored"].as_u64() > Some(10))
    });
}

#[test]
fn a_changed_profile_path_is_taken_over_with_an_owner_who_begins_anew() {
    let device = owned();
    fs::copy(profile(), device.profile()).unwrap();
    let daemon = device.start_ready();
    let motion = rows("enrol-1.csv.zst");
    let mut client = daemon.client();
    stream(&device, &daemon, &motion, || {
        crate::harness::status(&mut client).state == State::Unlock
    });
    let before = daemon.expect_status(|status| status.figures.is_some());
    assert_eq!(before.state, State::Unlock);

    let next = device.file("next.profile");
    let mut another = Profile::load_any(profile()).unwrap();
    another.created_unix_s += 1;
    another.save(&next).unwrap();
    let (was, is) = (format!("{:?}", device.profile()), format!("{next:?}"));
    device.reconfigure(&was, &is);
    reload(&daemon, "reloaded profile.path");
    daemon.expect_log("reloaded the profile");
    assert!(
        !daemon.log().contains("needs a restart"),
        "{}",
        daemon.log()
    );
    let after = daemon.expect_status(|status| status.state == State::Inconclusive);
    let score = after.figures.and_then(|figures| figures.score);
    assert!(score.is_none(), "{after:?}");

    // `forget` and `enroll` use the new path too.
    assert!(crate::state::forget(&device).status.success());
    assert!(!next.exists() && device.profile().exists());
}

#[test]
fn a_budget_is_reloaded_for_the_enrolment_that_goes_on() {
    let device = owned();
    device.reconfigure("[source]", "[enrol]\nfalse_locks_per_day = 0.5\n[source]");
    let daemon = device.start_ready();
    sit(&device, &daemon, "enrol-1.csv.zst", 90);
    device.reconfigure("0.5", "1000");
    reload(&daemon, "reloaded enrol.false_locks_per_day");
    order(&mut daemon.client(), "\"do\":\"finish\",\"gamma\":0.01").unwrap();
    let finished = daemon.patiently(|| {
        let shown = order(&mut daemon.client(), "\"do\":\"show\"").unwrap();
        (shown.phase != Phase::Fitting.into()).then_some(shown)
    });
    assert_eq!(finished.unwrap().phase, Phase::Finished.into());
}
