//! The simulator by what it writes: through its command line and graspd's reader.
#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use grasp_train::simulate::{Activity, Episode, Plan, PlanError, Session, simulate};
use graspd::motion::align::Aligner;
use graspd::motion::{Channels, Frame, RATE_HZ, Sample, Sensor};
use graspd::source::{Reading, Source};

fn plan() -> Plan {
    Plan {
        people: vec![8, 2],
        hand_overs_s: vec![60.0],
        end_s: 120.0,
        session: 5,
        handset: 1,
    }
}

fn play(plan: &Plan) -> Session {
    simulate(plan).unwrap()
}

fn command(args: &[&str], out: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_grasp-train"))
        .arg("simulate")
        .args(args)
        .arg("--out")
        .arg(out)
        .output()
        .unwrap()
}

/// Samples of one sensor between two times in seconds.
fn between(session: &Session, sensor: Sensor, from_s: f64, to_s: f64) -> Vec<[f64; 3]> {
    let seconds = |s: &&Sample| s.t.nanos() as f64 / 1e9;
    let wanted = session.samples.iter().filter(|s| s.sensor == sensor);
    wanted
        .filter(|s| (from_s..to_s).contains(&seconds(s)))
        .map(|s| s.xyz.map(f64::from))
        .collect()
}

fn length(v: [f64; 3]) -> f64 {
    v.iter().map(|x| x * x).sum::<f64>().sqrt()
}

fn mean(rows: &[[f64; 3]]) -> [f64; 3] {
    [0, 1, 2].map(|k| rows.iter().map(|r| r[k]).sum::<f64>() / rows.len() as f64)
}

fn samples_of(path: &Path) -> (Vec<Sample>, u64) {
    let mut source = graspd::source::open(path).unwrap();
    let mut samples = Vec::new();
    while let Some(Reading::Sample(sample)) = source.next().unwrap() {
        samples.push(sample);
    }
    (samples, source.counts().malformed)
}

/// The committed sample is what the commands beside it make, byte for byte.
#[test]
fn committed_sample_is_what_its_commands_make() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/data/simulated");
    let script = fs::read_to_string(folder.join("regenerate")).unwrap();
    let dir = tempfile::tempdir().unwrap();
    let mut compared = 0;
    for line in script.lines().filter(|l| l.starts_with("simulate ")) {
        let words: Vec<&str> = line.split(' ').collect();
        let made = dir.path().join("made.csv");
        let output = command(&words[2..], &made);
        assert!(output.status.success(), "{line}: {output:?}");

        let committed = File::open(folder.join(words[1]).with_extension("csv.zst")).unwrap();
        let mut text = Vec::new();
        let mut frames = ruzstd::decoding::StreamingDecoder::new(committed).unwrap();
        frames.read_to_end(&mut text).unwrap();
        assert!(fs::read(&made).unwrap() == text, "{} differs", words[1]);
        compared += 1;
    }
    assert_eq!(compared, 4);
}

#[test]
fn recordings_say_that_they_are_simulated_and_read_back_whole() {
    let dir = tempfile::tempdir().unwrap();
    let out = dir.path().join("session.csv");
    let args = [
        "--person",
        "8",
        "--hand-over",
        "60:2",
        "--minutes",
        "2",
        "--session",
        "5",
    ];
    assert!(command(&args, &out).status.success());

    let text = fs::read_to_string(&out).unwrap();
    let mut lines = text.lines();
    assert!(lines.next().unwrap().contains("SIMULATED"));
    assert_eq!(
        lines.next().unwrap(),
        "# grasp-train simulate --person 8 --hand-over 60:2 --minutes 2 --session 5 --handset 1"
    );
    assert!(text.contains("\n# 60.0 s: person 2 is handed the phone\n"));
    assert_eq!(samples_of(&out), (play(&plan()).samples, 0));
}

#[test]
fn both_sensors_run_at_100_hz_on_instants_of_their_own() {
    let session = play(&plan());
    let mut aligner = Aligner::of(Channels::default());
    let mut frames: Vec<Frame> = Vec::new();
    for sample in &session.samples {
        aligner.push(sample, |frame| frames.push(frame));
    }
    let counts = aligner.counts();
    let dropped = [
        counts.gaps,
        counts.duplicate,
        counts.backward,
        counts.non_finite,
    ];
    assert_eq!(dropped, [0; 4]);
    assert!(frames.windows(2).all(|f| f[0].index.next() == f[1].index));
    for sensor in Sensor::ALL {
        let rate = between(&session, sensor, 10.0, 110.0).len() as f64 / 100.0;
        assert!(
            (rate / f64::from(RATE_HZ) - 1.0).abs() < 0.005,
            "{sensor}: {rate} Hz"
        );
    }
    let together = session
        .samples
        .windows(2)
        .filter(|s| s[0].t == s[1].t)
        .count();
    assert!(
        together * 10 < session.samples.len(),
        "{together} at one instant"
    );
}

#[test]
fn a_phone_on_a_table_feels_gravity_on_its_back_and_nothing_else() {
    let alone = Plan {
        people: vec![8],
        hand_overs_s: vec![],
        ..plan()
    };
    let session = (1..)
        .map(|session| {
            play(&Plan {
                session,
                ..alone.clone()
            })
        })
        .find(|s| s.schedule.iter().any(|e| e.activity == Activity::OnTable))
        .unwrap();
    let lies = |e: &&Episode| e.activity == Activity::OnTable;
    let start_s = session.schedule.iter().find(lies).unwrap().start_s;
    let force = between(
        &session,
        Sensor::Accelerometer,
        start_s + 5.0,
        start_s + 11.0,
    );
    let rate = between(&session, Sensor::Gyroscope, start_s + 5.0, start_s + 11.0);
    // What is left are the sensors' offsets, scales and noise.
    let [x, y, z] = mean(&force);
    assert!(
        x.abs() < 1.0 && y.abs() < 1.0 && (z - 9.81).abs() < 1.0,
        "{x} {y} {z}"
    );
    let noise = force
        .iter()
        .map(|v| length([v[0] - x, v[1] - y, v[2] - z]).powi(2));
    let noise = (noise.sum::<f64>() / force.len() as f64).sqrt();
    assert!((0.005..0.05).contains(&noise), "{noise} m/s²");
    assert!(rate.iter().all(|&v| length(v) < 0.05));
}

#[test]
fn the_phone_is_in_other_hands_after_the_hand_over_and_not_before() {
    let handed = play(&plan());
    let kept = play(&Plan {
        people: vec![8],
        hand_overs_s: vec![],
        ..plan()
    });
    let at_10 = |s: &Session| between(s, Sensor::Accelerometer, 0.0, 10.0);
    assert_eq!(at_10(&handed), at_10(&kept));

    let same_pair = play(&Plan {
        people: vec![8, 8],
        ..plan()
    });
    let other_pair = play(&plan());
    let until = |s: &Session, end_s| between(s, Sensor::Gyroscope, 0.0, end_s);
    assert_eq!(until(&same_pair, 59.9), until(&other_pair, 59.9));
    assert_ne!(until(&same_pair, 62.0), until(&other_pair, 62.0));
}

#[test]
fn seeds_make_people_phones_and_days_and_repeat_them() {
    let base = play(&plan());
    assert_eq!(base, play(&plan()));
    let others = [
        Plan {
            people: vec![9, 2],
            ..plan()
        },
        Plan {
            people: vec![8, 3],
            ..plan()
        },
        Plan {
            handset: 2,
            ..plan()
        },
        Plan {
            session: 6,
            ..plan()
        },
    ];
    for other in others {
        assert_ne!(base.samples, play(&other).samples, "{other:?}");
    }
    // In a session that leaves the phone in the hand, the hold is the person's.
    let hold = |person| {
        let alone = Plan {
            people: vec![person],
            hand_overs_s: vec![],
            session: 3,
            ..plan()
        };
        let session = play(&alone);
        assert!(
            !session
                .schedule
                .iter()
                .any(|e| e.activity == Activity::OnTable)
        );
        mean(&between(&session, Sensor::Accelerometer, 0.0, 120.0))
    };
    let pitch = |force: [f64; 3]| force[1].atan2(force[2]).to_degrees();
    assert!(pitch(hold(8)) - pitch(hold(2)) > 10.0);
}

#[test]
fn plans_that_cannot_be_are_refused() {
    let times = [
        (vec![5.0], 120.0),
        (vec![110.0], 120.0),
        (vec![f64::NAN], 120.0),
    ];
    for (hand_overs_s, end_s) in times {
        let plan = Plan {
            hand_overs_s,
            end_s,
            ..plan()
        };
        assert_eq!(simulate(&plan), Err(PlanError::Times), "{plan:?}");
    }
    for end_s in [f64::NAN, f64::INFINITY, 1e9] {
        assert_eq!(simulate(&Plan { end_s, ..plan() }), Err(PlanError::Times));
    }
    let lonely = Plan {
        people: vec![8],
        ..plan()
    };
    assert!(matches!(simulate(&lonely), Err(PlanError::People { .. })));

    let output = command(
        &["--person", "1", "--hand-over", "soon"],
        Path::new("unused.csv"),
    );
    assert!(String::from_utf8(output.stderr).unwrap().contains("150:2"));
}
