//! docs/results.sh publishes figures of the program, the recordings and the options that it is
//! given, and goes on after an interruption. A script stands in for grasp-train.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// Notes what it is asked for, trains what is not there, and stops in the middle of the
/// evaluation in the folder `$STOP`.
const GRASP_TRAIN: &str = r#"#!/usr/bin/env bash
set -eu
command=$1
while [ $# -gt 0 ]; do
    case $1 in --out) out=$2 ;; --train) folds=yes ;; esac
    shift
done
trained() {
    [ -e "$1/manifest.toml" ] || echo "trained $(basename "$out")" >>"$NOTES"
    mkdir -p "$1"
    touch "$1/manifest.toml"
}
case $command in
train) trained "$out" ;;
evaluate)
    [ -z "${folds:-}" ] || trained "$out/fold-1"
    mkdir -p "$out"
    [ "${STOP:-}" != "$(basename "$out")" ] || exit 1
    echo "evaluated $(basename "$out")" >>"$NOTES"
    echo "$FIGURES" >"$out/results.json"
    ;;
tabulate) echo "the tables" ;;
esac
"#;

/// A checkout with nothing but what the script reads.
struct Checkout(tempfile::TempDir);

impl Checkout {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/results.sh");
        let checkout = Self(dir);
        checkout.write("docs/results.sh", &fs::read_to_string(script).unwrap());
        checkout.write("docs/results/preface.md", "the preface\n");
        checkout.write("models/seed-2d/manifest.toml", "");
        checkout.write("hmog/1/Accelerometer.csv", "1,2,3,4,5,6,7\n");
        checkout.write("grasp-train", GRASP_TRAIN);
        let executable = fs::Permissions::from_mode(0o755);
        fs::set_permissions(checkout.path("grasp-train"), executable).unwrap();
        checkout
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn run(&self, figures: &str, stop: &str) -> Output {
        Command::new("bash")
            .arg(self.path("docs/results.sh"))
            .args([self.path("hmog"), self.path("work")])
            .env("GRASP_TRAIN", self.path("grasp-train"))
            .env("NOTES", self.path("notes"))
            .env("FIGURES", figures)
            .env("STOP", stop)
            .output()
            .unwrap()
    }

    /// Runs it, and returns how many trainings and evaluations it took.
    fn made(&self, figures: &str) -> (usize, usize) {
        self.write("notes", "");
        let done = self.run(figures, "");
        assert!(done.status.success(), "{done:?}");
        let page = fs::read_to_string(self.path("docs/results.md")).unwrap();
        assert_eq!(page, "the preface\nthe tables\n");
        let notes = fs::read_to_string(self.path("notes")).unwrap();
        let of = |what: &str| notes.lines().filter(|line| line.starts_with(what)).count();
        (of("trained"), of("evaluated"))
    }

    /// What is published of one evaluation.
    fn published(&self, name: &str) -> String {
        let path = self.path("docs/results").join(name);
        fs::read_to_string(path).unwrap().trim().to_owned()
    }
}

#[test]
fn what_was_interrupted_goes_on_and_what_is_done_is_not_done_again() {
    let checkout = Checkout::new();
    checkout.write("notes", "");
    let cut = checkout.run("first", "folds-contrastive");
    assert!(!cut.status.success(), "{cut:?}");
    let notes = fs::read_to_string(checkout.path("notes")).unwrap();
    assert!(notes.contains("trained folds-contrastive"), "{notes}");
    assert_eq!(notes.matches("evaluated").count(), 4, "{notes}");
    // Left are seed-1d and the folds of two networks; those of contrastive are there.
    assert_eq!(checkout.made("second"), (3, 7));
    assert_eq!(checkout.published("b1-spectral-cohort.json"), "first");
    assert_eq!(checkout.published("b1-contrastive.json"), "second");
    assert_eq!(checkout.made("third"), (0, 0));
    assert_eq!(checkout.published("b0-seed-1d.json"), "second");
}

#[test]
fn figures_of_other_recordings_another_program_or_other_options_are_made_anew() {
    let checkout = Checkout::new();
    assert_eq!(checkout.made("first"), (6, 11));
    checkout.write("hmog/1/Accelerometer.csv", "1,2,3,4,5,6,7\n8,9,3,4,5,6,7\n");
    assert_eq!(checkout.made("other recordings"), (6, 11));
    assert_eq!(checkout.published("b0-seed-2d.json"), "other recordings");
    checkout.write("grasp-train", &format!("{GRASP_TRAIN}# another build\n"));
    assert_eq!(checkout.made("another program"), (6, 11));
    checkout.write("models/seed-2d/manifest.toml", "another bundle");
    assert_eq!(checkout.made("another bundle"), (0, 1));
    assert_eq!(checkout.published("b0-seed-2d.json"), "another bundle");

    let script = fs::read_to_string(checkout.path("docs/results.sh")).unwrap();
    let option = "folds-contrastive '--arch contrastive' --gamma auto";
    assert_eq!(script.matches(option).count(), 1);
    let other = option.replace("auto", "recipe");
    checkout.write("docs/results.sh", &script.replace(option, &other));
    assert_eq!(checkout.made("another option"), (0, 1));
    let other = option.replace("contrastive'", "contrastive --seed 2'");
    checkout.write("docs/results.sh", &script.replace(option, &other));
    assert_eq!(checkout.made("another training"), (1, 1));
    assert_eq!(
        checkout.published("b1-contrastive.json"),
        "another training"
    );
    assert_eq!(
        checkout.published("b1-seed-2d-auto.json"),
        "another program"
    );
}
