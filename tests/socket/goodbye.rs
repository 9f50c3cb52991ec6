//! How connections end.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixListener;
use std::thread;

use graspd::decide::State;
use graspd::publish::{ByeReason, Client, Event, PublishError};

use crate::daemon::{Daemon, hello, state, turn};

#[test]
fn bye_is_everyones_last_event_and_comes_after_all_others() {
    let daemon = Daemon::start();
    let clients: Vec<_> = (0..10).map(|_| daemon.client()).collect();
    daemon.publisher.publish(&state(State::Unlock, 1));
    daemon.publisher.publish(&state(State::Lock, 2));
    daemon.publisher.bye(ByeReason::SourceEnded);
    daemon.publisher.publish(&state(State::Unlock, 3));
    for client in clients {
        let seen: Vec<_> = client.map(Result::unwrap).collect();
        let bye = Event::Bye {
            reason: ByeReason::SourceEnded.into(),
            state: State::Lock,
        };
        assert_eq!(seen, [state(State::Unlock, 1), state(State::Lock, 2), bye]);
    }
    let path = daemon.path.clone();
    daemon.stop();
    assert!(!path.exists(), "the socket is left behind");
}

#[test]
fn a_client_that_never_reads_cannot_keep_the_daemon() {
    let daemon = Daemon::start();
    let _deaf = daemon.raw();
    let mut client = daemon.client();
    for t in 1..2000 {
        daemon.publisher.publish(&turn(t));
        assert_eq!(client.next().unwrap().unwrap(), turn(t));
    }
    daemon.stop();
    assert!(matches!(client.next().unwrap().unwrap(), Event::Bye { .. }));
    assert!(client.next().is_none());
}

#[test]
fn an_end_without_goodbye_is_an_error() {
    let lock = state(State::Lock, 1).to_line();
    for (last, what) in [
        (String::new(), "closed"),
        (lock[..20].to_owned(), "closed within a line"),
        (lock.clone(), "closed before the line's end"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s");
        let listener = UnixListener::bind(&path).unwrap();
        let killed = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let hello = Event::Hello(hello()).to_line();
            write!(stream, "{hello}\n{last}").unwrap();
        });
        let mut client = Client::connect(&path).unwrap();
        let end = client.next().unwrap();
        assert!(
            matches!(end, Err(PublishError::Broken(_))),
            "{what}: {end:?}"
        );
        assert!(client.next().is_none(), "{what}");
        killed.join().unwrap();
    }
}

#[test]
fn a_question_that_a_goodbye_meets_is_not_broken_off_as_one_without() {
    let bye = Event::Bye {
        reason: ByeReason::Stopped.into(),
        state: State::Lock,
    };
    for (last, is_ending) in [
        (format!("{}\n", bye.to_line()), true),
        (String::new(), false),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s");
        let listener = UnixListener::bind(&path).unwrap();
        let ending = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let hello = Event::Hello(hello()).to_line();
            writeln!(stream, "{hello}").unwrap();
            let mut request = String::new();
            let mut requests = BufReader::new(stream.try_clone().unwrap());
            requests.read_line(&mut request).unwrap();
            write!(stream, "{last}").unwrap();
        });
        let mut client = Client::connect(&path).unwrap();
        match (client.status().unwrap_err(), is_ending) {
            (PublishError::Ending(_), true) | (PublishError::Broken(_), false) => {}
            (error, _) => panic!("{error}"),
        }
        ending.join().unwrap();
    }
}
