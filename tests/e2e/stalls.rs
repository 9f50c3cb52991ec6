//! What holds others up (a log that nobody reads, a disk that does not answer, a worker that
//! does not come round) does not keep the state at unlock.

use std::fs::{self, File};
use std::io::Write;
use std::process::{Command, Stdio};
use std::time::Duration;

use graspd::decide::{Reason, State};
use graspd::publish::Event;
use rustix::process::{Pid, Signal, kill_process};

use crate::harness::{
    Daemon, Device, TEN_SECONDS, graspd, make_fifo, oneself, rows, sample, stream,
};
use crate::live_enrolment::{BEGIN, order};

/// Brings the state to unlock.
fn recognised(device: &Device, daemon: &Daemon) {
    let motion = &rows("enrol-1.csv.zst")[..3 * TEN_SECONDS];
    stream(device, daemon, motion, || {
        daemon.expect_status(|_| true).state == State::Unlock
    });
    daemon.expect_status(|status| status.state == State::Unlock);
}

#[test]
fn a_log_that_nobody_reads() {
    let device = Device::live("sensor_grace_s = 4");
    let log = device.file("log-pipe");
    make_fifo(&log);
    // Held open, never read, and full before the daemon begins.
    let mut pipe = File::options().read(true).write(true).open(&log).unwrap();
    rustix::io::ioctl_fionbio(&pipe, true).unwrap();
    while pipe.write(&[b'.'; 4096]).is_ok() {}
    while pipe.write(b".").is_ok() {}
    let mut shell = Command::new("sh");
    shell.args([
        "-c",
        &format!("exec 2>{}; exec \"$@\"", log.display()),
        "sh",
    ]);
    let mut daemon = device.start_under(shell);
    daemon.expect_word("READY=1");
    recognised(&device, &daemon);
    daemon.expect_status(|status| status.state == State::Lock);
    daemon.signal(Signal::TERM);
    assert_eq!(daemon.exit_code(), Some(0));
}

#[test]
fn a_worker_that_does_not_come_round() {
    let device = Device::live("sensor_grace_s = 4");
    let daemon = device.start_ready();
    recognised(&device, &daemon);
    let mut client = daemon.client();
    // Only this thread is stopped, as one is that waits for a device without end.
    let worker = fs::read_dir(format!("/proc/{}/task", daemon.child.id()))
        .unwrap()
        .map(|thread| thread.unwrap().path())
        .find(|thread| fs::read_to_string(thread.join("comm")).unwrap().trim() == "worker")
        .unwrap();
    let id = worker.file_name().unwrap().to_str().unwrap().to_owned();
    let Some(_stopped) = Stopped::thread(&id) else {
        return skipped::because(
            "no strace here that may stop a thread, so the watchdog was NOT tried by that",
        );
    };
    let why = client.find_map(|event| match event.unwrap() {
        Event::Lock(change) => Some(change.reason),
        _ => None,
    });
    assert_eq!(why, Some(Reason::NoEvidence.into()));
}

/// A thread that is kept in the system call that it makes next.
struct Stopped(std::process::Child);

impl Stopped {
    fn thread(id: &str) -> Option<Self> {
        let held = "trace=all:inject=all:delay_enter=3600000000";
        let tracer = Command::new("strace")
            .args(["-qq", "-o", "/dev/null", "-e", held, "-p", id])
            .stderr(Stdio::null())
            .spawn();
        let mut tracer = tracer.ok()?;
        std::thread::sleep(Duration::from_secs(1));
        tracer.try_wait().ok()?.is_none().then_some(Self(tracer))
    }
}

impl Drop for Stopped {
    fn drop(&mut self) {
        let _ = kill_process(Pid::from_child(&self.0), Signal::KILL);
        let _ = self.0.wait();
    }
}

#[test]
fn windows_of_a_sitting_that_cannot_be_saved() {
    let device = Device::live("sensor_grace_s = 4");
    let folder = device.keep_state_apart();
    let daemon = device.start_ready();
    recognised(&device, &daemon);
    let mut sitting = daemon.client();
    order(&mut sitting, &BEGIN).unwrap();
    // No file can take the place of a folder any more while it is gathered.
    let begun = folder.join("begun.enrolment");
    while fs::create_dir_all(begun.join("x")).is_err() {
        let _ = fs::remove_file(&begun);
    }
    stream(&device, &daemon, &rows("enrol-2.csv.zst"), || false);
    daemon.expect_log("a restart would lose what was gathered");
    daemon.expect_status(|status| status.state == State::Lock);
}

#[test]
fn a_fifo_in_place_of_a_recording_is_refused_at_once() {
    let device = Device::live("");
    let fifo = device.file("recording.csv");
    make_fifo(&fifo);
    let folder = device.file("session");
    fs::create_dir(&folder).unwrap();
    make_fifo(&folder.join("Gyroscope.csv"));
    fs::write(folder.join("Accelerometer.csv"), "1,2,3,0,0,9.8,0\n").unwrap();
    for recording in [&fifo, &folder] {
        let mut enrol = graspd();
        enrol
            .arg("enroll")
            .arg(recording)
            .args(oneself())
            .args(["--out", "/nonexistent/x"]);
        let output = enrol.output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(!output.status.success(), "{said}");
        assert!(said.contains("a FIFO"), "{said}");
    }
    let mut report = graspd();
    report
        .arg("report")
        .arg(sample("README.md"))
        .arg("--out")
        .arg(&fifo);
    assert_eq!(report.output().unwrap().status.code(), Some(73));
}
