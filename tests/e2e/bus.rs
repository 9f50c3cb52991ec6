//! graspd on the system bus, beside the socket: a real bus with the policy that is shipped, a
//! simulated session manager, and polkit or a stand-in for it.

use std::collections::HashMap;
use std::process::{Command, Output, Stdio};

use graspd::bus::{NAME, PATH};
use graspd::decide::{Reason, State};
use graspd::owner::profile::Profile;
use graspd::publish::{Client, Event, Phase};
use rustix::process::Signal;
use tokio::runtime::Runtime;
use zbus::export::ordered_stream::OrderedStreamExt;
use zbus::message::Flags;
use zbus::zvariant::OwnedValue;
use zbus::{Connection, MatchRule, Message, MessageStream, connection};

use crate::harness::{Daemon, Device, TEN_SECONDS, rows, stream};
use crate::live_enrolment::order;
use crate::login::{Bus, Locker, Logind, NOBODY};
use crate::polkit::{Polkit, RealPolkit, answers};
use crate::session::expect_state;
use crate::users::Stranger;

const RECORDING: &str = "hand-over.csv.zst";
/// Neither root nor the owner.
const ANOTHER: u32 = 1;

/// A device with a session, whose owner is the user `owner`.
fn device_of(owner: u32) -> Device {
    let device = Device::live("");
    let motion = device.motion();
    device.configure_owner(&format!(
        "[source]\nkind = \"stream\"\npath = {motion:?}\n[session]\n"
    ));
    let mut profile = Profile::load_any(crate::harness::profile()).unwrap();
    profile.owner_uid = owner;
    profile.save(&device.profile()).unwrap();
    device
}

fn may_play_others() -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        skipped::because("only root can play other users, so polkit was NOT asked");
    }
    root
}

/// A client of the bus, as this user.
struct OnBus {
    runtime: Runtime,
    bus: Connection,
}

impl OnBus {
    fn connect(bus: &Bus) -> Self {
        let runtime = Logind::runtime();
        let connected = async {
            let builder = connection::Builder::address(bus.address.as_str())?;
            builder.build().await
        };
        let bus = runtime.block_on(connected).unwrap();
        Self { runtime, bus }
    }

    /// Waits until graspd is there.
    fn wait(self, daemon: &Daemon) -> Self {
        daemon
            .patiently(|| self.property("State"))
            .expect("graspd is not on the bus");
        self
    }

    fn property(&self, name: &str) -> Option<OwnedValue> {
        let interface = Some("org.freedesktop.DBus.Properties");
        let property = (NAME, name);
        let get = self
            .bus
            .call_method(Some(NAME), PATH, interface, "Get", &property);
        self.runtime.block_on(get).ok()?.body().deserialize().ok()
    }

    fn word(&self, name: &str) -> String {
        self.property(name).unwrap().try_into().unwrap()
    }

    fn call(&self, method: &str) -> zbus::Result<zbus::Message> {
        let call = self
            .bus
            .call_method(Some(NAME), PATH, Some(NAME), method, &());
        self.runtime.block_on(call)
    }

    /// Everything that graspd signals from now on.
    fn signals(&self) -> MessageStream {
        let rule = MatchRule::builder()
            .msg_type(zbus::message::Type::Signal)
            .path(PATH)
            .unwrap()
            .build();
        let stream = MessageStream::for_match_rule(rule, &self.bus, Some(1000));
        self.runtime.block_on(stream).unwrap()
    }
}

/// Calls `method` as the user `uid`.
fn call_as(uid: u32, bus: &Bus, method: &str, arguments: &[&str]) -> Output {
    Command::new("setpriv")
        .args([
            &format!("--reuid={uid}"),
            &format!("--regid={uid}"),
            "--clear-groups",
        ])
        .args(["dbus-send", &format!("--bus={}", bus.address)])
        .args(["--print-reply=literal", &format!("--dest={NAME}"), PATH])
        .arg(format!("{NAME}.{method}"))
        .args(arguments)
        .output()
        .unwrap()
}

/// The name of the error that it ends in; empty if it succeeds.
fn error(output: &Output) -> String {
    let said = String::from_utf8_lossy(&output.stderr);
    let name = said.split("Error.").nth(1).unwrap_or_default();
    let name = name.split(':').next().unwrap_or_default().to_owned();
    assert_eq!(output.status.success(), name.is_empty(), "{said}");
    name
}

fn pause_as(uid: u32, bus: &Bus, seconds: u64) -> String {
    error(&call_as(uid, bus, "Pause", &[&format!("uint64:{seconds}")]))
}

#[test]
fn the_bus_tells_what_the_socket_tells() {
    let device = device_of(rustix::process::geteuid().as_raw());
    let Some(bus) = Bus::start_as_system(&device) else {
        return;
    };
    let logind = Logind::start(&bus, Locker::Obedient);
    let daemon = device.start_ready();
    let on_bus = OnBus::connect(&bus).wait(&daemon);
    // The stream of signals has to be left in a runtime.
    let _runtime = on_bus.runtime.enter();
    let mut signals = on_bus.signals();
    assert_eq!(on_bus.word("Mode"), "live");
    assert_eq!(on_bus.word("Version"), env!("CARGO_PKG_VERSION"));
    assert!(bool::try_from(on_bus.property("Enrolled").unwrap()).unwrap());
    let mut client = daemon.client();
    stream(&device, &daemon, &rows(RECORDING), || logind.locks() > 0);

    // All that was told there, until the screen is locked.
    let mut told = Vec::new();
    for event in &mut client {
        match event.unwrap() {
            Event::Warning(warning) => told.push(format!("Warning {:?}", warning.reason)),
            Event::LockConfirmed { attempts, .. } => {
                told.push(format!("LockConfirmed {attempts}"));
                break;
            }
            event => told.extend(event.state_change().map(|(state, change)| match state {
                State::Lock => format!("Lock {:?}", change.reason),
                state => format!("{} {:?}", state.name(), change.reason),
            })),
        }
    }
    let known = |word: &str| {
        format!(
            "{:?}",
            serde_json::from_str::<Reason>(&format!("{word:?}"))
                .map(graspd::publish::Extensible::Known)
                .unwrap()
        )
    };
    let mut heard = Vec::new();
    let mut state = String::from("inconclusive");
    while heard.last() != told.last() || state != "lock" {
        let signal = on_bus.runtime.block_on(signals.next()).unwrap().unwrap();
        let (header, body) = (signal.header(), signal.body());
        match header.member().unwrap().as_str() {
            "PropertiesChanged" => {
                type Changed = (String, HashMap<String, OwnedValue>, Vec<String>);
                let (interface, changed, _): Changed = body.deserialize().unwrap();
                assert_eq!(interface, NAME);
                for (name, value) in changed {
                    match (name.as_str(), String::try_from(value)) {
                        ("State", Ok(now)) => state = now,
                        ("Reason", Ok(_)) => {}
                        other => panic!("{other:?}"),
                    }
                }
            }
            name @ ("Warning" | "Lock") => {
                let (reason, mode): (String, String) = body.deserialize().unwrap();
                assert_eq!(mode, "live");
                heard.push(format!("{name} {}", known(&reason)));
            }
            name @ "LockConfirmed" => {
                heard.push(format!("{name} {}", body.deserialize::<u32>().unwrap()));
            }
            other => panic!("{other}"),
        }
    }
    told.retain(|line| line.starts_with(|first: char| first.is_uppercase()));
    assert_eq!(heard, told);
    assert_eq!(on_bus.word("State"), "lock");
    assert_eq!(on_bus.word("Reason"), "evidence");
}

#[test]
fn what_the_bus_tells_of_the_interface_is_the_file_that_is_shipped() {
    let device = device_of(rustix::process::geteuid().as_raw());
    let Some(bus) = Bus::start_as_system(&device) else {
        return;
    };
    let daemon = device.start_ready();
    let on_bus = OnBus::connect(&bus).wait(&daemon);
    let interface = Some("org.freedesktop.DBus.Introspectable");
    let told = on_bus
        .bus
        .call_method(Some(NAME), PATH, interface, "Introspect", &());
    let told = on_bus.runtime.block_on(told).unwrap();
    let told: String = told.body().deserialize().unwrap();
    let ours = |text: &str| {
        let begin = text.find(&format!("<interface name=\"{NAME}\">")).unwrap();
        let end = begin + text[begin..].find("</interface>").unwrap();
        let lines = text[begin..end].lines().map(str::trim);
        lines.collect::<Vec<_>>().join("\n")
    };
    let shipped = include_str!("../../dbus/alt.graspd.Graspd1.xml");
    assert_eq!(ours(&told), ours(shipped), "{told}");
    // No number behind a state is for everybody.
    for secret in ["score", "evidence\"", "threshold"] {
        assert!(!shipped.to_lowercase().contains(&format!("name=\"{secret}")));
    }
}

/// A daemon that watches for the user nobody, whose screen is open.
fn nobodys(device: &Device, bus: &Bus) -> (Logind, Daemon, Client, OnBus) {
    let logind = Logind::start(bus, Locker::Obedient);
    logind.show_owner(false);
    let daemon = device.start_ready();
    let on_bus = OnBus::connect(bus).wait(&daemon);
    let mut client = daemon.client();
    device.feed(&rows(RECORDING)[..200]);
    expect_state(&mut client, State::Inconclusive, Reason::WarmUp);
    daemon.expect_status(|status| status.session.is_some());
    (logind, daemon, client, on_bus)
}

#[test]
fn a_pause_needs_the_secret_survives_a_restart_and_ends_with_the_next_lock_screen() {
    let device = device_of(NOBODY);
    let Some(bus) = Bus::start_as_system(&device).filter(|_| may_play_others()) else {
        return;
    };
    let polkit = Polkit::stand_in(&bus);
    let (logind, mut daemon, mut client, on_bus) = nobodys(&device, &bus);

    assert_eq!(pause_as(NOBODY, &bus, 600), "NotAuthorized");
    assert_eq!(polkit.asked(), ["alt.graspd.pause"]);
    assert_eq!(on_bus.word("Reason"), "warm_up");
    polkit.grant(true);
    // Nobody else is even asked for a secret.
    assert_eq!(pause_as(ANOTHER, &bus, 600), "NotAuthorized");
    assert_eq!(polkit.asked(), [""; 0]);
    assert_eq!(pause_as(NOBODY, &bus, 0), "Refused");
    assert_eq!(pause_as(NOBODY, &bus, 9 * 3600), "Refused");

    assert_eq!(pause_as(NOBODY, &bus, 600), "");
    expect_state(&mut client, State::Inconclusive, Reason::Paused);
    assert!(bool::try_from(on_bus.property("Paused").unwrap()).unwrap());
    daemon.signal(Signal::KILL);
    daemon.exit_code();
    drop(daemon);
    let daemon = device.start_ready();
    let hello = daemon.client().hello().clone();
    assert_eq!(
        (hello.state, hello.reason),
        (State::Inconclusive, Reason::Paused.into())
    );
    let on_bus = on_bus.wait(&daemon);
    assert!(bool::try_from(on_bus.property("Paused").unwrap()).unwrap());
    // A stranger's motion decides nothing.
    let mut client = daemon.client();
    device.feed(&rows(RECORDING)[20 * TEN_SECONDS..][..TEN_SECONDS]);
    daemon
        .expect_status(|status| status.session.is_some() && status.reason == Reason::Paused.into());

    logind.set_other_locked(true);
    expect_state(&mut client, State::Inconclusive, Reason::ScreenLocked);
    logind.set_other_locked(false);
    expect_state(&mut client, State::Inconclusive, Reason::WarmUp);
    assert!(!bool::try_from(on_bus.property("Paused").unwrap()).unwrap());
    drop(daemon);
    let daemon = device.start_ready();
    assert_eq!(daemon.client().hello().reason, Reason::WarmUp.into());
}

#[test]
fn a_pause_has_an_end_and_its_owner_may_end_it() {
    let device = device_of(NOBODY);
    let Some(bus) = Bus::start_as_system(&device).filter(|_| may_play_others()) else {
        return;
    };
    let polkit = Polkit::stand_in(&bus);
    polkit.grant(true);
    let (logind, mut daemon, mut client, _on_bus) = nobodys(&device, &bus);
    assert_eq!(pause_as(NOBODY, &bus, 1), "");
    expect_state(&mut client, State::Inconclusive, Reason::Paused);
    expect_state(&mut client, State::Inconclusive, Reason::WarmUp);

    assert_eq!(pause_as(NOBODY, &bus, 3600), "");
    expect_state(&mut client, State::Inconclusive, Reason::Paused);
    assert_eq!(
        error(&call_as(ANOTHER, &bus, "Resume", &[])),
        "NotAuthorized"
    );
    assert_eq!(error(&call_as(NOBODY, &bus, "Resume", &[])), "");
    expect_state(&mut client, State::Inconclusive, Reason::WarmUp);

    // Nor does it go on in another's session.
    assert_eq!(pause_as(NOBODY, &bus, 3600), "");
    expect_state(&mut client, State::Inconclusive, Reason::Paused);
    logind.show_owner(true);
    expect_state(&mut client, State::Inconclusive, Reason::SessionInactive);
    assert_eq!(pause_as(NOBODY, &bus, 3600), "Refused");
    logind.show_owner(false);
    expect_state(&mut client, State::Inconclusive, Reason::WarmUp);

    // What has ended stays ended, whatever happens next.
    assert_eq!(pause_as(NOBODY, &bus, 3600), "");
    assert_eq!(error(&call_as(NOBODY, &bus, "Resume", &[])), "");
    daemon.signal(Signal::KILL);
    daemon.exit_code();
    drop(daemon);
    let daemon = device.start_ready();
    assert_eq!(daemon.client().hello().reason, Reason::WarmUp.into());
}

#[test]
fn nothing_that_is_asked_ends_a_lock_whatever_the_secret() {
    let device = device_of(NOBODY);
    let Some(bus) = Bus::start_as_system(&device).filter(|_| may_play_others()) else {
        return;
    };
    std::fs::write(device.file("locked"), "").unwrap();
    let polkit = Polkit::stand_in(&bus);
    polkit.grant(true);
    let logind = Logind::start(&bus, Locker::Deaf);
    logind.show_owner(false);
    let daemon = device.start_ready();
    let _on_bus = OnBus::connect(&bus).wait(&daemon);
    daemon.expect_status(|status| status.session.is_some());
    assert_eq!(pause_as(NOBODY, &bus, 600), "Refused");
    assert_eq!(pause_as(0, &bus, 600), "Refused");
    for (method, arguments) in [
        ("BeginEnrolment", vec![]),
        ("FinishEnrolment", vec![]),
        ("CancelEnrolment", vec![]),
        ("Forget", vec![]),
        ("LabelLastLock", vec!["boolean:true"]),
        ("LabelLastLock", vec!["boolean:false"]),
    ] {
        let refused = error(&call_as(NOBODY, &bus, method, &arguments));
        assert_eq!(refused, "Refused", "{method}");
    }
    // Nor does anybody give a secret for what is refused.
    assert_eq!(polkit.asked(), [""; 0]);
    for harmless in ["Resume", "EnrolmentStatus"] {
        assert_eq!(
            error(&call_as(NOBODY, &bus, harmless, &[])),
            "",
            "{harmless}"
        );
    }
    let status = daemon.expect_status(|status| status.session.is_some());
    assert_eq!(
        (status.state, status.reason),
        (State::Lock, Reason::Persisted.into())
    );
    assert!(device.file("locked").exists());
}

#[test]
fn in_a_lock_nobody_gives_a_secret_to_become_the_owner() {
    let device = device_of(0);
    std::fs::remove_file(device.profile()).unwrap();
    let Some(bus) = Bus::start_as_system(&device).filter(|_| may_play_others()) else {
        return;
    };
    // As `graspd profile forget` leaves it where no daemon runs.
    std::fs::write(device.file("locked"), "").unwrap();
    let polkit = Polkit::stand_in(&bus);
    polkit.grant(true);
    let daemon = device.start_ready();
    let on_bus = OnBus::connect(&bus).wait(&daemon);
    assert_eq!(on_bus.word("State"), "lock");
    for method in ["BeginEnrolment", "FinishEnrolment"] {
        let refused = error(&call_as(NOBODY, &bus, method, &[]));
        assert_eq!(refused, "Refused", "{method}");
    }
    assert_eq!(polkit.asked(), [""; 0]);
}

#[test]
fn without_polkit_the_owner_is_told_so_and_root_is_not_asked() {
    let device = device_of(NOBODY);
    let Some(bus) = Bus::start_as_system(&device).filter(|_| may_play_others()) else {
        return;
    };
    let (_logind, _daemon, mut client, _on_bus) = nobodys(&device, &bus);
    assert_eq!(pause_as(NOBODY, &bus, 600), "NoAuthority");
    assert_eq!(pause_as(0, &bus, 600), "");
    expect_state(&mut client, State::Inconclusive, Reason::Paused);
}

/// Each call is a task of the bus library from the moment that it arrives.
#[test]
fn calls_without_end_do_not_fill_the_memory() {
    const CALLERS: usize = 8;
    const CALLS: usize = 4000;
    let device = device_of(NOBODY);
    let Some(bus) = Bus::start_as_system(&device).filter(|_| may_play_others()) else {
        return;
    };
    let (_logind, daemon, _client, on_bus) = nobodys(&device, &bus);
    let resident = || {
        let status = format!("/proc/{}/status", daemon.child.id());
        let status = std::fs::read_to_string(status).unwrap();
        let peak = status.lines().find_map(|it| it.strip_prefix("VmHWM:"));
        let peak = peak.unwrap().trim().trim_end_matches(" kB");
        peak.parse::<u64>().unwrap()
    };
    let before = resident();
    let callers: Vec<OnBus> = (0..CALLERS).map(|_| OnBus::connect(&bus)).collect();
    let call = Message::method_call(PATH, "EnrolmentStatus").unwrap();
    let call = call.destination(NAME).unwrap().interface(NAME).unwrap();
    let call = call.with_flags(Flags::NoReplyExpected).unwrap();
    let call = call.build(&()).unwrap();
    std::thread::scope(|scope| {
        for OnBus { runtime, bus } in &callers {
            let call = &call;
            scope.spawn(move || {
                for _ in 0..CALLS {
                    runtime.block_on(bus.send(call)).unwrap();
                }
            });
        }
    });
    // Answered after the others.
    assert!(on_bus.property("State").is_some());
    let grown = resident() - before;
    assert!(grown < 4_000, "{grown} kB");
    let served = || {
        error(&call_as(0, &bus, "EnrolmentStatus", &[]))
            .is_empty()
            .then_some(())
    };
    daemon.patiently(served).expect("nobody is served any more");
}

#[test]
fn a_sitting_lasts_until_whoever_began_it_leaves_the_bus() {
    let device = device_of(0);
    std::fs::remove_file(device.profile()).unwrap();
    let Some(bus) = Bus::start_as_system(&device).filter(|_| may_play_others()) else {
        return;
    };
    let polkit = Polkit::stand_in(&bus);
    let daemon = device.start_ready();
    let on_bus = OnBus::connect(&bus).wait(&daemon);
    let phase = || {
        let answer = on_bus.call("EnrolmentStatus").unwrap();
        let body = answer.body();
        let mut progress: HashMap<String, OwnedValue> = body.deserialize().unwrap();
        String::try_from(progress.remove("phase").unwrap()).unwrap()
    };
    // Without an owner whoever is to be it has to be an administrator.
    assert_eq!(
        error(&call_as(NOBODY, &bus, "BeginEnrolment", &[])),
        "NotAuthorized"
    );
    assert_eq!(polkit.asked(), ["alt.graspd.become-owner"]);
    polkit.grant(true);
    assert_eq!(error(&call_as(NOBODY, &bus, "BeginEnrolment", &[])), "");
    // Who called has left again.
    daemon
        .patiently(|| (phase() == "waiting").then_some(()))
        .unwrap();
    assert_eq!(
        error(&call_as(ANOTHER, &bus, "EnrolmentStatus", &[])),
        "NotAuthorized"
    );
    assert_eq!(
        error(&call_as(ANOTHER, &bus, "FinishEnrolment", &[])),
        "Refused"
    );
    assert_eq!(error(&call_as(NOBODY, &bus, "CancelEnrolment", &[])), "");

    // Root has no screen to lock, and cannot say here who is to be the owner.
    assert_eq!(error(&call_as(0, &bus, "BeginEnrolment", &[])), "Refused");
    assert_eq!(phase(), "none");
}

#[test]
fn the_commands_ask_an_owner_for_the_secret_to_enrol_and_to_be_forgotten() {
    let device = device_of(NOBODY);
    let Some(bus) = Bus::start_as_system(&device).filter(|_| may_play_others()) else {
        return;
    };
    let owner = Stranger::on(&device).unwrap();
    let polkit = Polkit::stand_in(&bus);
    let (_logind, daemon, _client, _on_bus) = nobodys(&device, &bus);
    let config = device.config();
    let forget = ["profile", "forget", "--config", config.to_str().unwrap()];
    let run = |arguments: &[&str]| {
        let mut command = owner.command(&device, arguments);
        command.env("DBUS_SYSTEM_BUS_ADDRESS", &bus.address);
        command
    };
    let said = |arguments: &[&str]| {
        let output = run(arguments).output().unwrap();
        (
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )
    };
    for (order, action) in [
        (&["enroll"][..], "alt.graspd.enrol"),
        (&["enroll", "--finish"], "alt.graspd.enrol"),
        (&forget, "alt.graspd.forget"),
    ] {
        let (code, said) = said(order);
        assert!(said.contains("polkit does not allow it"), "{said}");
        assert_eq!(code, Some(77), "{said}");
        assert_eq!(polkit.asked(), [action]);
    }
    polkit.grant(true);
    let mut sitting = run(&["enroll", "--json"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let gathers = || {
        let shown = order(&mut daemon.client(), "\"do\":\"show\"").unwrap();
        (shown.phase == Phase::Gathering.into()).then_some(shown)
    };
    let begun = daemon.patiently(gathers).unwrap();
    assert_eq!(begun.owner, Some(NOBODY));
    sitting.kill().unwrap();
    sitting.wait().unwrap();
    // The sitting was its connection's.
    daemon
        .patiently(|| gathers().is_none().then_some(()))
        .unwrap();
    let (_, too_little) = said(&["enroll", "--finish"]);
    assert!(!too_little.contains("here only root"), "{too_little}");
    assert_eq!(said(&forget).0, Some(0));
    assert!(!device.profile().exists());
}

#[test]
fn polkit_itself_asks_for_the_secret_by_the_policy_that_is_shipped() {
    let device = device_of(NOBODY);
    let Some(bus) = Bus::start_as_system(&device).filter(|_| may_play_others()) else {
        return;
    };
    // No session of a test is active, so that polkit would say no and ask nobody.
    let rule = "polkit.addRule(function(action, subject) {
        if (action.id == 'alt.graspd.forget' && subject.user == 'nobody') return 'yes';
    });";
    let Some(_polkit) = RealPolkit::start(&device, &bus, rule) else {
        return;
    };
    let (_logind, daemon, _client, on_bus) = nobodys(&device, &bus);
    // Only whom the actions name as their owner may ask about others.
    let subject = on_bus.bus.unique_name().unwrap().as_str();
    assert_ne!(answers(&bus, 1, subject), Some(false));
    assert_ne!(answers(&bus, 2, subject), Some(true));
    assert_eq!(pause_as(NOBODY, &bus, 600), "NotAuthorized");
    assert_eq!(
        error(&call_as(NOBODY, &bus, "BeginEnrolment", &[])),
        "NotAuthorized"
    );
    let status = daemon.expect_status(|status| status.session.is_some());
    assert_eq!(status.reason, Reason::WarmUp.into());
    assert_eq!(error(&call_as(NOBODY, &bus, "Forget", &[])), "");
    daemon.expect_status(|status| status.reason == Reason::NotEnrolled.into());
    assert!(!device.profile().exists());
}

#[test]
fn a_bus_that_comes_late_is_joined_and_the_daemon_runs_before() {
    let device = device_of(rustix::process::geteuid().as_raw());
    let daemon = device.start_ready();
    daemon.expect_log("not on the system bus");
    daemon.expect_status(|status| status.state == State::Inconclusive);
    let Some(bus) = Bus::start_as_system(&device) else {
        return;
    };
    OnBus::connect(&bus).wait(&daemon);
}

#[test]
fn the_command_pauses_and_resumes_for_root() {
    let device = device_of(0);
    let Some(bus) = Bus::start_as_system(&device).filter(|_| may_play_others()) else {
        return;
    };
    let _logind = Logind::start(&bus, Locker::Obedient);
    let daemon = device.start_ready();
    daemon.expect_status(|status| status.session.is_some());
    let graspd = |arguments: &[&str]| {
        let mut command = crate::harness::graspd();
        command.args(arguments).arg("--socket").arg(device.socket());
        let done = command
            .env("DBUS_SYSTEM_BUS_ADDRESS", device.bus())
            .output()
            .unwrap();
        (done.status.code(), String::from_utf8(done.stdout).unwrap())
    };
    assert_eq!(graspd(&["pause", "--for", "9h"]).0, Some(64));
    let (code, said) = graspd(&["pause", "--for", "20min"]);
    assert_eq!(code, Some(0));
    assert!(said.contains("20m"), "{said}");
    let (_, told) = graspd(&["status"]);
    assert!(
        told.starts_with("protects you           NO: its owner has paused it"),
        "{told}"
    );
    assert_eq!(graspd(&["require"]).0, Some(77));
    assert_eq!(graspd(&["resume"]).0, Some(0));
    daemon.expect_status(|status| status.paused_until_unix_s.is_none());
}
