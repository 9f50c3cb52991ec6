//! `graspd demo`.

use std::fs::File;
use std::process::Stdio;

use crate::harness::graspd;

#[test]
fn the_demonstration_enrols_one_person_and_locks_the_other() {
    let output = graspd().arg("demo").output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}");
    // The output says that the people are simulated, and what that means for the model.
    assert!(said.starts_with("Two SIMULATED people."), "{said}");
    assert!(said.contains("what to expect is a guess"), "{said}");

    let told = |line: &str| line.split_whitespace().nth(1).map(str::to_owned);
    let states: Vec<(&str, String)> = said
        .lines()
        .filter(|line| line.starts_with("+0:"))
        .filter_map(|line| Some((line, told(line)?)))
        .collect();
    let locks: Vec<&str> = states
        .iter()
        .filter(|(_, state)| state == "LOCK")
        .map(|(line, _)| &line[..8])
        .collect();
    // The phone changes hands at 2 min 30 s; the last line gives the final state.
    assert_eq!(locks.len(), 2, "{said}");
    assert!(locks[0] > "+0:02:30" && locks[0] < "+0:03:30", "{said}");
    assert!(states.iter().any(|(_, state)| state == "unlock"), "{said}");
}

#[test]
fn a_reader_who_has_seen_enough_is_no_reason_to_panic() {
    let mut demo = graspd()
        .arg("demo")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(demo.stdout.take());
    let done = demo.wait_with_output().unwrap();
    assert!(done.status.success(), "{done:?}");

    let full = File::options().write(true).open("/dev/full").unwrap();
    let done = graspd().arg("demo").stdout(full).output().unwrap();
    assert_eq!(done.status.code(), Some(74), "{done:?}");
}
