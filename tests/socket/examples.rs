//! The example clients of docs/protocol.md, run unchanged.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use graspd::decide::State;
use graspd::publish::{Event, Mode, Request};

use crate::daemon::{Daemon, state};

fn in_python() -> Command {
    let mut python = Command::new("python3");
    python.arg("docs/examples/watch.py");
    python
}

fn in_shell() -> Command {
    let mut shell = Command::new("sh");
    shell.arg("docs/examples/watch.sh");
    shell.env("GRASPD", env!("CARGO_BIN_EXE_graspd"));
    shell
}

/// What an example prints for a lock in hello, an unlock, a lock, and the end.
fn hear(mut example: Command, mode: Mode) -> Option<Vec<String>> {
    let daemon = Daemon::in_mode(mode);
    daemon.publisher.publish(&state(State::Lock, 1));
    let child = example
        .env("GRASPD_SOCKET", &daemon.path)
        .stdout(Stdio::piped())
        .spawn();
    let Ok(mut child) = child else {
        skipped::because(format!(
            "{:?} is not installed, so an example client was NOT tried",
            example.get_program()
        ));
        return None;
    };
    let mut heard = BufReader::new(child.stdout.take().unwrap());
    // Its first line shows that it is connected: the hello says lock, or that none counts.
    let mut text = String::new();
    heard.read_line(&mut text).unwrap();
    daemon.publisher.publish(&state(State::Unlock, 2));
    daemon.publisher.publish(&state(State::Lock, 3));
    daemon.stop();
    heard.read_to_string(&mut text).unwrap();
    assert!(child.wait().unwrap().success());
    Some(text.lines().map(str::to_owned).collect())
}

#[test]
fn the_python_client_says_when_to_lock() {
    let Some(lines) = hear(in_python(), Mode::Live) else {
        return;
    };
    assert_eq!(
        lines,
        [
            "lock: evidence",
            "lock: evidence",
            "lock: graspd said goodbye: stopped"
        ]
    );
}

#[test]
fn the_shell_client_says_when_to_lock() {
    let Some(lines) = hear(in_shell(), Mode::Live) else {
        return;
    };
    let starts: Vec<_> = lines
        .iter()
        .map(|line| {
            line.split_once(": ")
                .map_or(line.as_str(), |(word, _)| word)
        })
        .collect();
    assert_eq!(starts, ["lock", "trusted", "lock", "lock"]);
    assert!(lines[3].ends_with("graspd went away"));
}

#[test]
fn neither_client_locks_where_graspd_observes_or_plays_a_recording() {
    for mode in [Mode::Observe, Mode::Replay] {
        for example in [in_python(), in_shell()] {
            let Some(lines) = hear(example, mode) else {
                continue;
            };
            let [only] = &lines[..] else {
                panic!("{mode:?}: {lines:?}");
            };
            assert!(only.starts_with("nothing is to be locked: "), "{only}");
        }
    }
}

#[test]
fn no_daemon_is_a_reason_to_lock() {
    let output = in_python()
        .env("GRASPD_SOCKET", "/nonexistent/graspd.sock")
        .output();
    let Ok(output) = output else {
        skipped::because("python3 is not installed, so the example client was NOT tried");
        return;
    };
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("lock: /nonexistent/graspd.sock"), "{said}");
}

#[test]
fn the_protocols_page_quotes_what_is_tested() {
    let page = include_str!("../../docs/protocol.md");
    let quoted = |client: &str| page.contains(&format!("\n{client}```"));
    assert!(quoted(include_str!("../../docs/examples/watch.py")));
    assert!(quoted(include_str!("../../docs/examples/watch.sh")));
    for line in page.lines().filter_map(|line| line.strip_prefix("← ")) {
        let event = Event::from_line(line).unwrap();
        assert_eq!(event.to_line(), line);
    }
    for line in page.lines().filter_map(|line| line.strip_prefix("→ ")) {
        Request::from_line(line.as_bytes()).unwrap();
    }
}
