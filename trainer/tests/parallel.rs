//! `grasp-train train` by several devices, through the binary.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use graspd::model::Bundle;
use graspd::model::Embedder;
use graspd::motion::window::Window;
use graspd::motion::{CHANNELS, FrameIndex, SampleTime};
use ndarray::ArrayView2;

/// Frames of a window.
const FRAMES: usize = 64;
/// Largest difference of any number of an embedding. Shares of a batch are added
/// up in another order than the whole; plain gradient descent carries the last
/// bits of that along, and does not enlarge them as Adam would.
const TOLERANCE: f32 = 1e-5;

fn grasp_train(args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_grasp-train"))
        .args(args)
        .output()
        .unwrap()
}

/// Three made-up people in a folder.
fn people(root: &Path) -> String {
    for person in ["1", "2", "3"] {
        fs::create_dir_all(root.join(person)).unwrap();
        for session in ["1", "2"] {
            let out = root.join(person).join(format!("{session}.csv"));
            let run = grasp_train(&[
                "simulate",
                "--person",
                person,
                "--session",
                session,
                "--minutes",
                "0.5",
                "--out",
                out.to_str().unwrap(),
            ]);
            assert!(run.status.success(), "{}", told(&run));
        }
    }
    format!("graspd={}", root.display())
}

fn told(run: &Output) -> String {
    String::from_utf8_lossy(&run.stderr).into_owned()
}

/// Three epochs of batches that neither two nor three devices share out evenly.
fn train(data: &str, out: &Path, optimiser: &str, more: &[&str]) {
    let common = [
        "train",
        "--data",
        data,
        "--out",
        out.to_str().unwrap(),
        "--optimiser",
        optimiser,
        "--arch",
        "seed-2d",
        "--window",
        "64",
        "--pairs-per-person",
        "12",
        "--batch",
        "7",
        "--epochs",
        "3",
    ];
    let run = grasp_train(&[&common[..], more].concat());
    assert!(run.status.success(), "{}", told(&run));
}

/// What the bundle makes of one window.
fn embedding(bundle: &Path) -> Vec<f32> {
    let swing = |i: usize| (i as f32 * 0.1).sin() + 9.8 * f32::from(u8::from(i % CHANNELS == 2));
    let values: Vec<f32> = (0..FRAMES * CHANNELS).map(swing).collect();
    let window = Window {
        end: FrameIndex::at_or_after(SampleTime::from_nanos(0)),
        frames: ArrayView2::from_shape((FRAMES, CHANNELS), &values).unwrap(),
    };
    let mut embedder = Embedder::new(&Bundle::open(bundle).unwrap()).unwrap();
    embedder.embed(&window).unwrap().view().to_vec()
}

fn furthest(one: &[f32], other: &[f32]) -> f32 {
    assert_eq!(one.len(), other.len());
    let off = one.iter().zip(other).map(|(a, b)| (a - b).abs());
    off.fold(0.0, f32::max)
}

#[test]
fn several_devices_learn_what_one_does() {
    let dir = tempfile::tempdir().unwrap();
    let data = people(&dir.path().join("people"));
    let learn = |name: &str, more: &[&str]| {
        let out = dir.path().join(name);
        train(&data, &out, "sgd", more);
        embedding(&out)
    };
    let alone = learn("alone", &[]);
    // So far has learning moved the embedding at all: the tolerance means something.
    let untaught = learn("untaught", &["--steps", "0"]);
    let moved = furthest(&alone, &untaught);
    assert!(moved > 100.0 * TOLERANCE, "{moved}");
    for devices in ["2", "3"] {
        let shared = learn(devices, &["--devices", devices]);
        let off = furthest(&alone, &shared);
        assert!(off < TOLERANCE, "{devices} devices are {off} off");
    }
}

#[test]
fn the_same_number_of_devices_gives_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let data = people(&dir.path().join("people"));
    let learn = |name: &str| {
        let out = dir.path().join(name);
        train(&data, &out, "adam", &["--devices", "3"]);
        ["branch.onnx", "history.csv", "manifest.toml"].map(|f| fs::read(out.join(f)).unwrap())
    };
    assert_eq!(learn("a"), learn("b"));
}

#[test]
fn what_cannot_be_trained_on_is_refused_in_one_line() {
    let dir = tempfile::tempdir().unwrap();
    let token = dir.path().join("token");
    fs::write(&token, "sesame\n").unwrap();
    let empty = dir.path().join("empty");
    fs::write(&empty, "\n").unwrap();
    let (token, empty) = (token.to_str().unwrap(), empty.to_str().unwrap());
    let unreachable = if cfg!(feature = "remote") {
        "--worker nobody@localhost:1: "
    } else {
        "--features remote"
    };
    let cases: [(&[&str], &str); 5] = [
        (&["--devices", "0"], "0 is not in"),
        (&["--worker", "nobody"], "ID@HOST:PORT"),
        (&["--worker", "nobody@localhost:1"], "--token"),
        (
            &["--worker", "nobody@localhost:1", "--token", empty],
            "write a secret word into it",
        ),
        (
            &["--worker", "nobody@localhost:1", "--token", token],
            unreachable,
        ),
    ];
    for (more, why) in cases {
        let common = ["train", "--data", "graspd=nowhere", "--arch", "seed-1d"];
        let run = grasp_train(&[&common[..], &["--out", "nowhere"], more].concat());
        let told = told(&run);
        assert!(
            !run.status.success() && told.contains(why),
            "{more:?}: {told}"
        );
        assert!(!told.contains("panicked"), "{more:?}: {told}");
    }
}

#[cfg(feature = "remote")]
mod remote {
    use std::io::{BufRead, BufReader};
    use std::net::UdpSocket;
    use std::process::{Child, Stdio};

    use super::*;

    /// A lender of its own process, which ends with it.
    struct Lender {
        process: Child,
        worker: String,
    }

    impl Lender {
        fn start(dir: &Path, name: &str, devices: &str) -> Self {
            let free = UdpSocket::bind("127.0.0.1:0").unwrap();
            let port = free.local_addr().unwrap().port().to_string();
            drop(free);
            let mut process = Command::new(env!("CARGO_BIN_EXE_grasp-train"))
                .current_dir(dir)
                .args(["serve", "--token", "token", "--key", name])
                .args(["--port", &port, "--devices", devices])
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let mut line = String::new();
            let mut said = BufReader::new(process.stdout.take().unwrap());
            said.read_line(&mut line).unwrap();
            // Whatever it logs after that goes nowhere, and never fills the pipe.
            std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
            let worker = line.trim().strip_prefix("--worker ").unwrap();
            let worker = worker.replace("THIS-MACHINE", "127.0.0.1");
            Self { process, worker }
        }
    }

    impl Drop for Lender {
        fn drop(&mut self) {
            self.process.kill().unwrap();
            self.process.wait().unwrap();
        }
    }

    #[test]
    fn devices_of_other_machines_learn_as_ones_of_this_do() {
        let dir = tempfile::tempdir().unwrap();
        let data = people(&dir.path().join("people"));
        let token = dir.path().join("token");
        fs::write(&token, "sesame\n").unwrap();
        let one = Lender::start(dir.path(), "one.key", "1");
        let two = Lender::start(dir.path(), "two.key", "2");

        let (here, there) = (dir.path().join("here"), dir.path().join("there"));
        train(&data, &here, "adam", &["--devices", "4"]);
        let token = token.to_str().unwrap();
        let workers = ["--worker", &one.worker, "--worker", &two.worker];
        train(
            &data,
            &there,
            "adam",
            &[&workers[..], &["--token", token]].concat(),
        );
        for file in ["branch.onnx", "history.csv", "manifest.toml"] {
            let [here, there] = [&here, &there].map(|out| fs::read(out.join(file)).unwrap());
            assert!(here == there, "{file} differs");
        }
    }

    #[test]
    fn a_wrong_token_lends_nothing() {
        let dir = tempfile::tempdir().unwrap();
        for (file, word) in [("token", "sesame"), ("guess", "barley")] {
            fs::write(dir.path().join(file), word).unwrap();
        }
        let lender = Lender::start(dir.path(), "key", "1");
        let run = Command::new(env!("CARGO_BIN_EXE_grasp-train"))
            .current_dir(dir.path())
            .args(["train", "--data", "graspd=.", "--arch", "seed-1d"])
            .args([
                "--out",
                "out",
                "--token",
                "guess",
                "--worker",
                &lender.worker,
            ])
            .output()
            .unwrap();
        let told = told(&run);
        assert!(
            !run.status.success() && told.contains("credential"),
            "{told}"
        );
    }

    #[test]
    fn a_worker_that_goes_away_costs_an_epoch_at_most() {
        let dir = tempfile::tempdir().unwrap();
        let data = people(&dir.path().join("people"));
        let token = dir.path().join("token");
        fs::write(&token, "sesame\n").unwrap();
        let lender = Lender::start(dir.path(), "key", "1");
        let out = dir.path().join("out");
        let options = [
            "--arch", "seed-1d", "--window", "64", "--epochs", "400", "--batch", "4",
        ];
        let mut process = Command::new(env!("CARGO_BIN_EXE_grasp-train"))
            .args(["train", "--data", &data, "--out", out.to_str().unwrap()])
            .args([
                "--token",
                token.to_str().unwrap(),
                "--worker",
                &lender.worker,
            ])
            .args(options)
            .args(["--pairs-per-person", "12"])
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let kept = dir.path().join("out.checkpoint");
        while !kept.exists() {
            assert!(process.try_wait().unwrap().is_none(), "ended too early");
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        drop(lender);
        let run = process.wait_with_output().unwrap();
        let told = told(&run);
        assert_eq!(run.status.code(), Some(1), "{told}");
        let last = told.lines().last().unwrap();
        assert!(last.contains("device 2 of 2 gave up"), "{told}");
        assert!(last.contains("--resume"), "{told}");
    }
}
