//! The program without a session, and how it is used.

// clippy.toml allows these in tests, but does not recognise this crate as one.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::process::Command;

fn run(arguments: &[&str]) -> (Option<i32>, String) {
    let ran = Command::new(env!("CARGO_BIN_EXE_graspd-agent"))
        .args(arguments)
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned();
    (
        ran.status.code(),
        said + &String::from_utf8_lossy(&ran.stderr),
    )
}

#[test]
fn it_says_how_it_is_used_and_where_it_belongs() {
    let (code, said) = run(&["--help"]);
    assert_eq!((code, said.contains("--socket PATH")), (Some(0), true));
    assert_eq!(run(&["--loudly"]).0, Some(64));
    assert_eq!(run(&["--socket"]).0, Some(64));
    let (code, said) = run(&[]);
    assert_eq!(code, Some(69));
    assert!(said.contains("start this in a session"), "{said}");
}

#[test]
fn a_system_without_descriptors_is_not_taken_for_a_missing_session() {
    // One, which the event loop alone needs more of.
    let limited = "exec 3>&-; ulimit -n 4; exec \"$0\"";
    let ran = Command::new("sh")
        .args(["-c", limited, env!("CARGO_BIN_EXE_graspd-agent")])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stderr);
    assert_eq!(ran.status.code(), Some(71), "{said}");
    assert!(!said.contains("session"), "{said}");
}
