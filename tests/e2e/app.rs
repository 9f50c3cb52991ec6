//! A day for the app: a bus, a session, a daemon and the agent, of which `tests/app.sh` looks at
//! the window. It is only played for that.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use graspd::decide::{Reason, State};
use serde_json::Value;

use crate::agent::Agent;
use crate::harness::{Daemon, Device, TEN_SECONDS, rows, status, stream};
use crate::login::{Bus, Locker, Logind};
use crate::session::expect_state;

/// The command that looks at it, with the environment of a session.
const COMMAND: &str = "GRASPD_APP_COMMAND";
const SECOND_NS: i64 = 1_000_000_000;
/// How often samples are sent while somebody looks.
const TICK: Duration = Duration::from_millis(200);

/// Samples on one clock.
#[derive(Default)]
struct Clock(i64);

impl Clock {
    /// A recording's rows, later than everything before.
    fn recording(&mut self, name: &str) -> Vec<String> {
        let from = self.0;
        let moved = |row: String| {
            let (t, rest) = row.split_once(',').unwrap();
            let t: i64 = from + t.parse::<i64>().unwrap();
            self.0 = self.0.max(t + SECOND_NS / 100);
            format!("{t},{rest}")
        };
        rows(name).into_iter().map(moved).collect()
    }

    /// A device that lies on a table.
    fn rest(&mut self, minutes: i64) -> Vec<String> {
        let mut rows = Vec::new();
        for _ in 0..minutes * 60 * 100 {
            rows.push(format!("{},accelerometer,0.02,0.01,9.81\n", self.0));
            rows.push(format!("{},gyroscope,0.001,0,0\n", self.0));
            self.0 += SECOND_NS / 100;
        }
        rows
    }
}

#[test]
fn a_day_is_played_for_whoever_looks_at_the_app() {
    let Ok(command) = std::env::var(COMMAND) else {
        eprintln!("tests/app.sh tries this");
        return;
    };
    let device = Device::live("");
    let motion = device.motion();
    device.configure(&format!(
        "[source]\nkind = \"stream\"\npath = {motion:?}\n[session]\n"
    ));
    let bus = Bus::start(&device).expect("a bus");
    let logind = Logind::start(&bus, Locker::Obedient);
    let daemon = device.start_ready();
    let agent = Agent::start(&device, &bus, "C").expect("the agent, built");
    let with_agent = |counters: &Value| counters["clients"]["connected"] == 2;
    daemon.expect_status(|status| status.counters.as_ref().is_some_and(with_agent));

    let mut clock = Clock::default();
    play_day(&device, &daemon, &logind, &mut clock);
    let over = AtomicBool::new(false);
    // Ten minutes, for a machine that has other work.
    let recordings = ["enrol-2", "enrol-3", "enrol-1", "enrol-2"];
    let held = recordings.map(|name| clock.recording(&format!("{name}.csv.zst")));
    let held = held.concat();
    thread::scope(|scope| {
        // Silence would be a lock.
        scope.spawn(|| hold(&device, &held, &over));
        drop(agent);
        stretch(&device);
        let _agent = Agent::start(&device, &bus, "C").expect("the agent, built");
        let standing = || {
            let status = status(&mut daemon.client());
            (status.state, status.reason)
        };
        let recognised = || (standing().0 == State::Unlock).then_some(());
        let looked = daemon
            .patiently(recognised)
            .map(|()| look(&command, &device, &bus));
        over.store(true, Ordering::Relaxed);
        let day = || fs::read_to_string(history_file(&device).unwrap()).unwrap();
        let looked =
            looked.unwrap_or_else(|| panic!("not recognised: {:?}\n{}", standing(), day()));
        assert!(looked, "what was looked at is not as it should be");
    });
}

/// The owner holds it, lays it down for seven minutes, takes it up again, and loses it to another;
/// then they open it, and hold it again.
fn play_day(device: &Device, daemon: &Daemon, logind: &Logind, clock: &mut Clock) {
    stream(device, daemon, &clock.recording("enrol-3.csv.zst"), || {
        false
    });
    stream(device, daemon, &clock.rest(7), || false);
    assert_eq!(logind.locks(), 1, "it lay still until its trust ran out");
    let mut client = daemon.client();
    logind.set_locked(false);
    expect_state(&mut client, State::Inconclusive, Reason::WarmUp);
    for part in clock.recording("hand-over.csv.zst").chunks(TEN_SECONDS) {
        stream(device, daemon, part, || false);
        if logind.locks() > 1 {
            // What follows comes at once.
            clock.0 = time(part.last().unwrap()) + SECOND_NS / 100;
            break;
        }
    }
    assert_eq!(logind.locks(), 2, "another had it");
    logind.set_locked(false);
    expect_state(&mut client, State::Inconclusive, Reason::WarmUp);
    stream(device, daemon, &clock.recording("enrol-1.csv.zst"), || {
        false
    });
}

fn history_file(device: &Device) -> Option<PathBuf> {
    let folder = device.file("state-home").join("graspd");
    Some(fs::read_dir(folder).ok()?.next()?.ok()?.path())
}

/// The day was played faster than it passed: each line gets the time that its samples have, with
/// the newest now.
fn stretch(device: &Device) {
    let path = history_file(device).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    let lines = text
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    let lines: Vec<Value> = lines.collect();
    let newest = lines.iter().filter_map(|line| line["t_ns"].as_i64()).max();
    let newest = newest.unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    let mut at = 0;
    let stretched = lines.into_iter().map(|mut line| {
        at = line["t_ns"].as_i64().unwrap_or(at).max(at);
        line["unix_s"] = (now.as_secs().cast_signed() - (newest - at) / SECOND_NS).into();
        line.to_string() + "\n"
    });
    let stretched: String = stretched.collect();
    fs::write(&path, stretched).unwrap();
}

fn time(row: &str) -> i64 {
    row.split(',').next().unwrap().parse().unwrap()
}

/// Sends samples as fast as time passes, until `over`.
fn hold(device: &Device, rows: &[String], over: &AtomicBool) {
    let begun = Instant::now();
    let first = time(&rows[0]);
    let mut left = rows;
    while !over.load(Ordering::Relaxed) && !left.is_empty() {
        let passed = i64::try_from(begun.elapsed().as_nanos()).unwrap();
        let due = left.partition_point(|row| time(row) - first <= passed);
        device.feed(&left[..due]);
        left = &left[due..];
        thread::sleep(TICK);
    }
}

/// Whether whoever looks is content.
fn look(command: &str, device: &Device, bus: &Bus) -> bool {
    let doctor = device.file("graspd-as-installed");
    let graspd = Path::new(env!("CARGO_BIN_EXE_graspd"));
    let script = format!(
        "#!/bin/sh\nexec {graspd:?} doctor --json --user root --config {:?}\n",
        device.config()
    );
    fs::write(&doctor, script).unwrap();
    fs::set_permissions(&doctor, fs::Permissions::from_mode(0o700)).unwrap();
    let status = Command::new("sh")
        .args(["-c", command])
        .env("DBUS_SYSTEM_BUS_ADDRESS", &bus.address)
        .env("GRASPD_SOCKET", device.socket())
        .env("GRASPD", doctor)
        .env("XDG_STATE_HOME", device.file("state-home"))
        .status();
    status.unwrap().success()
}
