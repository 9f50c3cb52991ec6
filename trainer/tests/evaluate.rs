//! `grasp-train evaluate` from recordings to figures, through the binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use graspd::model::{Bundle, Embedder};
use graspd::motion::Channels;
use serde_json::Value;

fn grasp_train(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_grasp-train"))
        .args(arguments)
        .output()
        .unwrap()
}

fn bundle() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/seed-2d")
}

/// Simulated people with four sessions each, every session on a handset of its own.
fn recordings(folder: &Path, people: u32) {
    for person in 1..=people {
        let home = folder.join(format!("p{person}"));
        fs::create_dir_all(&home).unwrap();
        for session in 1..=4 {
            let out = home.join(format!("{session}.csv"));
            let (person, session) = (person.to_string(), (person * 10 + session).to_string());
            let done = grasp_train(&[
                "simulate",
                "--person",
                &person,
                "--session",
                &session,
                "--handset",
                &session,
                "--minutes",
                "1.5",
                "--out",
                out.to_str().unwrap(),
            ]);
            assert!(done.status.success(), "{done:?}");
        }
    }
}

fn evaluate(data: &str, out: &Path, more: &[&str]) -> Output {
    let model = bundle();
    let fixed = [
        "evaluate",
        "--model",
        model.to_str().unwrap(),
        "--data",
        data,
        "--out",
        out.to_str().unwrap(),
    ];
    grasp_train(&[&fixed[..], more].concat())
}

#[test]
fn people_it_never_saw_give_every_figure_and_the_same_twice() {
    let dir = tempfile::tempdir().unwrap();
    let sessions = dir.path().join("sessions");
    recordings(&sessions, 3);
    let data = format!("graspd={}", sessions.display());
    let run = |name: &str| {
        let out = dir.path().join(name);
        let model = bundle();
        let done = evaluate(&data, &out, &["--against", model.to_str().unwrap()]);
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        fs::read_to_string(out.join("results.json")).unwrap()
    };
    let (first, second) = (run("one"), run("two"));
    assert!(first == second, "two runs differ");

    let results: Value = serde_json::from_str(&first).unwrap();
    assert_eq!(results["protocol"], "unseen");
    assert_eq!(results["owners"], 3);
    // Ninety seconds hold eighteen windows, two sessions of each person are tested,
    // and each owner meets two impostors.
    let tested = results["windows"].as_u64().unwrap() + 3 * results["abstained"].as_u64().unwrap();
    assert!((3 * 6 * 16..=3 * 6 * 18).contains(&tested), "{tested}");
    let share = |value: &Value| (0.0..=1.0).contains(&value.as_f64().unwrap());
    for name in [
        "eer_mean",
        "eer_global_threshold",
        "eer_30s_mean",
        "eer_matched_motion",
        "eer_handset_randomised",
    ] {
        assert!(share(&results[name]), "{name}: {}", results[name]);
    }
    assert_eq!(results["eer_per_owner"].as_object().unwrap().len(), 3);
    assert_eq!(results["enrolment_curve"].as_array().unwrap().len(), 6);
    // graspd's own recordings have no dates.
    let owner = &results["per_owner"][0];
    assert_eq!(owner["sessions"], 2);
    for name in ["hours_to_first_test", "sessions_within_12_h"] {
        assert!(owner.as_object().unwrap().contains_key(name) && owner[name].is_null());
    }
    assert!(results["controls"]["causal_windows"].as_u64().unwrap() > 10);
    let decision = &results["decision"];
    let hours = decision["hours"].as_f64().unwrap();
    assert!((hours - 6.0 * 1.5 / 60.0).abs() < 0.01, "{hours}");
    // Each owner by themselves, and together no more and no less.
    let of_owners = |name: &str| -> f64 {
        let owners = decision["per_owner"].as_array().unwrap();
        owners.iter().filter_map(|owner| owner[name].as_f64()).sum()
    };
    for name in ["hours", "false_locks", "hand_overs"] {
        let whole = decision[name].as_f64().unwrap();
        assert!((of_owners(name) - whole).abs() < 1e-9, "{name}");
    }
    // Each owner against each impostor, and hand-overs at each time.
    let pairs = results["pairs"].as_array().unwrap();
    assert_eq!(pairs.len(), 6);
    assert!(share(&results["eer_pairs_mean"]));
    let interval = |name: &str| {
        let end = |at: usize| results[name][at].as_f64().unwrap();
        (end(0), end(1))
    };
    let ((low, high), mean) = (
        interval("eer_crossed_ci95"),
        results["eer_mean"].as_f64().unwrap(),
    );
    assert!(low <= mean && mean <= high, "{low} {mean} {high}");
    let times = decision["hand_over_times"].as_array().unwrap();
    let counts: Vec<_> = times.iter().map(|one| &one["hand_overs"]).collect();
    let seconds: Vec<_> = times.iter().map(|one| &one["after_s"]).collect();
    assert_eq!(seconds, [10.0, 60.0, 300.0]);
    assert!(counts[0].as_u64().unwrap() > 0, "{counts:?}");
    assert_eq!(counts[2], 0, "no session is of five minutes");
    let first = decision["impostor_first"].as_array().unwrap();
    assert_eq!(first[0]["start"], "untrusted");
    assert_eq!(first[1]["start"], "trusted");
    // Without a cohort nothing is promised.
    assert_eq!(decision["promise"], Value::Null);
    assert_eq!(decision["promises"][0]["kept"], Value::Null);
    // Against itself there is no difference, however it is drawn.
    assert_eq!(results["against"]["difference"], 0.0);
    assert_eq!(
        results["against"]["difference_ci95"],
        serde_json::json!([0.0, 0.0])
    );
}

#[test]
fn an_interrupted_evaluation_goes_on_and_ends_in_the_same_bytes() {
    let dir = tempfile::tempdir().unwrap();
    let sessions = dir.path().join("sessions");
    recordings(&sessions, 3);
    let data = format!("graspd={}", sessions.display());
    let (whole, cut) = (dir.path().join("whole"), dir.path().join("cut"));
    assert!(evaluate(&data, &whole, &[]).status.success());

    let mut run = Command::new(env!("CARGO_BIN_EXE_grasp-train"))
        .args(["evaluate", "--data", &data, "--model"])
        .arg(bundle())
        .arg("--out")
        .arg(&cut)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let kept = cut.join("kept");
    let has_kept_one = || {
        let mut entries = fs::read_dir(&kept).into_iter().flatten();
        entries.any(|entry| entry.unwrap().path().extension() == Some("json".as_ref()))
    };
    while !has_kept_one() {
        let ended = run.try_wait().unwrap();
        assert!(ended.is_none(), "ended before it kept anything");
        std::thread::sleep(Duration::from_millis(1));
    }
    run.kill().unwrap();
    run.wait().unwrap();
    assert!(
        !cut.join("results.json").exists(),
        "ended before it was killed"
    );

    let again = evaluate(&data, &cut, &[]);
    let told = String::from_utf8_lossy(&again.stderr).into_owned();
    assert!(again.status.success(), "{told}");
    assert!(told.contains("was replayed before"), "{told}");
    for name in ["results.json", "report.html"] {
        let bytes = |out: &Path| fs::read(out.join(name)).unwrap();
        assert!(bytes(&whole) == bytes(&cut), "{name} differs");
    }
    assert!(!kept.exists(), "what is kept outlives the evaluation");
}

#[test]
fn a_model_with_a_cohort_is_taught_and_told_apart_part_by_part() {
    let dir = tempfile::tempdir().unwrap();
    let sessions = dir.path().join("sessions");
    recordings(&sessions, 6);
    let of = |people: &str| format!("graspd={},people={people}", sessions.display());
    let train = |name: &str| {
        let out = dir.path().join(name);
        let taught = of("p1+p2+p3");
        let fixed = ["train", "--arch", "spectral", "--data", &taught, "--out"];
        let done = grasp_train(&[&fixed[..], &[out.to_str().unwrap()]].concat());
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        out
    };
    let (one, two) = (train("one"), train("two"));
    let served = Bundle::open(&one).and_then(|bundle| Embedder::new(&bundle));
    assert!(served.unwrap().is_streaming(), "see src/model/spectral");
    for file in ["branch.onnx", "cohort.bin", "manifest.toml", "README.md"] {
        let bytes = |bundle: &Path| fs::read(bundle.join(file)).unwrap();
        assert!(bytes(&one) == bytes(&two), "{file} differs");
    }

    let scored = |scoring: &str| {
        let out = dir.path().join(scoring);
        let tested = of("p4+p5+p6");
        let fixed = [
            "evaluate",
            "--model",
            one.to_str().unwrap(),
            "--data",
            &tested,
            "--scoring",
            scoring,
            "--out",
            out.to_str().unwrap(),
        ];
        let windows_only = ["--windows-only"];
        let more = match scoring {
            "compensated" => &[],
            _ => &windows_only[..],
        };
        let done = grasp_train(&[&fixed[..], more].concat());
        let errors = String::from_utf8_lossy(&done.stderr);
        // Simulated people may fail a control; the figures are there all the same.
        let results = fs::read_to_string(out.join("results.json"));
        let results: Value = serde_json::from_str(&results.expect(&errors)).unwrap();
        let command = results["command"].as_str().unwrap();
        let named = command.contains(&format!("--scoring {scoring}"));
        assert_eq!(named, scoring != "compensated", "{command}");
        if scoring == "compensated" {
            held_to_promises(&results["decision"]);
        }
        // All of each owner's, of which some are too coarse to differ.
        results["per_owner"].to_string()
    };
    let all = ["one-class", "cohort", "compensated"].map(scored);
    assert!(all[0] != all[1] && all[1] != all[2]);
}

#[test]
fn a_model_of_the_accelerometer_is_taught_and_asked_by_the_same_commands() {
    let dir = tempfile::tempdir().unwrap();
    let sessions = dir.path().join("sessions");
    recordings(&sessions, 6);
    let data = format!("graspd={}", sessions.display());
    let out = dir.path().join("folds");
    let alone = "--channels accelerometer";
    let done = grasp_train(&[
        "evaluate",
        "--folds",
        "2",
        "--train",
        &format!("--arch spectral {alone}"),
        "--data",
        &data,
        "--windows-only",
        "--out",
        out.to_str().unwrap(),
    ]);
    let errors = String::from_utf8_lossy(&done.stderr);
    let results = fs::read_to_string(out.join("results.json"));
    let results: Value = serde_json::from_str(&results.expect(&errors)).unwrap();
    assert_eq!(results["model"], "spectral-accelerometer");
    assert!(results["command"].as_str().unwrap().contains(alone));
    for fold in ["fold-1", "fold-2"] {
        let bundle = Bundle::open(&out.join(fold)).unwrap();
        assert_eq!(bundle.channels(), Channels::Accelerometer);
        let embedder = Embedder::new(&bundle).unwrap();
        assert!(embedder.is_streaming(), "see src/model/spectral");
        assert_eq!(embedder.embedding_len(), 87);
        let command = &bundle.manifest().training.command;
        assert!(command.contains(alone), "{command}");
    }
    // What the folder holds was trained otherwise than is asked for now.
    let kept = grasp_train(&[
        "evaluate",
        "--folds",
        "2",
        "--train",
        "--arch spectral",
        "--data",
        &data,
        "--out",
        out.to_str().unwrap(),
    ]);
    let said = String::from_utf8_lossy(&kept.stderr);
    assert!(
        !kept.status.success() && said.contains("was trained otherwise"),
        "{said}"
    );
    // Its windows hold no gyroscope for the other to go by.
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models/default");
    let compared = grasp_train(&[
        "evaluate",
        "--model",
        out.join("fold-1").to_str().unwrap(),
        "--against",
        shipped.to_str().unwrap(),
        "--data",
        &data,
        "--out",
        dir.path().join("compared").to_str().unwrap(),
    ]);
    let said = String::from_utf8_lossy(&compared.stderr);
    assert!(
        !compared.status.success() && said.contains("exchange the two"),
        "{said}"
    );

    let overlapping = ["train", "--arch", "spectral", "--hop", "96"];
    let overlapping = [&overlapping[..], &["--data", &data, "--out", "overlapping"]];
    let overlapping = grasp_train(&overlapping.concat());
    let said = String::from_utf8_lossy(&overlapping.stderr);
    assert!(
        !overlapping.status.success() && said.contains("leave --window and --hop out"),
        "{said}"
    );
    let other = ["train", "--arch", "seed-2d", "--channels", "accelerometer"];
    let other = grasp_train(&[&other[..], &["--data", &data, "--out", "other"]].concat());
    let said = String::from_utf8_lossy(&other.stderr);
    assert!(
        !other.status.success() && said.contains("takes both sensors"),
        "{said}"
    );
}

/// Each enrolment that was not refused is in the list, with what it promised.
fn held_to_promises(decision: &Value) {
    let Some(promises) = decision["promises"].as_array() else {
        return;
    };
    let refused = decision["refused"].as_array().unwrap().len();
    assert_eq!(promises.len() + refused, 3);
    for promise in promises {
        let Some(expected) = promise["expected_false_locks"].as_f64() else {
            assert_eq!(promise["kept"], Value::Null);
            continue;
        };
        let end = |at: usize| promise["expected_false_locks_ci95"][at].as_f64().unwrap();
        assert!(end(0) <= expected && expected <= end(1), "{promise}");
        let within = |at: usize| promise["false_locks_within"][at].as_u64().unwrap();
        let came = promise["false_locks"].as_u64().unwrap();
        let kept = within(0) <= came && came <= within(1);
        assert_eq!(promise["kept"], kept, "{promise}");
    }
}

#[test]
fn people_of_the_training_are_refused_unless_the_result_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let sessions = dir.path().join("graspd");
    recordings(&sessions, 2);
    // The same motion under the names of two people that seed-2d was trained on.
    let bundle = dir.path().join("bundle");
    fs::create_dir(&bundle).unwrap();
    for entry in fs::read_dir(self::bundle()).unwrap() {
        let entry = entry.unwrap().path();
        fs::copy(&entry, bundle.join(entry.file_name().unwrap())).unwrap();
    }
    let manifest = bundle.join("manifest.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    let text = text
        .replace("name = \"hmog\"", "name = \"graspd\"")
        .replace("\"100669\"", "\"p1\"");
    fs::write(&manifest, text).unwrap();

    let data = format!("graspd={}", sessions.display());
    let run = |more: &[&str]| {
        let out = dir.path().join("out");
        let mut all = vec![
            "--model",
            bundle.to_str().unwrap(),
            "--data",
            &data,
            "--out",
        ];
        all.push(out.to_str().unwrap());
        grasp_train(&[&["evaluate"], &all[..], more].concat())
    };
    let refused = run(&[]);
    assert!(!refused.status.success());
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(
        message.contains("trained on p1") && message.contains("--allow-seen"),
        "{message}"
    );

    // No more may the bundle that a fair one is compared with have seen them.
    let compare = ["--against", bundle.to_str().unwrap()];
    let refused = evaluate(&data, &dir.path().join("out"), &compare);
    assert!(!refused.status.success());
    let message = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(message.contains("--against was trained on p1"), "{message}");

    let allowed = run(&[&["--allow-seen"], &compare[..]].concat());
    assert!(allowed.status.success(), "{allowed:?}");
    let results = fs::read_to_string(dir.path().join("out/results.json")).unwrap();
    let results: Value = serde_json::from_str(&results).unwrap();
    assert_eq!(results["protocol"], "seen");
    assert_eq!(results["seen"], serde_json::json!(["p1"]));
    assert_eq!(results["against"]["seen"], serde_json::json!(["p1"]));
}

#[test]
fn one_person_is_nobody_to_compare_with() {
    let dir = tempfile::tempdir().unwrap();
    recordings(dir.path(), 1);
    let data = format!("graspd={}", dir.path().display());
    let done = evaluate(&data, &dir.path().join("out"), &[]);
    assert!(!done.status.success());
    let message = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(message.contains("it takes two people"), "{message}");
}

fn results(out: &Path) -> Value {
    let text = fs::read_to_string(out.join("results.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn each_pair_is_tested_by_a_model_of_the_others_whoever_has_no_session_that_can_be_used() {
    let dir = tempfile::tempdir().unwrap();
    let sessions = dir.path().join("sessions");
    recordings(&sessions, 4);
    // A second of the fifth person is no window.
    let first = fs::read_to_string(sessions.join("p1/1.csv")).unwrap();
    let second: String = first.split_inclusive('\n').take(200).collect();
    fs::create_dir(sessions.join("p5")).unwrap();
    fs::write(sessions.join("p5/1.csv"), second).unwrap();
    let out = dir.path().join("out");
    let data = format!("graspd={}", sessions.display());
    let evaluate = |jobs: &[&str]| {
        let recipe = "--arch seed-1d --pairs-per-person 4 --epochs 1";
        let fixed = ["evaluate", "--folds", "pairs", "--train", recipe];
        let more = ["--windows-only", "--data", &data, "--out"];
        grasp_train(&[&fixed[..], &more, &[out.to_str().unwrap()], jobs].concat())
    };
    let run = |jobs: &[&str]| {
        let done = evaluate(jobs);
        let told = String::from_utf8_lossy(&done.stderr).into_owned();
        // Simulated people may fail a control; the figures are there all the same.
        assert!(out.join("results.json").exists(), "{told}");
        assert!(told.contains("nothing was learnt of p5"), "{told}");
        let found = fs::read_to_string(out.join("results.json")).unwrap();
        fs::remove_file(out.join("results.json")).unwrap();
        found
    };
    let text = run(&[]);
    let found: Value = serde_json::from_str(&text).unwrap();
    assert_eq!(found["owners"], 4);
    assert_eq!(found["per_owner"].as_array().unwrap().len(), 4);
    let folds = found["folds"].as_array().unwrap();
    assert_eq!(folds.len(), 10);
    for fold in folds {
        let names = |key: &str| fold[key].as_array().unwrap().clone();
        // The fifth is in four of the pairs, and never tested.
        assert_eq!(names("tested").len() + names("taught").len(), 4);
        for tested in names("tested") {
            let taught = format!("graspd {}", tested.as_str().unwrap());
            assert!(!names("taught").contains(&Value::String(taught)));
        }
    }
    let eers = found["pairs"].as_array().unwrap().iter();
    let eers: Vec<f64> = eers.map(|pair| pair["eer"].as_f64().unwrap()).collect();
    assert_eq!(eers.len(), 12);
    let mean = eers.iter().sum::<f64>() / 12.0;
    assert!((found["eer_pairs_mean"].as_f64().unwrap() - mean).abs() < 1e-9);
    assert_eq!(found["decision"], Value::Null);
    let warned = found["warnings"].to_string();
    for text in ["in 4 of 10 folds", "once for each pair", "that scores know"] {
        assert!(warned.contains(text), "{text}: {warned}");
    }
    // Bundles that are there are of these people, and the number of jobs does not show.
    assert_eq!(run(&["--jobs", "1"]), text);

    // A person who has windows by now is one whom the bundles ought to know.
    fs::copy(sessions.join("p1/1.csv"), sessions.join("p5/1.csv")).unwrap();
    let done = evaluate(&[]);
    let told = String::from_utf8_lossy(&done.stderr).into_owned();
    assert!(told.contains("was trained on other people"), "{told}");
}

#[test]
fn a_life_begins_with_two_sittings_and_scores_each_session_after_them() {
    let dir = tempfile::tempdir().unwrap();
    let sessions = dir.path().join("sessions");
    recordings(&sessions, 3);
    let data = format!("graspd={}", sessions.display());
    let out = dir.path().join("out");
    let done = evaluate(&data, &out, &["--protocol", "life"]);
    assert!(done.status.success(), "{done:?}");
    let found = results(&out);
    assert_eq!(found["adaptation"], "none");
    assert_eq!(found["mean"]["as_enrolled"], Value::Null);
    let owners = found["per_owner"].as_array().unwrap();
    assert_eq!(owners.len(), 3);
    for owner in owners {
        let sessions = owner["sessions"].as_array().unwrap();
        let names: Vec<_> = sessions.iter().map(|one| &one["session"]).collect();
        assert_eq!(names, ["3", "4"]);
        for session in sessions {
            assert_eq!(session["profile_sessions"], 2);
            assert!((0.0..=1.0).contains(&session["eer"].as_f64().unwrap()));
        }
        // Two of four sessions are half of them, and shorter than a sitting may be.
        assert_eq!(owner["eer_later_half"], owner["eer_half_enrolled"]);
    }
    assert!(
        fs::read_to_string(out.join("report.html"))
            .unwrap()
            .contains("sittings")
    );

    let alone = dir.path().join("alone");
    let none = evaluate(
        &format!("{data},people=p1"),
        &alone,
        &["--protocol", "life"],
    );
    let told = String::from_utf8_lossy(&none.stderr).into_owned();
    assert!(told.contains("more than 2 sessions"), "{told}");
}

#[test]
fn a_life_that_cannot_learn_says_why_and_counts_who_else_has_the_device() {
    let dir = tempfile::tempdir().unwrap();
    let sessions = dir.path().join("sessions");
    recordings(&sessions, 2);
    let data = format!("graspd={}", sessions.display());
    let out = dir.path().join("out");
    let life = ["--protocol", "life", "--adaptation", "daily"];
    let attack = ["--intruder", "thief", "--days", "3"];
    let done = evaluate(&data, &out, &[&life[..], &attack].concat());
    assert!(done.status.success(), "{done:?}");
    let found = results(&out);
    assert_eq!(found["adaptation"], "daily");
    for owner in found["per_owner"].as_array().unwrap() {
        // models/seed-2d has no cohort.
        let why = owner["nothing_learnt"].as_str().unwrap();
        assert!(why.contains("enrol again with a model"), "{why}");
        assert_eq!(owner["as_enrolled"]["eer"], owner["eer"]);
    }
    let intrusions = found["intrusions"].as_array().unwrap();
    assert_eq!(intrusions.len(), 2);
    for one in intrusions {
        assert_eq!((&one["sessions"], &one["joined"]), (&3.into(), &0.into()));
        assert_eq!(one["first_joined_day"], Value::Null);
    }
    let told = String::from_utf8_lossy(&done.stdout).into_owned();
    assert!(
        told.contains("thief p2 with the device of p1: 0 of 3"),
        "{told}"
    );
    let page = fs::read_to_string(out.join("report.html")).unwrap();
    assert!(page.contains("knows the secret") && page.contains("as enrolled"));
    let unlearnt = evaluate(&data, &out, &[&life[..2], &attack].concat());
    assert!(String::from_utf8_lossy(&unlearnt.stderr).contains("--adaptation daemon or daily"));
}

#[test]
fn a_session_is_learnt_after_it_is_scored_and_before_one_a_day_later() {
    let Some(data) = std::env::var_os("GRASPD_DATA") else {
        return skipped::because(
            "GRASPD_DATA names no folder, so NO real recordings were evaluated",
        );
    };
    let data = Path::new(&data).join("hmog");
    let of = |people: &str| format!("hmog={},people={people}", data.display());
    let (taught, tested) = (of("151985+180679+218719"), of("100669+201848"));
    let dir = tempfile::tempdir().unwrap();
    let (model, out) = (dir.path().join("model"), dir.path().to_str().unwrap());
    let model = model.to_str().unwrap();
    let trained = grasp_train(&[
        "train", "--arch", "spectral", "--data", &taught, "--out", model,
    ]);
    assert!(trained.status.success(), "{trained:?}");
    let fixed = ["evaluate", "--model", model, "--data", &tested];
    let life = ["--protocol", "life", "--adaptation", "daily", "--out", out];
    let done = grasp_train(&[&fixed[..], &life].concat());
    assert!(done.status.success(), "{done:?}");
    let found = results(dir.path());
    let (mut learnt, mut changed) = (0, false);
    for owner in found["per_owner"].as_array().unwrap() {
        let sessions = owner["sessions"].as_array().unwrap();
        let mut made_of = owner["sittings"].as_u64().unwrap();
        assert_eq!(sessions[0]["eer"], sessions[0]["eer_as_enrolled"]);
        for session in sessions {
            assert_eq!(session["profile_sessions"], made_of, "{session}");
            let joined = session["learnt"] == true;
            assert_eq!(joined, session["kept_out"].is_null(), "{session}");
            made_of += u64::from(joined);
            learnt += usize::from(joined);
            changed |= session["eer_as_enrolled"] != session["eer"];
        }
    }
    assert!(learnt > 0 && changed, "nothing was learnt: {found}");
}

/// People of SisFall's layout who shake a phone, each in their own way.
fn shakers(folder: &Path, people: i32) {
    for person in 1..=people {
        let row = |i: i32| {
            let swing = (f64::from(i * person) / 20.0).sin() * 60.0;
            format!("{swing:.0},256,{:.0},16,32,-49,1,2,3;\n", -swing / 2.0)
        };
        let home = folder.join(format!("SA0{person}"));
        fs::create_dir_all(&home).unwrap();
        let text: String = (0..6000).map(row).collect();
        fs::write(home.join(format!("D01_SA0{person}_R01.txt")), text).unwrap();
    }
}

#[test]
fn a_fold_that_is_there_serves_only_the_data_and_recordings_that_it_was_trained_on() {
    let dir = tempfile::tempdir().unwrap();
    let (sessions, more) = (dir.path().join("sessions"), dir.path().join("sisfall"));
    recordings(&sessions, 4);
    shakers(&more, 3);
    let data = format!("graspd={}", sessions.display());
    let evaluate = |out: &str, people: &str, options: &[&str]| {
        let mut recipe = "--arch seed-1d --pairs-per-person 4 --epochs 1".to_owned();
        if !people.is_empty() {
            recipe += &format!(" --data sisfall={},people={people}", more.display());
        }
        let out = dir.path().join(out);
        let fixed = [
            "evaluate",
            "--folds",
            "2",
            "--train",
            &recipe,
            "--windows-only",
        ];
        let to = ["--data", &data, "--out", out.to_str().unwrap()];
        let done = grasp_train(&[&fixed[..], &to, options].concat());
        String::from_utf8_lossy(&done.stderr).into_owned()
    };
    // Simulated people may fail a control; the figures are there all the same.
    let command_of = |out: &str| results(&dir.path().join(out))["command"].to_string();

    evaluate("alone", "", &[]);
    assert!(command_of("alone").contains("--epochs 1' --data graspd=DIR"));
    let told = evaluate("alone", "SA01+SA02", &[]);
    assert!(told.contains("was trained on other data"), "{told}");

    evaluate("more", "SA01+SA02", &[]);
    let command = command_of("more");
    assert!(
        command.contains("--epochs 1 --data sisfall=DIR,people=SA01+SA02'"),
        "{command}"
    );
    let told = evaluate("more", "SA01+SA02+SA03", &[]);
    assert!(
        told.contains("other people than those asked for of sisfall"),
        "{told}"
    );
    let told = evaluate("more", "", &[]);
    assert!(told.contains("was trained on other data"), "{told}");

    // Of the same people, but not the same motion.
    fs::copy(sessions.join("p1/1.csv"), sessions.join("p1/2.csv")).unwrap();
    let told = evaluate("alone", "", &[]);
    assert!(told.contains("was trained on other recordings"), "{told}");
    // As one is free to ask for.
    let alone = dir.path().join("alone");
    evaluate("noisy", "", &["--folds-from", alone.to_str().unwrap()]);
    assert!(command_of("noisy").contains("--folds-from DIR"));
    assert!(!dir.path().join("noisy/fold-1").exists());
    let told = evaluate(
        "noisier",
        "SA01+SA02",
        &["--folds-from", alone.to_str().unwrap()],
    );
    assert!(told.contains("was trained on other data"), "{told}");
    fs::remove_file(alone.join("fold-1.trained-on")).unwrap();
    let told = evaluate("alone", "", &[]);
    assert!(
        told.contains("has no fold-1.trained-on beside it"),
        "{told}"
    );
}

#[test]
fn people_of_another_data_set_are_impostors_apart() {
    let dir = tempfile::tempdir().unwrap();
    let sessions = dir.path().join("sessions");
    recordings(&sessions, 2);
    let data = format!("graspd={}", sessions.display());
    let strangers = dir.path().join("sisfall");
    shakers(&strangers, 2);
    let more = format!("sisfall={}", strangers.display());
    let out = dir.path().join("out");
    evaluate(&data, &out, &["--impostors", &more]);
    let found = results(&out);
    assert_eq!(found["strangers"]["dataset"], "sisfall");
    assert_eq!(found["strangers"]["people"], 2);
    assert!(
        found["command"]
            .as_str()
            .unwrap()
            .contains("--impostors sisfall=DIR")
    );
    let plain = dir.path().join("plain");
    evaluate(&data, &plain, &[]);
    let plain = results(&plain);
    assert_eq!(plain["strangers"], Value::Null);
    assert_eq!(plain["eer_mean"], found["eer_mean"]);

    let same = evaluate(&data, &out, &["--impostors", &data]);
    let told = String::from_utf8_lossy(&same.stderr).into_owned();
    assert!(told.contains("another data set"), "{told}");
}
