//! The kernel's sensors as a tree of files mounted over `/sys`, `/dev` and udev's
//! records. That requires root and a mount namespace; without these the tests print a
//! notice and pass.

use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use graspd::decide::{Reason, State};
use graspd::publish::Event;
use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat};
use rustix::time::{ClockId, clock_gettime};
use serde_json::Value;

use crate::harness::{Daemon, Device, rows, status};

/// Mounts the tree's folders over the system's, and executes the command.
const IN_PLACE: &str = "set -e
mount --make-rprivate /
mount -t tmpfs tmpfs /run
mkdir -p /run/udev/data
mount --bind \"$1/udev\" /run/udev/data
mount --bind \"$1/sys\" /sys
mount --bind \"$1/dev\" /dev
shift
exec \"$@\"";

/// A tree of files, and graspd's configuration for it.
struct Tree {
    device: Device,
    root: PathBuf,
}

impl Tree {
    /// An empty tree; `None`, with a notice, where it cannot be mounted.
    fn new() -> Option<Self> {
        let try_it = Command::new("unshare")
            .args(["--mount", "sh", "-c"])
            .arg("mount --make-rprivate / && mount -t tmpfs tmpfs /run")
            .stderr(Stdio::null())
            .status();
        if !try_it.is_ok_and(|status| status.success()) {
            eprintln!("SKIPPED: no mount namespace may be made here, so sensors were not read");
            return None;
        }
        let device = Device::live("");
        let root = device.file("tree");
        for folder in ["sys/bus/iio/devices", "dev", "udev"] {
            fs::create_dir_all(root.join(folder)).unwrap();
        }
        // Short hops, so that silence is detected soon.
        device.configure_owner("[source]\nkind = \"iio\"\n[window]\nhop_frames = 10\n");
        Some(Self { device, root })
    }

    /// Adds a chip with these sensors (`accel`, `anglvel`).
    fn chip(&self, number: u32, name: &str, kinds: &[&str]) -> Chip {
        let id = format!("iio:device{number}");
        let node = self.root.join("dev").join(&id);
        mknodat(CWD, &node, FileType::Fifo, Mode::from(0o600), 0).unwrap();
        let chip = Chip {
            folder: self.root.join("sys/bus/iio/devices").join(id),
            node,
            axes: 3 * kinds.len(),
        };
        for (name, text) in [
            ("name", name),
            ("current_timestamp_clock", "realtime"),
            ("sampling_frequency", "25"),
            ("sampling_frequency_available", "25 50 100 200"),
            ("buffer/enable", "0"),
            ("buffer/length", "2"),
            ("buffer/watermark", "1"),
        ] {
            chip.set(name, text);
        }
        chip.set("dev", &format!("247:{number}"));
        let axes = kinds
            .iter()
            .flat_map(|kind| ["x", "y", "z"].map(|axis| format!("in_{kind}_{axis}")));
        let channels: Vec<_> = axes.chain(["in_timestamp".into()]).collect();
        for (channel, index) in channels.iter().zip(0..) {
            let form = if channel == "in_timestamp" {
                "le:s64/64>>0"
            } else {
                "le:s16/16>>0"
            };
            chip.set(&format!("scan_elements/{channel}_en"), "0");
            chip.set(
                &format!("scan_elements/{channel}_index"),
                &format!("{index}"),
            );
            chip.set(&format!("scan_elements/{channel}_type"), form);
            if channel != "in_timestamp" {
                chip.set(&format!("{channel}_raw"), &format!("{}", 100 * (index + 1)));
            }
        }
        for kind in kinds {
            chip.set(&format!("in_{kind}_scale"), "0.009577");
        }
        chip
    }

    fn record_of(&self, number: u32, property: &str) {
        let path = self.root.join(format!("udev/c247:{number}"));
        fs::write(path, format!("E:ID_PATH=made-up\nE:{property}\n")).unwrap();
    }

    /// Starts the daemon on the tree.
    fn start(&self) -> Daemon {
        let mut namespace = Command::new("unshare");
        namespace
            .args(["--mount", "sh", "-c", IN_PLACE, "sh"])
            .arg(&self.root);
        self.device.start_under(namespace)
    }

    /// Runs `graspd COMMAND` on the tree.
    fn run(&self, command: &str, more: &[&str]) -> Output {
        let graspd = self.device.command(command);
        Command::new("unshare")
            .args(["--mount", "sh", "-c", IN_PLACE, "sh"])
            .arg(&self.root)
            .arg(graspd.get_program())
            .args(graspd.get_args())
            .args(more)
            .output()
            .unwrap()
    }

    /// Records for some seconds; the number of samples of each sensor, and the log.
    fn record(&self, seconds: &str) -> ([usize; 2], String) {
        let out = self.device.file("out.csv");
        let _ = fs::remove_file(&out);
        let output = self.run("record", &["--seconds", seconds, out.to_str().unwrap()]);
        let rows = fs::read_to_string(&out).unwrap_or_default();
        let count = |sensor: &str| rows.lines().filter(|row| row.contains(sensor)).count();
        let said = String::from_utf8(output.stderr).unwrap();
        ([count(",accelerometer,"), count(",gyroscope,")], said)
    }

    fn doctor(&self) -> Vec<Value> {
        let output = self.run("doctor", &["--json", "--user", "root"]);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        report["findings"].as_array().unwrap().clone()
    }
}

struct Chip {
    folder: PathBuf,
    node: PathBuf,
    axes: usize,
}

impl Chip {
    fn set(&self, name: &str, text: &str) {
        let path = self.folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, format!("{text}\n")).unwrap();
    }

    fn get(&self, name: &str) -> String {
        let text = fs::read_to_string(self.folder.join(name)).unwrap();
        text.trim().to_owned()
    }

    /// Feeds scans of a device that lies still.
    fn feed(&self) -> Feed {
        let axes = self.axes;
        self.feed_scans(move |_, now| (now, vec![700; axes]))
    }

    /// Writes a hundred scans per second while the buffer is enabled, until the feed is
    /// dropped: for each, `scan` gets its number and the time since boot in ns, and gives
    /// its time stamp and the axes.
    fn feed_scans(
        &self,
        mut scan: impl FnMut(usize, i64) -> (i64, Vec<i16>) + Send + 'static,
    ) -> Feed {
        let node = self.node.clone();
        let enable = self.folder.join("buffer/enable");
        let over = Arc::new(AtomicBool::new(false));
        let ended = Arc::clone(&over);
        let feeding = thread::spawn(move || {
            let mut fifo = open_both_ways(&node);
            let mut number = 0;
            while !ended.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_millis(10));
                if !fs::read_to_string(&enable).is_ok_and(|text| text.trim() == "1") {
                    continue;
                }
                let now = clock_gettime(ClockId::Boottime);
                let (stamp, axes) = scan(number, now.tv_sec * 1_000_000_000 + now.tv_nsec);
                number += 1;
                let mut bytes: Vec<u8> = axes.into_iter().flat_map(i16::to_le_bytes).collect();
                bytes.resize(bytes.len().next_multiple_of(8), 0);
                bytes.extend(stamp.to_le_bytes());
                // Like the kernel's buffer, a full FIFO loses the newest scan.
                let _ = fifo.write(&bytes);
            }
        });
        Feed {
            over,
            feeding: Some(feeding),
        }
    }
}

fn open_both_ways(fifo: &Path) -> File {
    let mut options = OpenOptions::new();
    options.read(true).write(true);
    options.custom_flags(OFlags::NONBLOCK.bits().cast_signed());
    options.open(fifo).unwrap()
}

/// A thread that feeds scans, ended when dropped.
struct Feed {
    over: Arc<AtomicBool>,
    feeding: Option<thread::JoinHandle<()>>,
}

impl Drop for Feed {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
        let _ = self.feeding.take().map(thread::JoinHandle::join);
    }
}

fn finding<'a>(findings: &'a [Value], check: &str) -> (&'a str, String) {
    let found = findings.iter().find(|finding| finding["check"] == check);
    let found = found.unwrap_or_else(|| panic!("no {check} in {findings:?}"));
    let said = format!("{} {}", found["found"], found["remedy"]);
    (found["verdict"].as_str().unwrap(), said)
}

fn expect(said: &str, parts: &[&str]) {
    for part in parts {
        assert!(said.contains(part), "no {part:?} in {said}");
    }
}

#[test]
fn the_accelerometer_of_the_display_is_read_and_the_log_says_why() {
    let Some(tree) = Tree::new() else { return };
    let base = tree.chip(0, "kxcj1009", &["accel"]);
    let display = tree.chip(1, "kxcj1009", &["accel"]);
    let gyroscope = tree.chip(2, "bmg160", &["anglvel"]);
    tree.record_of(0, "ACCEL_LOCATION=base");
    tree.record_of(1, "ACCEL_LOCATION=display");
    let _feeds = [display.feed(), gyroscope.feed()];
    let (rows, said) = tree.record("2");
    assert!(rows[0] > 50 && rows[1] > 50, "{rows:?}: {said}");
    expect(
        &said,
        &["iio:device1 (kxcj1009, display)", "udev's ACCEL_LOCATION"],
    );
    assert_eq!(base.get("sampling_frequency"), "25");
    assert_eq!(display.get("sampling_frequency"), "100");
    let findings = tree.doctor();
    let (verdict, said) = finding(&findings, "accelerometer");
    assert_eq!(verdict, "ok", "{said}");
    expect(&said, &["unlike iio:device0 (kxcj1009, base)"]);
    let (verdict, said) = finding(&findings, "reading");
    assert_eq!(verdict, "ok", "{said}");
}

#[test]
fn a_buffer_that_stays_silent_is_given_up_for_polling_and_doctor_sees_it() {
    let Some(tree) = Tree::new() else { return };
    let chip = tree.chip(0, "bmi260", &["accel", "anglvel"]);
    let (rows, said) = tree.record("8");
    assert!(rows[0] > 50 && rows[1] > 50, "{rows:?}: {said}");
    expect(&said, &["has given nothing for", "polled instead"]);
    assert_eq!(chip.get("buffer/enable"), "0");
    let findings = tree.doctor();
    let (verdict, said) = finding(&findings, "reading");
    assert_eq!(verdict, "warn", "{said}");
    expect(&said, &["polling works", "source.mode"]);
}

#[test]
fn a_mount_matrix_is_read_or_refused_by_name() {
    let Some(tree) = Tree::new() else { return };
    let chips = [
        tree.chip(0, "lsm6ds3_accel", &["accel"]),
        tree.chip(1, "lsm6ds3_gyro", &["anglvel"]),
    ];
    let _feeds = chips.each_ref().map(Chip::feed);
    for matrix in ["", "0, 1, 0; -1, 0, 0; 0, 0, 1;"] {
        tree.record_of(0, &format!("ACCEL_MOUNT_MATRIX={matrix}"));
        let (rows, said) = tree.record("1");
        assert!(rows[0] > 20, "{rows:?}: {said}");
    }
    tree.record_of(0, "ACCEL_MOUNT_MATRIX=1, 0, 0; 0, 1, 0; 0, 1, 0");
    let parts = [
        "ACCEL_MOUNT_MATRIX",
        "/run/udev/data/c247:0",
        "rows 2 and 3",
        "source.accelerometer_matrix",
    ];
    let output = tree.run("record", &["--seconds", "1", "/nowhere/out.csv"]);
    assert_eq!(output.status.code(), Some(69));
    expect(&String::from_utf8(output.stderr).unwrap(), &parts);
    let findings = tree.doctor();
    let (verdict, said) = finding(&findings, "accelerometer");
    assert_eq!(verdict, "fail");
    expect(&said, &parts);
}

/// The simulated owner's motion as scans of a chip with both sensors, whose scale is
/// 0.001 in their units.
fn scans_of_the_owner() -> Vec<Vec<i16>> {
    let mut scans = vec![Vec::new(); 2];
    for row in rows("enrol-1.csv.zst") {
        let columns: Vec<&str> = row.trim().split(',').collect();
        let raw = columns[2..].iter().map(|value| {
            let value: f64 = value.parse().unwrap();
            (value / 0.001).round() as i16
        });
        scans[usize::from(columns[1] == "gyroscope")].push(raw.collect::<Vec<_>>());
    }
    let [accelerometer, gyroscope] = scans.try_into().unwrap();
    let both = accelerometer.into_iter().zip(gyroscope);
    both.map(|(a, g)| [a, g].concat()).collect()
}

#[test]
fn a_chip_whose_time_stamps_stand_still_creep_or_go_back_is_no_evidence() {
    let Some(tree) = Tree::new() else { return };
    tree.device.configure(
        "[source]\nkind = \"iio\"\n[decide]\nsensor_grace_s = 4\n[window]\nhop_frames = 10\n",
    );
    let chip = tree.chip(0, "bmi260", &["accel", "anglvel"]);
    chip.set("in_accel_scale", "0.001");
    chip.set("in_anglvel_scale", "0.001");
    let scans = Arc::new(scans_of_the_owner());
    /// How stamps advance, by the time since the fault began.
    type Creep = fn(i64) -> i64;
    let faults: [(Creep, &str); 3] = [
        (|_| 0, "time stamps stand still"),
        (|since| since / 1000, "1000 times too slowly: microseconds?"),
        (|since| -since, "time stamps go backward"),
    ];
    for (creep, named) in faults {
        let broken = Arc::new(AtomicBool::new(false));
        let (fails, motion) = (Arc::clone(&broken), Arc::clone(&scans));
        let mut since = None;
        let _feed = chip.feed_scans(move |number, now| {
            let stamp = match fails.load(Ordering::Relaxed) {
                true => {
                    let began = *since.get_or_insert(now);
                    began + creep(now - began)
                }
                false => now,
            };
            (stamp, motion[number % motion.len()].clone())
        });
        let daemon = tree.start();
        daemon.expect_word("READY=1");
        daemon.expect_status(|status| status.state == State::Unlock);
        let mut client = daemon.client();
        broken.store(true, Ordering::Relaxed);
        let why = client.find_map(|event| match event.unwrap() {
            Event::Lock(change) => Some(change.reason),
            _ => None,
        });
        assert_eq!(why, Some(Reason::SensorLost.into()), "{named}");
        daemon.expect_status(|status| {
            let fault = status.input_fault.as_deref();
            fault.is_some_and(|fault| fault.contains(named))
        });
        assert_eq!(status(&mut daemon.client()).state, State::Lock);
        daemon.expect_log(named);
    }
}
