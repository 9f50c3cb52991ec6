//! Faulty samples that keep arriving over the FIFO: the state still becomes lock, and
//! the log and the status name the fault.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use graspd::decide::{Reason, State};
use graspd::publish::Event;
use rustix::process::{Pid, Signal, kill_process};

use crate::harness::{Device, TEN_SECONDS, rows, stream};

/// Both sensors' lines at the time `at`, 10 ms after the previous ones.
type Faulty = fn(at: i64, last: i64) -> String;

fn lines(t: impl std::fmt::Display, value: &str) -> String {
    format!("{t},accelerometer,{value},0.5,9.7\n{t},gyroscope,{value},0.1,0.2\n")
}

/// The kinds of faults, with words of the message about each.
const FAULTS: [(&str, Faulty); 7] = [
    ("stand still", |_, last| lines(last, "0.25")),
    ("milliseconds?", |at, last| lines(last + at * 10, "0.25")),
    ("NaN or infinite", |at, last| {
        lines(last + at * 10_000_000, "NaN")
    }),
    ("Hz", |at, last| match at % 50 {
        0 => lines(last + at * 10_000_000, "0.25"),
        _ => String::new(),
    }),
    ("gyroscope says nothing", |at, _| {
        format!("{},accelerometer,0.25,0.5,9.7\n", at * 10_000_000)
    }),
    ("no samples arrive", |at, last| match at {
        0 => format!("{},gyroscope,0,0,0\n", last - 3_600_000_000_000),
        _ => String::new(),
    }),
    ("beyond any clock", |at, _| lines(i64::MAX - 7 * at, "0.25")),
];

#[test]
fn faulty_samples_are_no_evidence_and_are_named() {
    for (named, faulty) in FAULTS {
        let device = Device::live("sensor_grace_s = 4");
        let daemon = device.start_ready();
        let motion = &rows("enrol-1.csv.zst")[..6 * TEN_SECONDS];
        stream(&device, &daemon, motion, || {
            daemon.expect_status(|_| true).state == State::Unlock
        });
        daemon.expect_status(|status| status.state == State::Unlock);
        let last = motion.last().and_then(|line| line.split(',').next());
        let last: i64 = last.unwrap().parse().unwrap();
        let over = AtomicBool::new(false);
        let pid = Pid::from_child(&daemon.child);
        thread::scope(|threads| {
            let (device, over) = (&device, &over);
            threads.spawn(move || {
                let began = Instant::now();
                for at in 0.. {
                    if over.load(Ordering::Relaxed) {
                        break;
                    }
                    device.feed(&[faulty(at, last)]);
                    if at % 50 == 0 {
                        kill_process(pid, Signal::HUP).unwrap();
                    }
                    let due = Duration::from_millis(10 * at.unsigned_abs());
                    thread::sleep(due.saturating_sub(began.elapsed()));
                }
            });
            let mut client = daemon.client();
            let locked = match client.hello().state {
                State::Lock => None,
                _ => client.find_map(|event| match event.unwrap() {
                    Event::Lock(change) => Some(change.reason),
                    _ => None,
                }),
            };
            assert!(
                locked.is_none_or(|why| why == Reason::SensorLost.into()),
                "{named}"
            );
            daemon.expect_status(|status| {
                let fault = status.input_fault.as_deref();
                status.state == State::Lock && fault.is_some_and(|fault| fault.contains(named))
            });
            daemon.expect_log(named);
            over.store(true, Ordering::Relaxed);
        });
    }
}
