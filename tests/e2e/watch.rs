//! `graspd watch` on a whole terminal, which script(1) plays.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use crate::harness::Device;

/// What leaves the page of the terminal.
const LEFT: &str = "\x1b[?1049l";
const HELLO: &str = r#"{"event":"hello","v":1,"daemon":"graspd 0.1.0","state":"lock","reason":"evidence","t_ns":1,"mode":"live"}"#;
const BYE: &str = r#"{"event":"bye","reason":"stopped","state":"lock"}"#;

/// The program at `socket` on a terminal whose output is written to `shown`; `None`, with a
/// notice, without script(1).
fn watch(socket: &Path, shown: &Path) -> Option<Child> {
    let command = format!(
        "{} watch --socket {}",
        env!("CARGO_BIN_EXE_graspd"),
        socket.display()
    );
    let mut script = Command::new("script");
    script.args(["-qefc", &command]).arg(shown);
    // A key that ends it would be read from a closed input.
    script.stdin(Stdio::piped()).stdout(Stdio::null());
    let Ok(started) = script.env("TERM", "xterm").spawn() else {
        skipped::because("there is no script(1) to play a terminal, so it was NOT watched on one");
        return None;
    };
    Some(started)
}

/// What is on the terminal once the program has ended, and whether it succeeded.
fn left(mut watching: Child, shown: &Path) -> (String, bool) {
    let started = Instant::now();
    let ended = loop {
        if let Some(status) = watching.try_wait().unwrap() {
            break status;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "it goes on");
        thread::sleep(Duration::from_millis(20));
    };
    let all = String::from_utf8_lossy(&fs::read(shown).unwrap()).into_owned();
    let (_, left) = all.rsplit_once(LEFT).expect("the page is left");
    (left.to_owned(), ended.success())
}

#[test]
fn the_daemons_end_is_said_as_a_line_that_stays() {
    let device = Device::live("");
    let daemon = device.start_ready();
    let shown = device.file("shown");
    let Some(watching) = watch(&device.socket(), &shown) else {
        return;
    };
    let drawn = || {
        fs::read_to_string(&shown)
            .ok()?
            .contains("q ends this")
            .then_some(())
    };
    daemon.patiently(drawn).expect("nothing is drawn");
    daemon.signal(Signal::TERM);
    let (left, well) = left(watching, &shown);
    assert!(
        left.contains("until the end: graspd was stopped"),
        "{left:?}"
    );
    assert!(well, "{left:?}");
}

#[test]
fn a_request_that_meets_the_end_does_not_take_it_for_a_broken_connection() {
    let folder = tempfile::tempdir().unwrap();
    let (socket, shown) = (folder.path().join("s"), folder.path().join("shown"));
    let listener = UnixListener::bind(&socket).unwrap();
    let Some(watching) = watch(&socket, &shown) else {
        return;
    };
    let (mut events, _) = listener.accept().unwrap();
    writeln!(events, "{HELLO}").unwrap();
    let (mut asked, _) = listener.accept().unwrap();
    writeln!(asked, "{HELLO}").unwrap();
    let mut request = String::new();
    BufReader::new(&asked).read_line(&mut request).unwrap();
    assert!(request.contains("status"), "{request}");
    writeln!(asked, "{BYE}").unwrap();
    drop(asked);
    // Meanwhile the other connection is not known to have ended.
    thread::sleep(Duration::from_millis(100));
    writeln!(events, "{BYE}").unwrap();
    let (left, well) = left(watching, &shown);
    assert!(
        left.contains("until the end: graspd was stopped"),
        "{left:?}"
    );
    assert!(well, "{left:?}");
}
