//! A device without a gyroscope: the bundle of the accelerometer alone, what is said of it, and
//! of any other.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use graspd::decide::{Reason, State};

use crate::harness::{Device, TEN_SECONDS, bundle, graspd, oneself, profile, rows, sample, stream};

const ENROLMENT: [&str; 2] = ["enrol-1.csv.zst", "enrol-2.csv.zst"];
const HAND_OVER: &str = "hand-over.csv.zst";

fn accelerometer_bundle() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models/accelerometer")
}

/// The rows of a recording without the gyroscope's.
fn without_gyroscope(name: &str) -> Vec<String> {
    let mut rows = rows(name);
    rows.retain(|row| row.contains("accelerometer"));
    rows
}

/// Such a recording, in `folder`.
fn stripped(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name.trim_end_matches(".zst"));
    fs::write(&path, without_gyroscope(name).concat()).unwrap();
    path
}

fn said(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr[..]].concat();
    String::from_utf8(both).unwrap()
}

fn enroll(recordings: &[PathBuf], model: &Path, out: &Path) -> Output {
    let mut command = graspd();
    command.arg("enroll").args(recordings).args(oneself());
    command.arg("--model").arg(model).arg("--out").arg(out);
    command.output().unwrap()
}

fn replay(recording: &Path, model: &Path, profile: &Path) -> Output {
    let mut command = graspd();
    command.arg("replay").arg(recording).arg("--json");
    command.arg("--model").arg(model);
    command.arg("--profile").arg(profile).output().unwrap()
}

/// Enrols from recordings without a gyroscope.
fn enrol_without(folder: &Path) -> PathBuf {
    let out = folder.join("owner.profile");
    let recordings = ENROLMENT.map(|name| stripped(folder, name));
    let enrolled = enroll(&recordings, &accelerometer_bundle(), &out);
    let said = said(&enrolled);
    assert!(enrolled.status.success(), "{said}");
    for part in [
        "the accelerometer alone",
        "0.162 instead of 0.117",
        "held-out windows",
    ] {
        assert!(said.contains(part), "no {part:?} in {said}");
    }
    out
}

#[test]
fn the_same_is_decided_with_and_without_a_gyroscope() {
    let folder = tempfile::tempdir().unwrap();
    let (model, without) = (accelerometer_bundle(), enrol_without(folder.path()));
    let with = folder.path().join("with.profile");
    assert!(
        enroll(&ENROLMENT.map(sample), &model, &with)
            .status
            .success()
    );

    let replays: Vec<Vec<u8>> = [
        (stripped(folder.path(), HAND_OVER), &without),
        (sample(HAND_OVER), &without),
        (sample(HAND_OVER), &with),
    ]
    .iter()
    .map(|(recording, profile)| replay(recording, &model, profile).stdout)
    .collect();
    let decided = String::from_utf8_lossy(&replays[0]);
    for event in ["\"event\":\"unlock\"", "\"event\":\"lock\""] {
        assert!(decided.contains(event), "no {event} in {decided}");
    }
    assert!(replays.iter().all(|other| *other == replays[0]));
}

#[test]
fn a_model_of_both_sensors_names_the_bundle_that_needs_one() {
    let folder = tempfile::tempdir().unwrap();
    let names_it = |output: &Output| {
        let said = said(output);
        assert!(
            said.contains("/usr/share/graspd/models/accelerometer"),
            "{said}"
        );
    };
    let recordings = ENROLMENT.map(|name| stripped(folder.path(), name));
    let out = folder.path().join("owner.profile");
    let refused = enroll(&recordings, &bundle(), &out);
    assert_eq!(refused.status.code(), Some(65));
    assert!(!out.exists());
    names_it(&refused);
    let replayed = replay(&stripped(folder.path(), HAND_OVER), &bundle(), profile());
    assert!(replayed.status.success());
    names_it(&replayed);
}

#[test]
fn a_profile_of_either_model_is_refused_by_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let (model, alone) = (accelerometer_bundle(), enrol_without(folder.path()));
    for (model, profile) in [(model.as_path(), profile()), (&bundle(), &alone)] {
        let refused = replay(&sample(HAND_OVER), model, profile);
        assert_eq!(refused.status.code(), Some(65), "{}", said(&refused));
        let said = said(&refused);
        for part in [
            "made with model",
            "enrol again with this model, or use the other bundle",
        ] {
            assert!(said.contains(part), "no {part:?} in {said}");
        }
    }
}

#[test]
fn the_daemon_misses_no_gyroscope_and_names_an_accelerometer_that_falls_silent() {
    let device = Device::live("sensor_grace_s = 4");
    fs::copy(
        enrol_without(&tempfile::tempdir().unwrap().keep()),
        device.profile(),
    )
    .unwrap();
    let motion = device.motion();
    device.configure_owner(&format!(
        "[source]\nkind = \"stream\"\npath = {motion:?}\n[decide]\nsensor_grace_s = 4\n"
    ));
    let was = format!("bundle = {:?}", bundle());
    device.reconfigure(&was, &format!("bundle = {:?}", accelerometer_bundle()));
    let daemon = device.start_ready();
    let motion = &without_gyroscope(ENROLMENT[0])[..6 * TEN_SECONDS / 2];
    stream(&device, &daemon, motion, || {
        daemon.expect_status(|_| true).state == State::Unlock
    });
    daemon.expect_status(|status| status.state == State::Unlock);
    let locked = daemon.expect_status(|status| status.state == State::Lock);
    assert_eq!(locked.reason, Reason::SensorLost.into());
}
