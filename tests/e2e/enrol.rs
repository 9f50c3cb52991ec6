//! `graspd enroll`: output, refusals, and what a kill leaves behind.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output};

use graspd::owner::profile::Profile;

use crate::harness::{bundle, graspd, rows, sample};

fn enroll(program: Command, recordings: &[&Path], out: &Path) -> Output {
    let mut command = program;
    command.arg("enroll").args(recordings);
    command.args(["--gamma", "auto", "--model"]).arg(bundle());
    command.arg("--out").arg(out).output().unwrap()
}

fn refusal(recordings: &[&Path]) -> (Option<i32>, String) {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("owner.profile");
    let output = enroll(graspd(), recordings, &out);
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0, "left a file");
    (
        output.status.code(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
fn it_says_what_it_used_and_how_consistent_that_is() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("owner.profile");
    let session = sample("hand-over.csv.zst");
    let output = enroll(graspd(), &[&sample("enrol-1.csv.zst"), &session], &out);
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success());
    for part in [
        "enrol-1.csv.zst: ",
        "windows used",
        "lying still",
        "held-out windows of the owner accepted",
    ] {
        assert!(said.contains(part), "no {part:?} in {said}");
    }
    let profile = Profile::load_any(&out).unwrap();
    assert_eq!(profile.owner_uid, rustix::process::geteuid().as_raw());
    assert!(profile.enrolment.windows > 300 && profile.enrolment.at_rest > 0);
}

#[test]
fn it_refuses_too_little_too_uniform_and_no_recording() {
    let dir = tempfile::tempdir().unwrap();
    let short = dir.path().join("short.csv");
    fs::write(&short, rows("enrol-1.csv.zst")[..6000].concat()).unwrap();
    let (code, said) = refusal(&[&short]);
    assert_eq!(code, Some(65), "{said}");
    assert!(said.contains("60 is the least"), "{said}");

    let enrol_1 = sample("enrol-1.csv.zst");
    let (code, said) = refusal(&[&enrol_1, &enrol_1]);
    assert_eq!(code, Some(65), "{said}");
    assert!(said.contains("repeat another"), "{said}");

    let (code, said) = refusal(&[Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("Cargo.toml")
        .as_path()]);
    assert_eq!(code, Some(65), "{said}");
    assert!(said.contains("is no recording"), "{said}");

    let (code, said) = refusal(&[Path::new("/nowhere.csv")]);
    assert_eq!(code, Some(66), "{said}");
    assert!(said.contains("/nowhere.csv"), "{said}");

    let cut = dir.path().join("cut.csv.zst");
    let bytes = fs::read(&enrol_1).unwrap();
    fs::write(&cut, &bytes[..bytes.len() / 2]).unwrap();
    let (code, said) = refusal(&[&cut]);
    assert_eq!(code, Some(66), "{said}");
    assert!(said.contains("cut.csv.zst"), "{said}");
}

#[test]
fn a_kill_at_any_byte_leaves_the_old_profile_or_the_new() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("owner.profile");
    let (first, second) = (sample("enrol-1.csv.zst"), sample("enrol-2.csv.zst"));
    assert!(enroll(graspd(), &[&first], &out).status.success());
    let old = fs::read(&out).unwrap();
    for bytes in [0, 1, 51, 52, 4096, old.len() / 2] {
        // RLIMIT_FSIZE kills a process that writes beyond this size: setrlimit(2).
        let mut killed = Command::new("prlimit");
        killed.arg(format!("--fsize={bytes}"));
        killed.arg(env!("CARGO_BIN_EXE_graspd"));
        let output = enroll(killed, &[&second], &out);
        const SIGXFSZ: i32 = 25;
        assert_eq!(output.status.signal(), Some(SIGXFSZ), "{output:?}");
        assert_eq!(fs::read(&out).unwrap(), old, "killed at byte {bytes}");
    }
    // Files that the killed process left do not matter.
    assert!(enroll(graspd(), &[&second], &out).status.success());
    assert_ne!(fs::read(&out).unwrap(), old);
    let entries = fs::read_dir(dir.path()).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, ["owner.profile", "owner.profile.windows"]);
}
