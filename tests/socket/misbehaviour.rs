//! Misbehaving clients do no harm to the daemon and to other clients.

use std::io::{ErrorKind, Write};
use std::net::Shutdown;
use std::thread;

use graspd::decide::State;
use graspd::publish::{Client, Event, PublishError};
use proptest::prelude::*;

use crate::daemon::{Daemon, complaint, read_all, state, turn};

#[test]
fn a_slow_reader_learns_what_it_missed_and_holds_up_nobody() {
    const EVENTS: i64 = 5000;
    let daemon = Daemon::start();
    let slow = daemon.client();
    let mut quick = daemon.client();
    for t in 1..=EVENTS {
        daemon.publisher.publish(&turn(t));
        assert_eq!(quick.next().unwrap().unwrap(), turn(t));
    }

    let (mut received, mut missed, mut newest) = (0, 0, 0);
    for event in slow {
        match event.unwrap() {
            Event::Lagged { missed: more } => missed += more,
            event => {
                let t = event.state_change().unwrap().1.t_ns.nanos();
                assert!(t > newest, "{t} after {newest}");
                assert_eq!(event, turn(t));
                (newest, received) = (t, received + 1);
            }
        }
        if newest == EVENTS {
            break;
        }
    }
    assert!(missed > 0, "nothing was dropped: the test is too small");
    assert_eq!(received + missed, EVENTS as u64);
}

#[test]
fn a_client_that_takes_nothing_loses_its_place() {
    let daemon = Daemon::with(None, |config| {
        config.max_clients = 2;
        config.write_timeout_ms = 20;
    });
    let deaf = daemon.raw();
    let mut client = daemon.client();
    for t in 1..2000 {
        daemon.publisher.publish(&turn(t));
        assert_eq!(client.next().unwrap().unwrap(), turn(t));
    }
    // The place is free again only once the daemon has dropped the client.
    let _heir = loop {
        match Client::connect(&daemon.path) {
            Ok(client) => break client,
            Err(PublishError::NoPlace(_)) => thread::yield_now(),
            Err(other) => panic!("{other}"),
        }
    };
    let seen = read_all(deaf);
    assert!(!seen.iter().any(|event| matches!(event, Event::Bye { .. })));
}

#[test]
fn a_client_too_many_is_told_so() {
    let daemon = Daemon::with(None, |config| config.max_clients = 1);
    let first = daemon.client();
    let error = Client::connect(&daemon.path).unwrap_err();
    assert!(error.to_string().contains("too many clients"), "{error}");
    drop(first);
    while Client::connect(&daemon.path).is_err() {
        thread::yield_now();
    }
}

#[test]
fn rubbish_is_answered_a_few_times_and_then_no_more() {
    let daemon = Daemon::start();
    let mut stream = daemon.raw();
    stream.write_all("what?\n".repeat(20).as_bytes()).unwrap();
    let seen = read_all(stream);
    let (hello, errors) = seen.split_first().unwrap();
    assert!(matches!(hello, Event::Hello(_)));
    assert_eq!(errors.len(), 9);
    for error in &errors[..8] {
        assert!(complaint(error).contains("is no request"));
    }
    assert!(complaint(&errors[8]).contains("too many refused requests"));
}

#[test]
fn an_endless_request_is_cut_short() {
    let daemon = Daemon::start();
    let mut stream = daemon.raw();
    let reading = stream.try_clone().unwrap();
    let writer = thread::spawn(move || {
        loop {
            if let Err(why) = stream.write_all(&[b'x'; 1024]) {
                return why.kind();
            }
        }
    });
    let end = writer.join().unwrap();
    assert!(
        matches!(end, ErrorKind::BrokenPipe | ErrorKind::ConnectionReset),
        "{end}"
    );
    let seen = read_all(reading);
    assert!(complaint(&seen[1]).contains("at most 4096 bytes"));
    assert_eq!(seen.len(), 2);
}

#[test]
fn a_longer_line_than_allowed_is_refused_even_when_it_ends() {
    let daemon = Daemon::start();
    let mut client = daemon.client();
    let padding = " ".repeat(4096);
    client
        .request(&format!(r#"{{"request":"status"{padding}}}"#))
        .unwrap();
    let event = client.next().unwrap().unwrap();
    assert!(complaint(&event).contains("at most 4096 bytes"));
}

#[test]
fn clients_that_die_anywhere_leave_the_others_alone() {
    let daemon = Daemon::start();
    let mut steady = daemon.client();
    let request = br#"{"request":"status"}"#;
    // More clients than there are places.
    for t in 1..=200 {
        let mut dying = daemon.raw();
        // Refused while the daemon has not yet noticed the closed ones.
        let _ = dying.write_all(&request[..t as usize % request.len()]);
        drop(dying);
        daemon.publisher.publish(&turn(t));
        assert_eq!(steady.next().unwrap().unwrap(), turn(t));
    }
    while Client::connect(&daemon.path).is_err() {
        thread::yield_now();
    }
}

#[test]
fn asking_without_listening_holds_up_only_oneself() {
    let daemon = Daemon::start();
    let mut greedy = daemon.raw();
    greedy.set_nonblocking(true).unwrap();
    let mut steady = daemon.client();
    for t in 1..=200 {
        // Until the buffers are full, then as much as fits.
        let _ = greedy.write(&b"{\"request\":\"status\"}\n".repeat(100));
        daemon.publisher.publish(&turn(t));
        assert_eq!(steady.next().unwrap().unwrap(), turn(t));
    }
}

#[test]
fn no_bytes_from_a_client_stop_the_server() {
    let daemon = Daemon::start();
    let piece = prop_oneof![
        prop::collection::vec(any::<u8>(), 0..200),
        Just(b"\n".to_vec()),
        Just(br#"{"request":"status"}"#.to_vec()),
        Just(br#"{"request":"subscribe","scores":1e999}"#.to_vec()),
        Just(vec![b'['; 3000]),
        Just(vec![b' '; 5000]),
    ];
    let config = ProptestConfig::with_cases(128);
    proptest!(config, |(pieces in prop::collection::vec(piece, 0..12))| {
        let mut stream = daemon.raw();
        // The daemon closes the connection on some of it.
        let _ = stream.write_all(&pieces.concat());
        let _ = stream.shutdown(Shutdown::Write);
        let seen = read_all(stream);
        prop_assert!(matches!(seen.first(), Some(Event::Hello(_))));
        let answers = seen[1..].iter().filter(|event| {
            matches!(event, Event::Status(_) | Event::Error { .. })
        });
        prop_assert_eq!(answers.count(), seen.len() - 1);
    });
    let mut client = daemon.client();
    daemon.publisher.publish(&state(State::Lock, 1));
    assert_eq!(client.next().unwrap().unwrap(), state(State::Lock, 1));
}
