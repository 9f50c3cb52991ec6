//! `graspd enroll`: output, refusals, and what a kill leaves behind.

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output};

use graspd::owner::profile::Profile;

use crate::harness::{bundle, graspd, oneself, rows, sample};

fn enroll(program: Command, recordings: &[&Path], out: &Path) -> Output {
    let mut command = program;
    command.arg("enroll").args(recordings).args(oneself());
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

/// The report of an enrolment from recordings without a gyroscope, by the configuration at
/// `config` and `options`; or the refusal.
fn report(config: &Path, options: &[&str]) -> Result<serde_json::Value, (Option<i32>, String)> {
    let dir = tempfile::tempdir().unwrap();
    let recordings = ["enrol-1.csv.zst", "enrol-2.csv.zst"].map(|name| {
        let mut rows = rows(name);
        rows.retain(|row| row.contains("accelerometer"));
        let path = dir.path().join(name.trim_end_matches(".zst"));
        fs::write(&path, rows.concat()).unwrap();
        path
    });
    let mut command = graspd();
    command.args(["enroll", "--json"]).args(recordings);
    command.args(oneself());
    command.arg("--config").arg(config).args(options);
    command.arg("--out").arg(dir.path().join("owner.profile"));
    let output = command.output().unwrap();
    match output.status.success() {
        true => Ok(serde_json::from_slice(&output.stdout).unwrap()),
        false => Err((
            output.status.code(),
            String::from_utf8(output.stderr).unwrap(),
        )),
    }
}

#[test]
fn recordings_are_enrolled_as_the_configuration_has_it_and_options_go_before_it() {
    let dir = tempfile::tempdir().unwrap();
    let config = |name: &str, bundle: &Path, hop: usize, budget: f64| {
        let path = dir.path().join(name);
        let text = format!(
            "[model]\nbundle = {bundle:?}\n[window]\nhop_frames = {hop}\n\
             [enrol]\nfalse_locks_per_day = {budget:?}\n"
        );
        fs::write(&path, text).unwrap();
        path
    };
    let alone = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/accelerometer");
    let ours = config("ours.toml", &alone, 192, 50.0);
    let other = config("other.toml", &bundle(), 96, 0.01);

    let by_config = report(&ours, &[]).unwrap();
    let by_options = [
        "--model",
        alone.to_str().unwrap(),
        "--hop",
        "192",
        "--false-locks-per-day",
        "50",
    ];
    assert_eq!(report(&other, &by_options).unwrap(), by_config);
    // Each of the three makes a difference.
    let (code, said) = report(&other, &[]).unwrap_err();
    assert_eq!(code, Some(65), "{said}");
    assert!(
        said.contains("/usr/share/graspd/models/accelerometer"),
        "{said}"
    );
    let often = report(&ours, &["--hop", "96"]).unwrap();
    assert!(often["used"].as_u64() > by_config["used"].as_u64());
    let strict = report(&ours, &["--false-locks-per-day", "0.01"]).unwrap();
    assert_ne!(strict["threshold"], by_config["threshold"]);

    let (code, said) = report(&dir.path().join("none.toml"), &[]).unwrap_err();
    assert_eq!(code, Some(78), "{said}");
    assert!(said.contains("none.toml"), "{said}");
}

#[test]
fn root_behind_nobody_has_to_say_whose_profile_it_is_to_be() {
    if !rustix::process::geteuid().is_root() {
        skipped::because("only root can find out what root is told");
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("owner.profile");
    let run = |arguments: &[&str], asked_by: Option<(&str, &str)>| {
        let mut command = graspd();
        for variable in ["SUDO_UID", "PKEXEC_UID", "DOAS_USER"] {
            command.env_remove(variable);
        }
        command.envs(asked_by).args(arguments).output().unwrap()
    };
    let recordings = ["enrol-1.csv.zst", "enrol-2.csv.zst"].map(sample);
    let [first, second] = recordings.each_ref().map(|path| path.to_str().unwrap());
    let model = bundle();
    let files = [
        "--model",
        model.to_str().unwrap(),
        "--out",
        out.to_str().unwrap(),
    ];
    let files = [&["enroll", first, second][..], &files].concat();
    let live = ["enroll", "--socket", "/nonexistent/graspd.sock"];
    for (arguments, asked_by) in [
        (&files[..], None),
        (&live, None),
        (&live, Some(("SUDO_UID", "0"))),
        (&live, Some(("DOAS_USER", "root"))),
    ] {
        let output = run(arguments, asked_by);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(64), "{said}");
        assert!(said.contains("--owner UID"), "{said}");
        assert!(!out.exists());
    }
    // To end what was begun needs no owner.
    let output = run(&[&live[..], &["--finish"]].concat(), None);
    assert_eq!(output.status.code(), Some(69), "{output:?}");
    for (variable, value, owner) in [
        ("SUDO_UID", "1000", 1000),
        ("PKEXEC_UID", "1001", 1001),
        ("DOAS_USER", "daemon", 1),
    ] {
        let output = run(&files, Some((variable, value)));
        assert!(output.status.success(), "{output:?}");
        assert_eq!(Profile::load_any(&out).unwrap().owner_uid, owner);
    }
}

#[test]
fn what_the_running_daemon_would_pass_over_is_refused() {
    for (option, key) in [
        (["--model", "models/accelerometer"], "model.bundle"),
        (["--hop", "192"], "window.hop_frames"),
        (["--false-locks-per-day", "5"], "enrol.false_locks_per_day"),
    ] {
        for step in [&[][..], &["--finish"]] {
            let mut command = graspd();
            command.arg("enroll").args(step).args(option);
            command.args(["--socket", "/nonexistent/graspd.sock"]);
            let output = command.output().unwrap();
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(64), "{said}");
            assert_eq!(said.lines().count(), 1, "{said}");
            assert!(said.contains(option[0]) && said.contains(key), "{said}");
        }
    }
}
