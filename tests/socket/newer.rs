//! The client with daemons of other versions.

use std::io::Write;
use std::os::unix::net::UnixListener;
use std::thread;

use graspd::decide::State;
use graspd::publish::{Client, Event, PublishError};

use crate::daemon::{hello, state};

/// Connects to a server that sends `text` and closes.
fn listen_to(text: String) -> Result<Client, PublishError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let listener = UnixListener::bind(&path).unwrap();
    let speaker = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        // Fails if the client has closed the connection.
        let _ = stream.write_all(text.as_bytes());
    });
    let client = Client::connect(&path);
    if client.is_err() {
        speaker.join().unwrap();
    }
    client
}

fn greeting() -> String {
    Event::Hello(hello()).to_line() + "\n"
}

#[test]
fn events_and_fields_that_were_added_are_passed_over() {
    let lock = state(State::Lock, 1);
    let added = lock.to_line().replacen('{', r#"{"since_boot":true,"#, 1);
    let text = format!(
        "{}{{\"event\":\"posture\",\"done\":0.5}}\n{added}\n",
        greeting()
    );
    let seen: Vec<_> = listen_to(text)
        .unwrap()
        .take(2)
        .map(Result::unwrap)
        .collect();
    assert_eq!(seen, [Event::Unknown, lock]);
}

#[test]
fn what_is_not_our_protocol_is_refused_in_one_line() {
    let other_version = greeting().replace(r#""v":1"#, r#""v":2"#);
    for (text, expected) in [
        (other_version, "version 2 is not 1"),
        (
            state(State::Lock, 1).to_line() + "\n",
            "no hello came first",
        ),
        (
            "SSH-2.0-OpenSSH_9.9\n".to_owned(),
            "does not greet as graspd does",
        ),
        ("x".repeat(100_000), "an event without end"),
        ("\u{0}\n".to_owned(), "does not greet as graspd does"),
        (String::new(), "it closed the connection"),
    ] {
        let error = listen_to(text).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
        assert!(!error.contains('\n'), "{error}");
    }
}

#[test]
fn an_endless_or_broken_event_ends_the_conversation() {
    for bad in ["x".repeat(100_000), "{\"event\":\"lock\"}\n".to_owned()] {
        let mut client = listen_to(greeting() + &bad).unwrap();
        let error = client.next().unwrap().unwrap_err();
        assert!(matches!(error, PublishError::Protocol { .. }), "{error}");
        assert!(client.next().is_none());
    }
}
