//! Learning of use by the running daemon, with a cohort in which the simulated stranger is,
//! because without one nothing is learnt.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use graspd::model::cohort::{Class, Cohort, Drift, Run};
use graspd::model::{Bundle, Embedder};
use graspd::motion::framing::Framer;
use graspd::motion::rest::RestLimits;
use graspd::motion::{Channels, DEFAULT_HOP};
use graspd::owner::profile::Profile;
use graspd::source::{self, Reading};
use ndarray::{Array1, Array2, Axis, Slice, concatenate};
use sha2::{Digest, Sha256};

use crate::harness::{Daemon, Device, TEN_SECONDS, bundle, graspd, oneself, rows, sample, stream};
use crate::login::{Bus, Locker, Logind};

const OWNER: [&str; 2] = ["enrol-1.csv.zst", "enrol-2.csv.zst"];
const HAND_OVER: &str = "hand-over.csv.zst";

/// Embeddings of a recording's windows in motion.
fn embed(bundle: &Path, recording: &str) -> Array2<f32> {
    let mut embedder = Embedder::new(&Bundle::open(bundle).unwrap()).unwrap();
    let (frames, columns) = (embedder.frames(), embedder.embedding_len());
    let mut framer = Framer::new(Channels::default(), frames, DEFAULT_HOP);
    let mut source = source::open(&sample(recording)).unwrap();
    let mut all: Vec<f32> = Vec::new();
    while let Some(reading) = source.next().unwrap() {
        let Reading::Sample(sample) = reading else {
            continue;
        };
        framer.push(&sample, |_, window| {
            if let Some(window) = window
                && !RestLimits::default().at_rest(window.frames)
            {
                all.extend(embedder.embed(&window).unwrap().view());
            }
        });
    }
    Array2::from_shape_vec((all.len() / columns, columns), all).unwrap()
}

fn part(rows: &Array2<f32>, from: usize, until: usize) -> Array2<f32> {
    rows.slice_axis(Axis(0), Slice::from(from..until))
        .to_owned()
}

/// The shipped bundle with the simulated stranger for a cohort, as two people.
fn bundle_that_knows_the_stranger(folder: &Path) -> PathBuf {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/default");
    let out = folder.join("bundle");
    fs::create_dir(&out).unwrap();
    for file in ["manifest.toml", "branch.onnx"] {
        fs::copy(shipped.join(file), out.join(file)).unwrap();
    }
    let both = embed(&shipped, HAND_OVER);
    let stranger = part(&both, both.nrows() * 6 / 10, both.nrows());
    let half = stranger.nrows() / 2;
    let people = [
        part(&stranger, 0, half),
        part(&stranger, half, stranger.nrows()),
    ];
    let mean = |rows: &Array2<f32>| rows.mean_axis(Axis(0)).unwrap();
    // The owner's sittings count as differences within a person, and the way to the owner as
    // one between sessions, so that the owner is not unlike everybody.
    let sittings = OWNER.map(|recording| embed(&shipped, recording));
    let owners = concatenate(Axis(0), &sittings.each_ref().map(|rows| rows.view())).unwrap();
    let spread = |rows: &Array2<f32>| {
        let centred = rows - &mean(rows);
        centred.t().dot(&centred) / rows.nrows() as f32
    };
    let within = spread(&stranger) + spread(&owners) * 2.0;
    let way: Array1<f32> = mean(&owners) - mean(&stranger);
    let way = way.insert_axis(Axis(1));
    let between = way.dot(&way.t()) * 0.3;
    let cohort = Cohort {
        columns: stranger.ncols(),
        classes: (0..)
            .zip(&people)
            .map(|(person, rows)| Class {
                person,
                mean: mean(rows).to_vec(),
            })
            .collect(),
        within: within.iter().copied().collect(),
        between: between.iter().copied().collect(),
        runs: (0..)
            .zip(&people)
            .map(|(person, rows)| Run {
                person,
                embeddings: rows.iter().copied().collect(),
            })
            .collect(),
        drift: Drift {
            between: 0.1,
            within: 0.3,
            lag: 0.5,
        },
        in_session: Vec::new(),
    };
    let bytes = cohort.to_bytes().unwrap();
    let manifest = fs::read_to_string(out.join("manifest.toml")).unwrap();
    let hash = |bytes: &[u8]| -> String {
        Sha256::digest(bytes)
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect()
    };
    let was = hash(&fs::read(shipped.join("cohort.bin")).unwrap());
    assert!(manifest.contains(&was));
    fs::write(
        out.join("manifest.toml"),
        manifest.replace(&was, &hash(&bytes)),
    )
    .unwrap();
    fs::write(out.join("cohort.bin"), bytes).unwrap();
    out
}

/// A device whose owner is enrolled in two sittings.
fn device() -> Device {
    let device = Device::live("");
    let model = bundle_that_knows_the_stranger(device.file("").as_path());
    let enrolled = graspd()
        .arg("enroll")
        .args(OWNER.map(sample))
        .args(oneself())
        .arg("--model")
        .arg(&model)
        .arg("--out")
        .arg(device.profile())
        .output()
        .unwrap();
    assert!(enrolled.status.success(), "{enrolled:?}");
    let motion = device.motion();
    device.configure_owner(&format!(
        "[source]\nkind = \"stream\"\npath = {motion:?}\n[session]\n[enrol]\nadapt_after_h = 0\n"
    ));
    device.reconfigure(&format!("{:?}", bundle()), &format!("{model:?}"));
    device
}

fn open(logind: &Logind, daemon: &Daemon, times: usize) {
    let opened = || {
        daemon
            .log()
            .matches("which counts as the owner's proof")
            .count()
    };
    logind.set_locked(false);
    daemon
        .patiently(|| (opened() == times).then_some(()))
        .unwrap_or_else(|| panic!("{}", daemon.log()));
}

fn lock(logind: &Logind, daemon: &Daemon) {
    logind.set_locked(true);
    daemon.expect_status(|status| {
        let session = status.session.as_ref();
        session.is_some_and(|s| s.screen == graspd::publish::ScreenState::Locked.into())
    });
}

fn cli(arguments: &[&str]) -> Output {
    let mut command = graspd();
    command.args(arguments);
    command.output().unwrap()
}

fn said(output: &Output) -> String {
    let all = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8_lossy(&all).into_owned()
}

#[test]
fn a_session_behind_the_secret_is_learnt_and_taken_back() {
    let device = device();
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    let logind = Logind::start(&bus, Locker::Obedient);
    let daemon = device.start_ready();
    lock(&logind, &daemon);
    open(&logind, &daemon, 1);
    stream(&device, &daemon, &rows("enrol-3.csv.zst"), || false);
    let before = daemon.expect_status(|status| status.state == graspd::decide::State::Unlock);
    lock(&logind, &daemon);
    daemon.expect_log("a session of the owner waits to be learnt");
    open(&logind, &daemon, 2);
    daemon.expect_log("the profile is made anew");
    assert_eq!(
        Profile::load_any(&device.profile())
            .unwrap()
            .enrolment
            .sessions,
        3
    );
    assert!(
        !daemon.log().contains("begins without evidence"),
        "{before:?}"
    );

    let config = device.config();
    let config = config.to_str().unwrap();
    let shown = said(&cli(&["profile", "show", "--config", config]));
    assert!(shown.contains("learnt sessions        1"), "{shown}");
    let undone = cli(&["profile", "undo", "--config", config]);
    assert!(undone.status.success(), "{}", said(&undone));
    daemon
        .patiently(|| {
            let profile = Profile::load_any(&device.profile()).unwrap();
            (profile.enrolment.sessions == 2).then_some(())
        })
        .unwrap();
    let again = cli(&["profile", "undo", "--config", config]);
    assert!(
        said(&again).contains("nothing was learnt"),
        "{}",
        said(&again)
    );

    let forgotten = cli(&["profile", "forget", "--config", config]);
    assert!(forgotten.status.success(), "{}", said(&forgotten));
    assert!(!device.file("owner.profile.windows").exists());
}

#[test]
fn a_stranger_behind_the_secret_is_not_learnt_and_a_false_lock_is_counted() {
    let device = device();
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    let logind = Logind::start(&bus, Locker::Obedient);
    let daemon = device.start_ready();
    let was = fs::read(device.profile()).unwrap();
    let socket = device.socket();
    let socket = socket.to_str().unwrap();
    let early = cli(&["false-lock", "--socket", socket]);
    assert!(
        said(&early).contains("nothing to call false"),
        "{}",
        said(&early)
    );
    lock(&logind, &daemon);
    open(&logind, &daemon, 1);
    // The stranger's half, until evidence locks.
    let motion = rows(HAND_OVER);
    stream(&device, &daemon, &motion[15 * TEN_SECONDS..], || {
        logind.locks() > 0
    });
    daemon.expect_log("the screen is locked");
    let refused = cli(&["false-lock", "--socket", socket]);
    assert!(
        said(&refused).contains("the state is lock"),
        "{}",
        said(&refused)
    );
    open(&logind, &daemon, 2);
    daemon.expect_log("so it was a false one");
    let told = cli(&["false-lock", "--socket", socket]);
    assert!(told.status.success(), "{}", said(&told));
    assert!(said(&told).contains("counted already"), "{}", said(&told));
    assert!(said(&told).contains("0 sessions of use"), "{}", said(&told));
    // The owner thinks again: it was somebody else.
    let right = cli(&["false-lock", "--right", "--socket", socket]);
    assert!(right.status.success(), "{}", said(&right));
    let again = cli(&["false-lock", "--right", "--socket", socket]);
    assert!(
        said(&again).contains("nothing to call right"),
        "{}",
        said(&again)
    );
    assert_eq!(fs::read(device.profile()).unwrap(), was);
}
