//! Motion from a FIFO that comes, or stops.

use std::io::Write;

use graspd::decide::{Reason, State};
use graspd::publish::{ByeReason, Client, Event, StateChange, Status};
use rustix::process::Signal;
use serde_json::Value;

use crate::harness::{Device, rows, status};

/// Lock after half a second without sensors.
const IMPATIENT: &str = "sensor_grace_s = 0.5";
/// Samples in ten seconds of two sensors at 100 Hz.
const TEN_SECONDS: usize = 2000;

fn next_lock(client: &mut Client) -> StateChange {
    let lock = client.find_map(|event| match event.unwrap() {
        Event::Lock(verdict) => Some(verdict),
        _ => None,
    });
    lock.unwrap()
}

fn counter(status: &Status, stage: &str, name: &str) -> u64 {
    let counters = status.counters.as_ref();
    let number = counters.and_then(|counters| counters.get(stage)?.get(name)?.as_u64());
    number.unwrap_or(0)
}

#[test]
fn sensors_that_never_speak_end_in_a_lock() {
    let device = Device::live(IMPATIENT);
    let daemon = device.start_ready();
    let mut client = daemon.client();
    assert_eq!(next_lock(&mut client).reason, Reason::SensorLost.into());
}

#[test]
fn sensors_that_fall_silent_lock_and_their_return_opens_nothing() {
    let device = Device::live(IMPATIENT);
    let daemon = device.start_ready();
    let mut client = daemon.client_for_scores();
    let motion = rows("enrol-1.csv.zst");
    device.feed(&motion[..200]);
    assert_eq!(next_lock(&mut client).reason, Reason::SensorLost.into());

    device.feed(&motion[200..200 + TEN_SECONDS / 2 + 200]);
    let after = client.next().unwrap().unwrap();
    match after {
        Event::Score(score) => assert_eq!(score.state, State::Lock),
        other => panic!("no score: {other:?}"),
    }
}

#[test]
fn what_is_no_sample_is_counted_and_the_rest_is_used() {
    let device = Device::live("");
    let daemon = device.start_ready();
    let mut motion = rows("enrol-1.csv.zst");
    motion.truncate(TEN_SECONDS);
    let (first, second) = motion.split_at(TEN_SECONDS / 2);

    // The end of a line whose beginning an earlier daemon has read, …
    device.feed(&["8,0.25,-1.5\n".to_owned()]);
    device.feed(first);
    device.feed(&["\u{7f}?%\n".to_owned(), "1,barometer,0,0,0\n".to_owned()]);
    // … and a writer that ends within a line, which spoils the next writer's first.
    device.feed(&["1,accelerometer,0.5".to_owned()]);
    device.feed(&["t_ns,sensor,x,y,z\n".to_owned()]);
    device.feed(second);

    let status = daemon.expect_status(|status| {
        counter(status, "source", "samples") == TEN_SECONDS as u64
            && counter(status, "windows", "scored") > 0
    });
    assert_eq!(counter(&status, "source", "malformed"), 4);
    assert_eq!(counter(&status, "source", "dropped"), 0);
    assert_eq!(counter(&status, "align", "gaps"), 0);
}

#[test]
fn a_status_has_the_newest_figures_and_the_sensors_time() {
    let device = Device::live("");
    let daemon = device.start_ready();
    let motion = &rows("enrol-1.csv.zst")[..TEN_SECONDS];
    device.feed(motion);
    let newest: i64 = motion[TEN_SECONDS - 1]
        .split(',')
        .next()
        .unwrap()
        .parse()
        .unwrap();
    let status = daemon.expect_status(|status| {
        let a_second_ago = newest - 1_000_000_000;
        status.t_ns.is_some_and(|t| t.nanos() >= a_second_ago)
    });
    let figures = serde_json::to_value(status.figures.unwrap()).unwrap();
    assert!(matches!(&figures["score"], Value::Number(_)), "{figures}");
}

#[test]
fn writers_may_come_late() {
    let device = Device::live("sensor_grace_s = 3600");
    let mut daemon = device.start_ready();
    let mut client = daemon.client();
    assert_eq!(status(&mut client).t_ns, None);
    device.feed(&rows("enrol-1.csv.zst")[..200]);
    let first = client.next().unwrap().unwrap();
    assert!(matches!(first, Event::Inconclusive(_)), "{first:?}");
    daemon.signal(Signal::INT);
    assert_eq!(daemon.exit_code(), Some(0));
}

#[test]
fn lines_on_standard_input_are_a_stream_and_their_end_is_a_lock() {
    let device = Device::live("");
    device.configure("[source]\nkind = \"stream\"\npath = \"-\"\n[decide]\nsensor_grace_s = 0.5\n");
    let mut daemon = device.start_ready();
    let mut client = daemon.client_for_scores();
    let mut input = daemon.child.stdin.take().unwrap();
    let motion = rows("enrol-1.csv.zst")[..TEN_SECONDS].concat();
    input.write_all(motion.as_bytes()).unwrap();
    drop(input);

    let events: Vec<Event> = client.by_ref().map(|event| event.unwrap()).collect();
    assert!(events.iter().any(|event| matches!(event, Event::Score(_))));
    assert_eq!(
        events.last(),
        Some(&Event::Bye {
            reason: ByeReason::SourceEnded.into(),
            state: State::Lock
        })
    );
    // An error, so that whoever started it learns that the device is no longer watched.
    assert_eq!(daemon.exit_code(), Some(69));
}

#[test]
fn the_end_of_standard_input_is_a_lock_that_is_asked_for_before_graspd_ends() {
    let device = Device::live("");
    let proof = device.file("proof of the fallback");
    let late = format!("sleep 1; touch '{}'", proof.display());
    device.configure(&format!(
        "[source]\nkind = \"stream\"\npath = \"-\"\n[decide]\nsensor_grace_s = 0.5\n\
         [session]\nenabled = \"no\"\nfallback = [\"sh\", \"-c\", {late:?}]\nfallback_timeout_s = 5\n"
    ));
    let mut daemon = device.start_ready();
    drop(daemon.child.stdin.take());
    assert_eq!(daemon.exit_code(), Some(69));
    assert!(proof.exists());
}

#[test]
fn samples_in_another_unit_are_warned_of_once_and_shown_while_they_come() {
    let device = Device::live("");
    let daemon = device.start_ready();
    let in_g: Vec<String> = rows("enrol-1.csv.zst")
        .iter()
        .map(|row| {
            let mut columns: Vec<String> = row.trim().split(',').map(str::to_owned).collect();
            if columns[1] == "accelerometer" {
                for value in &mut columns[2..] {
                    *value = (value.parse::<f64>().unwrap() / 9.80665).to_string();
                }
            }
            columns.join(",") + "\n"
        })
        .collect();
    crate::harness::stream(&device, &daemon, &in_g, || false);
    let status = daemon.expect_status(|status| {
        let counters = status.counters.as_ref();
        counters.is_some_and(|all| all["doubts"][0].is_string())
    });
    let doubts = status.counters.unwrap()["doubts"].to_string();
    assert!(doubts.contains("multiply by 9.80665"), "{doubts}");
    let log = daemon.log();
    assert_eq!(log.matches("multiply by 9.80665").count(), 1, "{log}");
    let mut doctor = device.command("doctor");
    let doctor = doctor.args(["--user", "root"]).output().unwrap();
    let found = String::from_utf8(doctor.stdout).unwrap();
    let motion = found.lines().find(|line| line.contains(" motion "));
    assert!(
        motion.is_some_and(|line| line.contains("by 9.80665")),
        "{found}"
    );
}

#[test]
fn the_first_line_that_is_no_sample_is_shown_in_the_log_and_no_other() {
    let device = Device::live("");
    let daemon = device.start_ready();
    device.feed(&["12.5;1;2;3\n".to_owned(), "\u{1b}[2Jrubbish\n".to_owned()]);
    // Counted although no sample has come yet.
    daemon.expect_status(|status| counter(status, "source", "malformed") == 2);
    device.feed(&rows("enrol-1.csv.zst")[..200]);
    daemon.expect_status(|status| counter(status, "source", "samples") == 200);
    let log = daemon.log();
    assert!(log.contains("`12.5;1;2;3`"), "{log}");
    assert!(!log.contains("rubbish"), "{log}");
}
