//! Enrolment with the running daemon, and deletion of the profile.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Output, Stdio};
use std::sync::LazyLock;

use graspd::decide::{Reason, State};
use graspd::owner::profile::Profile;
use graspd::publish::{Client, Enrolment, Event, Phase};
use rustix::process::Signal;

use crate::harness::{Daemon, Device, TEN_SECONDS, graspd, oneself, rows, stream};
use crate::login::{Bus, Locker, Logind};

/// A device without a profile.
fn device() -> Device {
    let device = Device::live("");
    let motion = device.motion();
    device.configure_owner(&format!("[source]\nkind = \"stream\"\npath = {motion:?}\n"));
    device
}

/// Begins an enrolment of whoever runs the tests; root has to be named.
pub static BEGIN: LazyLock<String> = LazyLock::new(|| {
    let uid = rustix::process::geteuid().as_raw();
    format!("\"do\":\"begin\",\"owner\":{uid}")
});

pub fn order(client: &mut Client, order: &str) -> Result<Enrolment, String> {
    client
        .request(&format!("{{\"request\":\"enrol\",{order}}}"))
        .unwrap();
    for event in client {
        match event.unwrap() {
            Event::Enrolment(answer) => return Ok(answer),
            Event::Error { message } => return Err(message),
            _ => {}
        }
    }
    panic!("no answer");
}

/// Streams a recording and waits until the enrolment session has all of it.
pub fn sit(device: &Device, daemon: &Daemon, recording: &str, windows: u64) -> Enrolment {
    let mut client = daemon.client();
    order(&mut client, &BEGIN).unwrap();
    let lines = rows(recording);
    let mut newest = None;
    for chunk in lines.chunks(TEN_SECONDS) {
        device.feed(chunk);
        let sent: i64 = chunk
            .last()
            .unwrap()
            .split(',')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        let done = |t: graspd::motion::SampleTime| t.nanos() >= sent - 2_000_000_000;
        // Without a profile there are no scores, so the enrolment's progress is polled.
        newest = daemon.patiently(|| {
            let status = crate::harness::status(&mut daemon.client());
            let counters = status.counters.unwrap_or_default();
            let dropped = counters["source"]["dropped"].as_u64().unwrap_or(0);
            assert_eq!(dropped, 0);
            let answer = order(&mut client, "\"do\":\"show\"").unwrap();
            let full = answer.windows >= windows;
            (full || status.t_ns.is_some_and(done)).then_some(answer)
        });
        if newest
            .as_ref()
            .is_some_and(|answer| answer.windows >= windows)
        {
            break;
        }
    }
    newest.unwrap()
}

fn cli(device: &Device, arguments: &[&str]) -> Output {
    let mut command = graspd();
    command.args(arguments).arg("--socket").arg(device.socket());
    command.output().unwrap()
}

#[test]
fn from_nobody_to_an_owner_over_two_sittings_and_a_kill() {
    let device = device();
    let mut first = device.start_ready();
    assert_eq!(first.client().hello().reason, Reason::NotEnrolled.into());
    // Each of two minutes at least, or they would count as one.
    let before = sit(&device, &first, "enrol-1.csv.zst", 130);
    assert_eq!(before.phase, Phase::Gathering.into());

    // The enrolment session belongs to the connection, and ended with it.
    let waiting = order(&mut first.client(), "\"do\":\"show\"").unwrap();
    assert_eq!(waiting.phase, Phase::Waiting.into());
    let begun = device.file("begun.enrolment");
    let mode = fs::metadata(&begun).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o600);
    // It is saved beside the decisions: all windows, of 2,048 numbers each.
    let bytes = 4 * 2048 * before.windows;
    first
        .patiently(|| (fs::metadata(&begun).ok()?.len() > bytes).then_some(()))
        .unwrap();
    first.signal(Signal::KILL);
    first.exit_code();
    assert!(!device.profile().exists());

    let daemon = device.start_ready();
    let resumed = order(&mut daemon.client(), "\"do\":\"show\"").unwrap();
    assert!(resumed.windows >= before.windows, "{resumed:?}");
    let wanted = resumed.windows + 130;
    assert_eq!(sit(&device, &daemon, "enrol-2.csv.zst", wanted).sittings, 2);

    let finished = cli(&device, &["enroll", "--finish", "--gamma", "auto"]);
    let said = String::from_utf8(finished.stdout).unwrap();
    assert!(
        finished.status.success() && said.contains("enrolled: "),
        "{said}"
    );
    assert!(!begun.exists());
    let profile = Profile::load_any(&device.profile()).unwrap();
    assert_eq!(profile.owner_uid, rustix::process::geteuid().as_raw());
    assert_eq!(profile.enrolment.sessions, 2);
    // The daemon uses the new profile at once.
    let status = daemon.expect_status(|status| status.reason != Reason::NotEnrolled.into());
    assert_eq!(status.state, State::Inconclusive);
}

#[test]
fn each_sitting_on_the_command_line_says_how_far_it_is_until_it_has_enough() {
    // With a profile, each window's score shows the progress.
    let device = Device::live("");
    let daemon = device.start_ready();
    let show = || order(&mut daemon.client(), "\"do\":\"show\"").unwrap();
    for json in [true, false] {
        let before = show().windows;
        let mut sitting = graspd()
            .args(["enroll", "--socket"])
            .arg(device.socket())
            .args(oneself())
            .args(json.then_some("--json"))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        daemon.patiently(|| (show().phase == Phase::Gathering.into()).then_some(()));
        let lines: Vec<_> = ["enrol-1.csv.zst", "enrol-2.csv.zst", "hand-over.csv.zst"]
            .into_iter()
            .flat_map(rows)
            .collect();
        let enough = || {
            let shown = show();
            shown.windows >= before + shown.wanted
        };
        stream(&device, &daemon, &lines, enough);
        assert!(enough());
        let ended = daemon.patiently(|| sitting.try_wait().unwrap());
        let output = sitting.wait_with_output().unwrap();
        assert!(ended.unwrap().success(), "{output:?}");
        let said = String::from_utf8(output.stdout).unwrap();
        // On a pipe each line of progress is a new one, without escape sequences.
        assert!(!said.contains('\x1b') && !said.contains('\r'), "{said:?}");
        let mut said: Vec<_> = said.lines().collect();
        if !json {
            assert!(said.pop().unwrap().contains("graspd enroll --finish"));
        }
        let windows: Vec<u64> = said.iter().map(|line| windows_of(line, json)).collect();
        assert!(windows.is_sorted() && windows.len() >= 2, "{windows:?}");
        assert_eq!(windows[0], 0);
        assert!(*windows.last().unwrap() >= 300, "{windows:?}");
    }
    assert_eq!(show().sittings, 2);
}

/// On an accelerometer alone with a model of both sensors, as on a device with nothing else.
#[test]
fn why_a_sitting_sees_no_window_is_said_once_with_the_remedy() {
    let device = device();
    let daemon = device.start_ready();
    let sitting = graspd()
        .args(["enroll", "--socket"])
        .arg(device.socket())
        .args(oneself())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut accelerometer = rows("enrol-1.csv.zst");
    accelerometer.retain(|row| row.contains("accelerometer"));
    let mut later = accelerometer.chunks(5);
    let remedy = "/usr/share/graspd/models/accelerometer";
    let told = |text: Option<&str>| text.is_some_and(|text| text.contains(remedy));
    daemon
        .patiently(|| {
            device.feed(later.next().unwrap());
            let shown = order(&mut daemon.client(), "\"do\":\"show\"").unwrap();
            told(shown.message.as_deref()).then_some(())
        })
        .unwrap();
    assert!(told(daemon.expect_status(|_| true).input_fault.as_deref()));
    std::thread::sleep(std::time::Duration::from_secs(3));
    order(&mut daemon.client(), "\"do\":\"cancel\"").unwrap();
    let output = sitting.wait_with_output().unwrap();
    let [said, warned] = [output.stdout, output.stderr].map(|it| String::from_utf8(it).unwrap());
    assert_eq!(warned.matches(remedy).count(), 1, "{warned}");
    assert!(warned.contains("the gyroscope says nothing"), "{warned}");
    assert!(!said.contains(remedy), "{said}");
}

/// The number of windows of the sitting in a line of progress.
fn windows_of(line: &str, json: bool) -> u64 {
    if !json {
        let count = line.strip_prefix("enrolling: ").unwrap();
        return count.split(' ').next().unwrap().parse().unwrap();
    }
    let Event::Enrolment(answer) = Event::from_line(line).unwrap() else {
        panic!("{line}");
    };
    assert_eq!(answer.phase, Phase::Gathering.into());
    answer.in_sitting.unwrap()
}

#[test]
fn what_is_too_little_is_refused_and_kept_until_it_is_cancelled() {
    let device = device();
    let daemon = device.start_ready();
    sit(&device, &daemon, "enrol-1.csv.zst", 5);
    let refused = cli(&device, &["enroll", "--finish"]);
    assert_eq!(refused.status.code(), Some(65));
    let said = String::from_utf8(refused.stderr).unwrap();
    assert!(said.contains("60 is the least"), "{said}");
    assert!(!device.profile().exists());
    let answer = order(&mut daemon.client(), "\"do\":\"show\"").unwrap();
    assert!(answer.windows >= 5, "{answer:?}");

    assert!(cli(&device, &["enroll", "--cancel"]).status.success());
    assert!(!device.file("begun.enrolment").exists());
    let nothing = order(&mut daemon.client(), "\"do\":\"finish\"");
    assert_eq!(nothing, Err("nothing was gathered yet".to_owned()));
}

#[test]
fn a_begun_enrolment_that_was_damaged_begins_anew() {
    let device = device();
    let begun = device.file("begun.enrolment");
    fs::write(&begun, "GRASPEN\0 and then nothing").unwrap();
    fs::set_permissions(&begun, PermissionsExt::from_mode(0o600)).unwrap();
    let daemon = device.start_ready();
    daemon.expect_log("begins anew");
    let answer = order(&mut daemon.client(), "\"do\":\"show\"").unwrap();
    assert_eq!(answer.phase, Phase::None.into());
}

#[test]
fn profiles_are_listed_shown_and_forgotten() {
    let device = device();
    fs::copy(crate::harness::profile(), device.profile()).unwrap();
    let profile = |command: &str| {
        let mut graspd = graspd();
        graspd
            .args(["profile", command, "--config"])
            .arg(device.config());
        let output = graspd.output().unwrap();
        assert!(output.status.success(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert!(profile("list").contains("owner.profile: user "));
    assert!(profile("show").contains("windows"));
    let daemon = device.start_ready();
    assert_eq!(daemon.client().hello().reason, Reason::WarmUp.into());
    device.feed(&rows("enrol-1.csv.zst")[..200]);
    assert!(profile("forget").contains("the owner is forgotten"));
    assert!(!device.profile().exists());
    daemon.expect_status(|status| status.reason == Reason::NotEnrolled.into());
    drop(daemon);

    fs::copy(crate::harness::profile(), device.profile()).unwrap();
    assert!(profile("forget").contains("the owner is forgotten"));
    assert!(profile("forget").contains("there was nobody to forget"));
    assert_eq!(profile("list"), "");
}

#[test]
fn the_socket_is_that_of_the_option_else_of_the_variable_else_of_the_configuration() {
    let device = device();
    let daemon = device.start_ready();
    // Of a daemon that was started by another file.
    let config = device.file("another.toml");
    let text = fs::read_to_string(device.config()).unwrap();
    let moved = text.replace("graspd.sock", "elsewhere.sock");
    assert_ne!(text, moved);
    fs::write(&config, moved).unwrap();
    let forget = |variable: Option<&Path>, option: Option<&Path>| {
        let mut command = graspd();
        command.args(["profile", "forget", "--config"]).arg(&config);
        command.env_remove("GRASPD_SOCKET");
        command.envs(variable.map(|path| ("GRASPD_SOCKET", path)));
        if let Some(path) = option {
            command.arg("--socket").arg(path);
        }
        command.output().unwrap()
    };
    let (here, nowhere) = (device.socket(), device.file("nowhere.sock"));
    for (variable, option, reaches) in [
        (None, None, false),
        (Some(&here), None, true),
        (Some(&nowhere), None, false),
        (Some(&here), Some(&nowhere), false),
        (Some(&nowhere), Some(&here), true),
    ] {
        let output = forget(variable.map(|path| &**path), option.map(|path| &**path));
        assert_eq!(output.status.success(), reaches, "{output:?}");
    }
    drop(daemon);
}

#[test]
fn a_sitting_says_that_nothing_is_gathered_behind_a_locked_screen() {
    let device = Device::live("");
    let motion = device.motion();
    device.configure_owner(&format!(
        "[source]\nkind = \"stream\"\npath = {motion:?}\n[session]\n"
    ));
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    let logind = Logind::start(&bus, Locker::Obedient);
    let daemon = device.start_ready();
    let mut sitting = daemon.client();
    order(&mut sitting, &BEGIN).unwrap();
    let mut says = |locked: bool| {
        logind.set_locked(locked);
        daemon.patiently(|| {
            let message = order(&mut sitting, "\"do\":\"show\"").unwrap().message;
            let told = message.is_some_and(|why| why.contains("while the screen is locked"));
            (told == locked).then_some(())
        })
    };
    says(true).expect("it does not say so");
    says(false).expect("it says so still");
}

#[test]
fn whoever_takes_the_device_in_a_sitting_does_not_enrol() {
    let device = Device::live("");
    let daemon = device.start_ready();
    let mut sitting = daemon.client();
    order(&mut sitting, &BEGIN).unwrap();
    stream(&device, &daemon, &rows("hand-over.csv.zst"), || false);
    let status = daemon.expect_status(|status| status.state == State::Lock);
    let scored = status.counters.unwrap()["windows"]["scored"]
        .as_u64()
        .unwrap();
    let answer = order(&mut sitting, "\"do\":\"show\"").unwrap();
    assert_eq!(answer.phase, Phase::Gathering.into());
    assert!(
        answer
            .message
            .as_deref()
            .unwrap()
            .contains("nothing is gathered"),
        "{answer:?}"
    );
    assert!(
        answer.windows > 100 && answer.windows + 60 < scored,
        "{answer:?}, {scored} scored"
    );

    // Root may begin another, because an owner whom the profile locks out has no other way.
    drop(sitting);
    let mut sitting = daemon.client();
    let resumed = daemon
        .patiently(|| order(&mut sitting, &BEGIN).ok())
        .unwrap();
    let message = resumed.message.unwrap_or_default();
    assert!(!message.contains("the state is lock"), "{message}");
    let later: Vec<String> = rows("hand-over.csv.zst")
        .iter()
        .map(|row| {
            let (t, values) = row.split_once(',').unwrap();
            let t = t.parse::<i64>().unwrap() + 600_000_000_000;
            format!("{t},{values}")
        })
        .collect();
    stream(&device, &daemon, &later[..4 * TEN_SECONDS], || false);
    let answer = order(&mut sitting, "\"do\":\"show\"").unwrap();
    assert!(answer.windows > resumed.windows, "{answer:?}");
}
