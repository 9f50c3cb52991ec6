//! `graspd record`: what is sent is recorded, however the recording ends.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};

use crate::harness::{Device, bundle, graspd, profile, rows};

const RECORDING: &str = "hand-over.csv.zst";

fn record(device: &Device, out: &Path) -> Command {
    let mut command = device.command("record");
    command.arg(out);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Records a stream from standard input.
fn recorded(lines: &str, out: &Path) -> Output {
    recorded_by(Command::new(env!("CARGO_BIN_EXE_graspd")), lines, out)
}

/// The same through a program that runs graspd.
fn recorded_by(mut program: Command, lines: &str, out: &Path) -> Output {
    let device = Device::live("");
    device.configure("[source]\nkind = \"stream\"\npath = \"-\"\n");
    program.arg("record").arg("--config").arg(device.config());
    program
        .arg(out)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = program.stdin(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    // On a full disk the program ends before everything is written.
    let _ = input.write_all(lines.as_bytes());
    drop(input);
    child.wait_with_output().unwrap()
}

fn decisions(recording: &Path) -> Vec<u8> {
    let mut replay = graspd();
    replay.arg("replay").arg(recording);
    replay.args(["--json", "--profile"]).arg(profile());
    let output = replay.arg("--model").arg(bundle()).output().unwrap();
    assert!(output.status.success());
    output.stdout
}

#[test]
fn a_recording_replays_as_what_was_recorded_to_the_byte() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("mine.csv");
    let motion = rows(RECORDING).concat();
    let output = recorded(&motion, &out);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    assert!(
        said.contains("mine.csv") && said.contains("accelerometer 27037 (100.1/s, gaps 0)"),
        "{said}"
    );
    let text = fs::read_to_string(&out).unwrap();
    assert!(text == format!("t_ns,sensor,x,y,z\n{motion}"), "other rows");
    assert_eq!(
        decisions(&out),
        decisions(&crate::harness::sample(RECORDING))
    );
    use std::os::unix::fs::PermissionsExt;
    assert_eq!(
        fs::metadata(&out).unwrap().permissions().mode() & 0o777,
        0o600
    );
}

#[test]
fn it_writes_over_nothing_and_leaves_nothing_where_no_motion_came() {
    let folder = tempfile::tempdir().unwrap();
    let out = folder.path().join("mine.csv");
    let output = recorded("t_ns,sensor,x,y,z\n", &out);
    assert_eq!(output.status.code(), Some(69));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("graspd doctor"), "{said}");
    assert!(!out.exists());

    fs::write(&out, "precious").unwrap();
    let output = recorded("", &out);
    assert_eq!(output.status.code(), Some(73));
    assert_eq!(fs::read_to_string(&out).unwrap(), "precious");
}

/// Waits until the recording has `count` rows.
fn expect_rows(child: &mut Child, out: &Path, count: usize) {
    let began = Instant::now();
    while fs::read_to_string(out).map_or(0, |text| text.lines().count()) < count + 1 {
        assert!(child.try_wait().unwrap().is_none(), "it ended");
        assert!(began.elapsed() < Duration::from_secs(60), "no rows");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn an_interrupt_and_even_a_kill_leave_a_recording() {
    for (signal, code) in [(Signal::INT, Some(0)), (Signal::KILL, None)] {
        let device = Device::live("");
        let out = device.motion().with_file_name("mine.csv");
        let mut child = record(&device, &out).spawn().unwrap();
        let motion = &rows(RECORDING)[..500];
        device.feed(motion);
        expect_rows(&mut child, &out, 500);
        kill_process(Pid::from_child(&child), signal).unwrap();
        assert_eq!(child.wait().unwrap().code(), code);
        let text = fs::read_to_string(&out).unwrap();
        assert_eq!(text, format!("t_ns,sensor,x,y,z\n{}", motion.concat()));
    }
}

#[test]
fn a_recording_outlives_its_terminal_and_whoever_reads_what_it_says() {
    let device = Device::live("");
    let out = device.motion().with_file_name("mine.csv");
    let command = record(&device, &out);
    // As nohup(1) does.
    let mut deaf = Command::new("sh");
    deaf.args(["-c", "trap '' HUP; exec \"$@\"", "sh"]);
    deaf.arg(command.get_program()).args(command.get_args());
    for (name, value) in command.get_envs() {
        deaf.env(name, value.unwrap_or_default());
    }
    let mut child = deaf
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stderr.take());
    // Of one sensor alone, of which it warns.
    let motion = &rows(RECORDING)[..12_000];
    let motion = motion.iter().filter(|row| row.contains("gyroscope"));
    let motion: Vec<String> = motion.cloned().collect();
    device.feed(&motion[..500]);
    expect_rows(&mut child, &out, 500);
    kill_process(Pid::from_child(&child), Signal::HUP).unwrap();
    device.feed(&motion[500..]);
    expect_rows(&mut child, &out, motion.len());
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn time_is_up_after_the_seconds_asked_for() {
    let device = Device::live("");
    let out = device.motion().with_file_name("mine.csv");
    let child = record(&device, &out)
        .args(["--seconds", "1"])
        .spawn()
        .unwrap();
    device.feed(&rows(RECORDING)[..200]);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert_eq!(fs::read_to_string(&out).unwrap().lines().count(), 201);
}

#[test]
fn beside_the_daemon_there_is_nothing_to_record() {
    let device = Device::live("");
    let _daemon = device.start_ready();
    let out = device.motion().with_file_name("mine.csv");
    let output = record(&device, &out).output().unwrap();
    assert_eq!(output.status.code(), Some(69));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("stop it first"), "{said}");
    assert!(!out.exists());
}

#[test]
fn a_full_disk_leaves_whole_lines_and_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let motion = rows(RECORDING).concat();
    let whole = format!("t_ns,sensor,x,y,z\n{motion}");
    for bytes in [0, 5, 18, 30, 1000, 70_000, 100_001] {
        let out = folder.path().join(format!("{bytes}.csv"));
        // RLIMIT_FSIZE fails writes beyond this size: setrlimit(2).
        let mut limited = Command::new("prlimit");
        limited.arg(format!("--fsize={bytes}"));
        limited.arg(env!("CARGO_BIN_EXE_graspd"));
        let output = recorded_by(limited, &motion, &out);
        let left = fs::read_to_string(&out).unwrap_or_default();
        assert!(whole.starts_with(&left), "{bytes}: other lines");
        assert!(
            left.is_empty() || left.ends_with('\n'),
            "{bytes}: half a line"
        );
        assert!(
            bytes < 200 || left.len() + 200 > bytes,
            "{bytes}: {}",
            left.len()
        );
        if let Some(code) = output.status.code() {
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(code, 74, "{bytes}: {said}");
            assert!(said.contains(out.to_str().unwrap()), "{said}");
            assert_eq!(out.exists(), !left.is_empty(), "{bytes}: {said}");
        }
    }
}

#[test]
fn what_speaks_against_the_samples_is_said_and_they_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let motion = &rows(RECORDING)[..12_000];
    let scaled: String = motion
        .iter()
        .map(|row| {
            let mut columns: Vec<&str> = row.trim().split(',').collect();
            let z = (columns[4].parse::<f64>().unwrap() / 9.80665).to_string();
            let flat = ["0.1", "0.05", &z];
            if columns[1] == "accelerometer" {
                columns.splice(2.., flat);
            }
            columns.join(",") + "\n"
        })
        .collect();
    let alone = motion.iter().filter(|row| row.contains("gyroscope"));
    let later = motion.iter().map(|row| {
        let (t, rest) = row.split_once(',').unwrap();
        let behind = if rest.starts_with("gyroscope") {
            10_800_000_000_000
        } else {
            0
        };
        format!("{},{rest}", t.parse::<i64>().unwrap() + behind)
    });
    for (name, lines, part) in [
        ("g.csv", scaled, "by 9.80665"),
        (
            "alone.csv",
            alone.cloned().collect(),
            "no samples of the accelerometer",
        ),
        ("later.csv", later.collect(), "two clocks"),
    ] {
        let out = folder.path().join(name);
        let output = recorded(&lines, &out);
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success(), "{said}");
        assert_eq!(said.matches(part).count(), 1, "{name}: {said}");
        assert_eq!(
            fs::read_to_string(&out).unwrap().lines().count(),
            lines.lines().count() + 1
        );
    }
}
