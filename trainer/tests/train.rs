//! `grasp-train train` from recordings to a bundle, through the binary.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use graspd::model::Embedder;
use graspd::model::{Bundle, Manifest};

/// Writes sessions of `people` in HMOG's layout: 8 s of a swinging phone each,
/// everyone at a pace of their own.
fn recordings(root: &Path, people: &[&str], sessions: u32) {
    for (person, id) in people.iter().enumerate() {
        for session in 1..=sessions {
            let folder = root.join(format!("public_dataset/{id}/{id}_session_{session}"));
            fs::create_dir_all(&folder).unwrap();
            let pace = 3.0 + person as f64 * 1.7 + f64::from(session) * 0.1;
            for (file, level) in [("Accelerometer.csv", 9.8), ("Gyroscope.csv", 0.0)] {
                let row = |i: u32| {
                    let (ms, phase) = (i * 10, f64::from(i) * 0.01 * pace);
                    let (x, y) = (phase.sin(), (1.3 * phase).cos());
                    format!("{ms},{ms}000000,1,{x},{y},{level},0\n")
                };
                fs::write(folder.join(file), (0..800).map(row).collect::<String>()).unwrap();
            }
        }
    }
}

fn train(data: &str, out: &Path, more: &[&str]) -> Output {
    train_arch("seed-2d", data, out, more)
}

fn train_arch(arch: &str, data: &str, out: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_grasp-train"))
        .args(["train", "--arch", arch, "--data", data, "--out"])
        .arg(out)
        .args(more)
        .output()
        .unwrap()
}

/// A run small enough for a test.
const SMALL: [&str; 10] = [
    "--window", "64", "--hop", "32", "--pairs", "16", "--batch", "8", "--epochs", "2",
];

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    entries
        .map(|path| (path.file_name().unwrap().into(), fs::read(path).unwrap()))
        .collect()
}

#[test]
fn the_same_seed_gives_the_same_bytes_on_any_number_of_threads() {
    let dir = tempfile::tempdir().unwrap();
    recordings(dir.path(), &["11", "22"], 3);
    let data = format!("hmog={}", dir.path().display());
    let bundle = |name: &str, seed: &str, threads: &str| {
        let out = dir.path().join(name);
        let run = Command::new(env!("CARGO_BIN_EXE_grasp-train"))
            .args([
                "train", "--arch", "seed-2d", "--data", &data, "--seed", seed, "--out",
            ])
            .arg(&out)
            .args(SMALL)
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .unwrap();
        assert!(
            run.status.success(),
            "{}",
            String::from_utf8_lossy(&run.stderr)
        );
        files(&out)
    };
    let first = bundle("a", "1", "1");
    assert_eq!(first, bundle("b", "1", "3"));
    let other = bundle("c", "2", "1");
    assert_ne!(
        first[Path::new("branch.onnx")],
        other[Path::new("branch.onnx")]
    );
}

/// Whether a whole epoch is kept; half of one has another name.
fn has_kept_an_epoch(checkpoint: &Path) -> bool {
    let entries = fs::read_dir(checkpoint).into_iter().flatten();
    entries
        .map(|entry| entry.unwrap().path())
        .any(|path| path.extension().is_none())
}

/// Starts a training and kills it when an epoch has been kept.
fn train_and_kill(data: &str, out: &Path, checkpoint: &Path, more: &[&str]) {
    let mut run = Command::new(env!("CARGO_BIN_EXE_grasp-train"))
        .args(["train", "--arch", "seed-1d", "--data", data, "--out"])
        .arg(out)
        .arg("--checkpoint")
        .arg(checkpoint)
        .args(more)
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    while !has_kept_an_epoch(checkpoint) {
        assert!(
            run.try_wait().unwrap().is_none(),
            "ended before it kept anything"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
    run.kill().unwrap();
    run.wait().unwrap();
    assert!(!out.exists(), "ended before it was killed");
}

/// A run that takes many epochs, so that it can be killed between two of them.
const LONG: [&str; 14] = [
    "--window",
    "64",
    "--hop",
    "32",
    "--pairs-per-person",
    "8",
    "--batch",
    "4",
    "--epochs",
    "60",
    "--measure-every",
    "7",
    "--patience",
    "50",
];

#[test]
fn an_interrupted_training_ends_in_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    recordings(dir.path(), &["11", "22"], 3);
    // Two sessions each are held out of ten, so that there is something to be
    // patient about.
    recordings(dir.path(), &["33", "44"], 6);
    let data = format!("hmog={}", dir.path().display());
    let succeeds = |out: &Path, more: &[&str]| {
        let run = train_arch("seed-1d", &data, out, &[&LONG[..], more].concat());
        let told = String::from_utf8_lossy(&run.stderr).into_owned();
        assert!(run.status.success(), "{told}");
        told
    };
    for optimiser in ["adam", "sgd", "rmsprop"] {
        let (whole, cut) = (dir.path().join("whole"), dir.path().join("cut"));
        let checkpoint = dir.path().join("kept");
        let options = ["--optimiser", optimiser];
        succeeds(&whole, &options);
        train_and_kill(&data, &cut, &checkpoint, &[&LONG[..], &options].concat());
        let kept = ["--checkpoint", checkpoint.to_str().unwrap(), "--resume"];
        let told = succeeds(&cut, &[&options[..], &kept].concat());
        assert!(told.contains("going on after epoch"), "{told}");
        assert_eq!(files(&whole), files(&cut), "{optimiser}");
        assert!(!checkpoint.exists(), "a checkpoint outlives its training");
        fs::remove_dir_all(whole).unwrap();
        fs::remove_dir_all(cut).unwrap();
    }
}

#[test]
fn a_checkpoint_is_gone_on_with_only_as_it_was() {
    let dir = tempfile::tempdir().unwrap();
    recordings(dir.path(), &["11", "22"], 3);
    let data = format!("hmog={}", dir.path().display());
    let (out, checkpoint) = (dir.path().join("out"), dir.path().join("kept"));
    let long = &LONG[..12];
    train_and_kill(&data, &out, &checkpoint, long);
    let kept = ["--checkpoint", checkpoint.to_str().unwrap()];
    let refused = |more: &[&str], why: &str| {
        let run = train_arch("seed-1d", &data, &out, &[long, &kept, more].concat());
        let told = String::from_utf8_lossy(&run.stderr).into_owned();
        let last = told.lines().last().unwrap_or_default();
        assert!(!run.status.success() && last.contains(why), "{told}");
        assert!(!out.exists());
    };
    refused(&[], "--resume goes on with it");
    refused(&["--resume", "--seed", "2"], "with other options");
    for entry in fs::read_dir(&checkpoint).unwrap() {
        let weights = entry.unwrap().path().join("branch.bpk");
        // A partial folder of the kill may lie beside the whole one.
        if let Ok(mut bytes) = fs::read(&weights) {
            *bytes.last_mut().unwrap() ^= 1;
            fs::write(&weights, bytes).unwrap();
        }
    }
    refused(&["--resume"], "branch.bpk cannot be gone on with");
    recordings(dir.path(), &["22"], 4);
    refused(&["--resume"], "on other recordings");
}

#[test]
fn patience_ends_with_the_best_weights() {
    let dir = tempfile::tempdir().unwrap();
    recordings(dir.path(), &["11", "22"], 3);
    let data = format!("hmog={}", dir.path().display());
    let out = dir.path().join("bundle");
    // So long a step goes wrong after an epoch or two.
    let hasty = ["--lr", "0.05", "--epochs", "40", "--patience", "2"];
    let options = [&LONG[..8], &hasty].concat();
    let run = train(&data, &out, &options);
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    let history = fs::read_to_string(out.join("history.csv")).unwrap();
    let losses: Vec<f64> = history
        .lines()
        .skip(2)
        .map(|row| row.split(',').nth(2).unwrap().parse().unwrap())
        .collect();
    let best = (0..losses.len())
        .min_by(|&a, &b| losses[a].total_cmp(&losses[b]))
        .unwrap();
    assert!(losses.len() < 40, "never out of patience:\n{history}");
    assert_eq!(losses.len(), best + 1 + 2, "{history}");
    // Only the best epoch's row and the first have figures: nothing else was due.
    let measured = |row: &str| !row.ends_with(",,,");
    let rows: Vec<bool> = history.lines().skip(1).map(measured).collect();
    assert!(rows[0] && rows[best + 1], "{history}");
}

#[test]
fn a_device_that_was_not_built_in_says_how_to_build_it() {
    let dir = tempfile::tempdir().unwrap();
    for (device, built) in [
        ("cuda", cfg!(feature = "cuda")),
        ("wgpu", cfg!(feature = "wgpu")),
    ] {
        if !built {
            let run = train(
                "hmog=nowhere",
                &dir.path().join("out"),
                &["--device", device],
            );
            let told = String::from_utf8_lossy(&run.stderr).into_owned();
            assert!(told.contains(&format!("--features {device}")), "{told}");
        }
    }
}

#[test]
fn a_dashboard_needs_a_build_that_has_it_and_a_terminal() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("out");
    let run = train("hmog=nowhere", &out, &["--progress", "dashboard"]);
    let told = String::from_utf8_lossy(&run.stderr).into_owned();
    let why = match cfg!(feature = "dashboard") {
        true => "needs a terminal",
        false => "--features dashboard",
    };
    assert!(!run.status.success() && told.contains(why), "{told}");
}

/// On a terminal of `script`'s.
#[cfg(feature = "dashboard")]
#[test]
fn a_dashboard_changes_nothing_that_is_learnt() {
    let dir = tempfile::tempdir().unwrap();
    recordings(dir.path(), &["11", "22"], 3);
    let data = format!("hmog={}", dir.path().display());
    let (plain, drawn) = (dir.path().join("plain"), dir.path().join("drawn"));
    assert!(train(&data, &plain, &SMALL).status.success());
    let command = format!(
        "stty cols 100 rows 40; {} train --arch seed-2d --data {data} --out {} {} --progress dashboard",
        env!("CARGO_BIN_EXE_grasp-train"),
        drawn.display(),
        SMALL.join(" "),
    );
    let run = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .env("TERM", "xterm")
        .output()
        .unwrap();
    let screen = String::from_utf8_lossy(&run.stdout).into_owned();
    assert!(
        run.status.success() && screen.contains("Progress"),
        "{screen}"
    );
    assert_eq!(files(&plain), files(&drawn));
}

#[test]
fn a_bundle_says_what_it_is_and_is_what_it_says() {
    let dir = tempfile::tempdir().unwrap();
    recordings(dir.path(), &["11", "22", "33"], 2);
    let out = dir.path().join("bundle");
    let data = format!("hmog={},people=11+33", dir.path().display());
    let run = train(&data, &out, &SMALL);
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );

    let files = files(&out);
    let text = |name: &str| String::from_utf8(files[Path::new(name)].clone()).unwrap();
    let manifest: Manifest = toml::from_str(&text("manifest.toml")).unwrap();
    assert_eq!(manifest.input.frames, 64);
    assert_eq!(manifest.output.embedding, 64 * 4);
    assert_eq!(manifest.training.data[0].people, ["11", "33"]);
    let daemons_view = Embedder::new(&Bundle::open(&out).unwrap()).unwrap();
    assert_eq!(daemons_view.embedding_len(), manifest.output.embedding);
    let (command, card) = (&manifest.training.command, text("README.md"));
    assert!(card.contains(command.as_str()));
    for (name, contents) in &files {
        let leak = dir.path().to_str().unwrap().as_bytes();
        let leaks = contents.windows(leak.len()).any(|part| part == leak);
        assert!(!leaks, "{} names a local path", name.display());
    }
    // The names, what was before, and two epochs.
    assert_eq!(text("history.csv").lines().count(), 1 + 1 + 2);
}

#[test]
fn broken_sessions_are_named_and_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    recordings(dir.path(), &["11", "22"], 2);
    let session = |of: &str| dir.path().join("public_dataset").join(of);
    fs::remove_file(session("11/11_session_2/Gyroscope.csv")).unwrap();
    fs::write(session("22/22_session_1/Accelerometer.csv"), "rubbish\n").unwrap();
    let data = format!("hmog={}", dir.path().display());
    let run = train(&data, &dir.path().join("bundle"), &SMALL);
    let told = String::from_utf8_lossy(&run.stderr).into_owned();
    assert!(run.status.success(), "{told}");
    for part in [
        "11 session 2: ",
        "Gyroscope.csv",
        "22 session 1: ",
        "2 sessions (2 skipped)",
    ] {
        assert!(told.contains(part), "`{part}` is not in:\n{told}");
    }
}

#[test]
fn what_cannot_work_is_refused_in_one_line() {
    let dir = tempfile::tempdir().unwrap();
    recordings(dir.path(), &["11", "22"], 1);
    let root = dir.path().display();
    let taken = dir.path().join("taken");
    fs::create_dir(&taken).unwrap();
    let free = dir.path().join("free");
    let cases = [
        (format!("hmog={root}"), &taken, "exists already"),
        (format!("hmog={root},people=11"), &free, "two people"),
        (format!("hmog={root},people=11+99"), &free, "no person `99`"),
        (
            format!("hmog={root}/public_dataset/11"),
            &free,
            "holds no hmog data",
        ),
        (format!("hmog={root}/nowhere"), &free, "cannot read"),
    ];
    for (data, out, why) in cases {
        let run = train(&data, out, &SMALL);
        let told = String::from_utf8_lossy(&run.stderr).into_owned();
        let last = told.lines().last().unwrap_or_default();
        assert!(
            !run.status.success() && last.contains(why),
            "{data}: {told}"
        );
        assert!(!free.exists());
    }
}

/// The command that CI runs on real recordings.
#[test]
fn a_few_steps_on_hmog() {
    let Some(data) = std::env::var_os("GRASPD_DATA") else {
        skipped::because("GRASPD_DATA names no folder, so NO real recordings were trained on");
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("bundle");
    let hmog = Path::new(&data).join("hmog");
    let few = [
        "--steps",
        "2",
        "--batch",
        "8",
        "--pairs",
        "40",
        "--max-windows-per-session",
        "4",
    ];
    let data = format!("hmog={},people=100669+151985", hmog.display());
    let run = train(&data, &out, &few);
    assert!(
        run.status.success(),
        "{}",
        String::from_utf8_lossy(&run.stderr)
    );
    let manifest = fs::read_to_string(out.join("manifest.toml")).unwrap();
    let manifest: Manifest = toml::from_str(&manifest).unwrap();
    assert_eq!(
        (manifest.input.frames, manifest.output.embedding),
        (500, 2048)
    );
}
