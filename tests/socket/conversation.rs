//! What well-behaved clients receive.

use std::thread;

use graspd::decide::State;
use graspd::motion::SampleTime;
use graspd::publish::{DAEMON, Event, VERSION};
use serde_json::json;

use crate::daemon::{Daemon, score, settle, state, turn};

#[test]
fn hello_comes_first_and_then_every_state() {
    let daemon = Daemon::start();
    let clients: Vec<_> = (0..20).map(|_| daemon.client()).collect();
    let events = [
        state(State::Unlock, 1),
        state(State::Inconclusive, 2),
        state(State::Lock, 3),
    ];
    for event in &events {
        daemon.publisher.publish(event);
    }
    for client in clients {
        assert_eq!(client.hello().v, VERSION);
        assert_eq!(client.hello().daemon, DAEMON);
        assert_eq!(client.hello().state, State::Inconclusive);
        let seen: Vec<_> = client.take(3).map(Result::unwrap).collect();
        assert_eq!(seen, events);
    }
}

#[test]
fn a_newcomer_is_told_what_holds() {
    let daemon = Daemon::start();
    daemon.publisher.publish(&state(State::Lock, 42));
    let client = daemon.client();
    assert_eq!(client.hello().state, State::Lock);
    assert_eq!(client.hello().t_ns, Some(SampleTime::from_nanos(42)));
}

#[test]
fn nothing_is_lost_or_told_twice_between_hello_and_the_first_event() {
    let daemon = Daemon::with(None, |config| config.queue_events = 1_000_000);
    let publisher = daemon.publisher.clone();
    let (stop, stopped) = std::sync::mpsc::channel::<()>();
    let worker = thread::spawn(move || {
        for t in 1.. {
            publisher.publish(&turn(t));
            if t % 16 == 0 && stopped.try_recv().is_ok() {
                return;
            }
            thread::yield_now();
        }
    });
    for _ in 0..50 {
        let mut client = daemon.client();
        let before = client.hello().t_ns.map_or(0, SampleTime::nanos);
        let first = client.next().unwrap().unwrap();
        assert_eq!(first, turn(before + 1));
    }
    stop.send(()).unwrap();
    worker.join().unwrap();
}

#[test]
fn scores_come_to_whom_they_were_promised() {
    let daemon = Daemon::with(Some(own_uid()), |_| {});
    let (mut with, mut without) = (daemon.client(), daemon.client());
    with.request(r#"{"request":"subscribe","scores":true}"#)
        .unwrap();
    settle(&mut with);
    daemon.publisher.publish(&score(1));
    daemon.publisher.publish(&state(State::Lock, 2));
    assert_eq!(with.next().unwrap().unwrap(), score(1));
    assert_eq!(with.next().unwrap().unwrap(), state(State::Lock, 2));
    assert_eq!(without.next().unwrap().unwrap(), state(State::Lock, 2));

    with.request(r#"{"request":"subscribe","scores":false}"#)
        .unwrap();
    settle(&mut with);
    daemon.publisher.publish(&score(3));
    daemon.publisher.publish(&state(State::Unlock, 4));
    assert_eq!(with.next().unwrap().unwrap(), state(State::Unlock, 4));
}

#[test]
fn status_says_what_holds_for_how_long_and_what_was_counted() {
    let daemon = Daemon::with(Some(own_uid()), |_| {});
    let counters = json!({"source": {"samples": 200, "malformed": 1}, "windows": {"scored": 3}});
    daemon.publisher.publish(&state(State::Unlock, 5));
    daemon
        .publisher
        .report(Some(SampleTime::from_nanos(30)), counters.clone(), None);
    let mut client = daemon.client();
    client
        .request(r#"{"request":"status","verbose":true}"#)
        .unwrap();
    let Event::Status(status) = client.next().unwrap().unwrap() else {
        panic!("no status");
    };
    assert_eq!(status.state, State::Unlock);
    assert_eq!(status.uptime_ns, 25);
    assert_eq!(status.t_ns, Some(SampleTime::from_nanos(30)));
    assert_eq!(status.model.as_deref(), Some("seed-2d"));
    let mut all = counters;
    all["clients"] = json!({"connected": 1, "refused": 0});
    assert_eq!(status.counters, Some(all));
    assert!(status.figures.is_some());
}

/// The user who runs the tests, set as the profile's owner.
fn own_uid() -> u32 {
    rustix::process::getuid().as_raw()
}
