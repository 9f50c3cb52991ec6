//! `graspd report` on the events of a recording.

use std::fs::{self, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::{Output, Stdio};

use crate::harness::{bundle, graspd, profile, sample};

fn report(events: &[u8], out: &std::path::Path) -> Output {
    let mut child = graspd()
        .args(["report", "-", "--out"])
        .arg(out)
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(events).unwrap();
    child.wait_with_output().unwrap()
}

#[test]
fn a_hand_over_becomes_a_page_with_its_lock() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("day.html");
    let replayed = graspd()
        .arg("replay")
        .arg(sample("hand-over.csv.zst"))
        .args(["--json", "--profile"])
        .arg(profile())
        .arg("--model")
        .arg(bundle())
        .output()
        .unwrap();
    let mut events = replayed.stdout;
    let lines = events.split(|byte| *byte == b'\n').count() - 1;
    events.extend(b"not an event\n\xff\n");
    let drawn = report(&events, &page);
    let said = String::from_utf8_lossy(&drawn.stderr);
    assert!(drawn.status.success(), "{said}");
    let counted = format!("events {lines}, unknown ones 0, lines that are no events 2");
    assert!(said.contains(&counted), "{said}");

    let text = fs::read_to_string(&page).unwrap();
    assert_eq!(text.matches("role=\"img\"").count(), 2);
    // The other person's use ends in one lock after a warning; before, the device is at
    // rest.
    assert_eq!(text.matches(">would be locked</td>").count(), 1);
    assert!(text.contains("the motion is not the owner's"));
    assert!(text.contains("warnings: 1"));
    assert!(text.contains("at rest 0:00:"));
}

#[test]
fn a_page_is_for_its_owner_alone_and_so_is_one_that_was_not() {
    let folder = tempfile::tempdir().unwrap();
    let page = folder.path().join("day.html");
    let mode = || fs::metadata(&page).unwrap().permissions().mode() & 0o777;
    assert!(report(b"", &page).status.success());
    assert_eq!(mode(), 0o600);
    let first = fs::read(&page).unwrap();

    fs::write(&page, "x".repeat(1 << 20)).unwrap();
    fs::set_permissions(&page, Permissions::from_mode(0o644)).unwrap();
    assert!(report(b"", &page).status.success());
    assert_eq!(mode(), 0o600);
    assert!(
        fs::read(&page).unwrap() == first,
        "the longer page shows through"
    );
}

#[test]
fn what_cannot_be_read_or_written_is_named() {
    let nowhere = std::path::Path::new("/nonexistent/day");
    let unread = graspd()
        .args(["report", "/nonexistent/day", "--out", "/nonexistent/page"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&unread.stderr);
    assert!(said.contains("cannot read /nonexistent/day"), "{said}");
    assert_eq!(unread.status.code(), Some(66));
    assert_eq!(report(b"", nowhere).status.code(), Some(73));
}
