//! Lives with and without adaptation, and attacks on it, over HMOG with every pair of people
//! left out of the cohort in turn. Not a test of the code but the measurement of
//! docs/experiments.md ("Adaptation"), so it is ignored:
//!
//! `GRASPD_DATA=DIR cargo test --test adaptation -- --ignored --nocapture`
//!
//! with `DIR/hmog`. Bundles are trained once and kept in `GRASPD_PAIRS` (by default in the
//! target folder). `GRASPD_FOLDS=DIR` takes the bundles that `grasp-train evaluate --folds N
//! --train '--arch spectral' --out DIR` has made instead, and is quicker. `GRASPD_LIVES=n` walks
//! through n lives at most.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use graspd::decide::{Decider, Policy, State};
use graspd::enrol::adaptation::{
    JUDGED_WINDOWS, Judge, KeptSessions, LEAST_WINDOWS, Label, SessionWindows, UnixTime,
};
use graspd::enrol::{DecisionBudget, EnrolmentWindows, GammaRule, LearnOptions};
use graspd::model::cohort::Cohort;
use graspd::model::{Bundle, Embedder};
use graspd::motion::framing::Framer;
use graspd::motion::rest::RestLimits;
use graspd::motion::{Channels, DEFAULT_HOP, SampleTime};
use graspd::owner::Score;
use graspd::owner::ocsvm::Nu;
use graspd::owner::profile::Profile;
use graspd::source::{self, Reading};
use ndarray::{Array2, Axis, Slice};

/// Fewest sittings of the enrolment; as many as it takes until it is accepted. Windows of
/// each: five minutes.
const LEAST_SITTINGS: usize = 2;
const SITTING: usize = 300;
/// Every fifth window overlaps with none before; six of those are half a minute.
const APART: usize = 5;
const HALF_MINUTE: usize = 6;
const DAY: Duration = Duration::from_secs(24 * 3600);

#[test]
#[ignore = "a measurement over recordings that are not ours to ship; takes half an hour"]
fn lives_and_attacks() {
    let Some(data) = std::env::var_os("GRASPD_DATA") else {
        return skipped::because("GRASPD_DATA names no folder, so NO life was learnt");
    };
    let root = PathBuf::from(data).join("hmog");
    let people = people(&root.join("public_dataset"));
    let names: Vec<&String> = people.keys().collect();
    let most = std::env::var("GRASPD_LIVES").map_or(usize::MAX, |n| n.parse().unwrap());
    let bundles = match std::env::var_os("GRASPD_FOLDS") {
        Some(folds) => folders(Path::new(&folds)),
        None => pairs(&root, &names),
    };
    let mut total = Total::default();
    for path in bundles {
        let bundle = Bundle::open(&path).unwrap();
        let trained: Vec<&String> = bundle
            .manifest()
            .training
            .data
            .iter()
            .flat_map(|data| &data.people)
            .collect();
        let tested: Vec<Person<'_>> = names
            .iter()
            .filter(|name| !trained.contains(name))
            .map(|who| (who.as_str(), embed(&bundle, &people[*who])))
            .collect();
        println!("{}: {} people trained on", path.display(), trained.len());
        let cohort = bundle.cohort().unwrap();
        for (at, owner) in tested.iter().enumerate() {
            let mut others = (0..tested.len()).filter(|other| *other != at);
            // One life an owner; with more strangers, against the first.
            let first = others.clone().next();
            others.by_ref().for_each(|other| {
                let lives = Some(other) == first && total.fixed.len() < most;
                total.add(&bundle, &cohort, owner, &tested[other], lives);
            });
        }
    }
    total.say();
}

/// A bundle without each pair of people.
fn pairs(root: &Path, names: &[&String]) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for (at, one) in names.iter().enumerate() {
        for other in &names[at + 1..] {
            all.push(bundle(root, names, [one, other]));
        }
    }
    all
}

/// The folders in a folder, in order.
fn folders(parent: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(parent)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let mut all: Vec<PathBuf> = entries.filter(|path| path.is_dir()).collect();
    all.sort();
    all
}

/// Session folders of everyone, oldest first.
fn people(root: &Path) -> BTreeMap<String, Vec<PathBuf>> {
    let of = |person: PathBuf| {
        let mut sessions: Vec<(u64, PathBuf)> = folders(&person)
            .into_iter()
            .filter_map(|session| Some((began(&session)?, session)))
            .collect();
        sessions.sort();
        let name = person.file_name().unwrap().to_str().unwrap().to_owned();
        (name, sessions.into_iter().map(|(_, path)| path).collect())
    };
    folders(root).into_iter().map(of).collect()
}

fn began(session: &Path) -> Option<u64> {
    let file = fs::File::open(session.join("Accelerometer.csv")).ok()?;
    let mut first = String::new();
    BufReader::new(file).read_line(&mut first).ok()?;
    first.split(',').next()?.parse().ok()
}

/// A bundle trained on everyone but `without`.
fn bundle(root: &Path, names: &[&String], without: [&String; 2]) -> PathBuf {
    let folder = std::env::var_os("GRASPD_PAIRS").map_or_else(
        || Path::new(env!("CARGO_TARGET_TMPDIR")).join("pairs"),
        PathBuf::from,
    );
    let out = folder.join(format!("{}-{}", without[0], without[1]));
    if !out.join("manifest.toml").exists() {
        let others: Vec<&str> = names
            .iter()
            .filter(|name| !without.contains(name))
            .map(|name| name.as_str())
            .collect();
        let data = format!("hmog={},people={}", root.display(), others.join("+"));
        let trained = Command::new(env!("CARGO_BIN_EXE_grasp-train"))
            .args(["train", "--arch", "spectral", "--data", &data, "--out"])
            .arg(&out)
            .output()
            .unwrap();
        assert!(trained.status.success(), "{trained:?}");
    }
    out
}

/// Embeddings of each session at the daemon's hop, without windows at rest.
fn embed(bundle: &Bundle, sessions: &[PathBuf]) -> Vec<Array2<f32>> {
    let mut embedder = Embedder::new(bundle).unwrap();
    let (frames, columns) = (embedder.frames(), embedder.embedding_len());
    let of = |path: &PathBuf| {
        let mut framer = Framer::new(Channels::default(), frames, DEFAULT_HOP);
        let mut source = source::open(path).unwrap();
        let mut all = Vec::new();
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
    };
    sessions.iter().map(of).collect()
}

type Person<'a> = (&'a str, Vec<Array2<f32>>);

#[derive(Default)]
struct Total {
    genuine: Sessions,
    impostor: Sessions,
    /// Sittings that each enrolment needed.
    sittings: Vec<usize>,
    fixed: Vec<[f64; 2]>,
    adapted: Vec<[f64; 2]>,
    joined: usize,
    entered: usize,
}

/// How sessions were judged.
#[derive(Default)]
struct Sessions {
    judged: usize,
    admitted: usize,
    locked: usize,
    admitted_as_false_lock: usize,
    means: Vec<f64>,
    /// Sessions cut into the shortest that are judged: how many, and how many are admitted.
    pieces: usize,
    pieces_admitted: usize,
}

impl Total {
    fn add(
        &mut self,
        bundle: &Bundle,
        cohort: &Cohort,
        owner: &Person<'_>,
        stranger: &Person<'_>,
        lives: bool,
    ) {
        let pair = format!("{} against {}", owner.0, stranger.0);
        let Some(mut life) = Life::begin(bundle, cohort, &owner.1) else {
            println!("{pair}: the enrolment is refused");
            return;
        };
        let later = &owner.1[life.sittings..];
        self.sittings.push(life.sittings);
        life.judge_all(&pair, "genuine", later, &mut self.genuine);
        life.judge_all(&pair, "impostor", &stranger.1, &mut self.impostor);
        if !lives {
            return;
        }
        let theirs = &stranger.1[stranger.1.len() / 2..];
        let fixed = life.errors(later, theirs, false);
        let adapted = life.errors(later, theirs, true);
        let joined = life.kept.records().filter(|r| r.learnt.is_some()).count();
        println!(
            "{pair}: EER 5 s / 30 s as enrolled {:.3} / {:.3}, adapted {:.3} / {:.3}, {joined} sessions joined",
            fixed[0], fixed[1], adapted[0], adapted[1]
        );
        self.fixed.push(fixed);
        self.adapted.push(adapted);
        self.joined += joined;
        self.entered += life.attack(&pair, &stranger.1);
    }

    fn say(&self) {
        println!(
            "sittings until the enrolment was accepted: {:?}",
            self.sittings
        );
        for (who, sessions) in [("genuine", &self.genuine), ("impostor", &self.impostor)] {
            println!(
                "{who}: {} sessions judged, {} admitted undisturbed; {} locked, of which {} admitted as a false lock",
                sessions.judged,
                sessions.admitted,
                sessions.locked,
                sessions.admitted_as_false_lock
            );
            let mut means = sessions.means.clone();
            means.sort_by(f64::total_cmp);
            let at = |share: f64| means[((means.len() - 1) as f64 * share) as usize];
            println!(
                "{who}: cut into sessions of the least length, {} of {} admitted",
                sessions.pieces_admitted, sessions.pieces
            );
            println!(
                "{who}: session mean in strangers' deviations, 5 % {:.2}, median {:.2}, 95 % {:.2}, most {:.2}",
                at(0.05),
                at(0.5),
                at(0.95),
                at(1.0)
            );
        }
        let mean =
            |all: &[[f64; 2]], at: usize| all.iter().map(|e| e[at]).sum::<f64>() / all.len() as f64;
        println!(
            "{} lives: EER 5 s / 30 s as enrolled {:.3} / {:.3}, adapted {:.3} / {:.3}, {} sessions joined; {} of strangers' sessions entered",
            self.fixed.len(),
            mean(&self.fixed, 0),
            mean(&self.fixed, 1),
            mean(&self.adapted, 0),
            mean(&self.adapted, 1),
            self.joined,
            self.entered
        );
    }
}

/// An owner who enrolled in as few sittings as were accepted.
struct Life<'a> {
    cohort: &'a Cohort,
    rule: DecisionBudget,
    profile: Profile,
    judge: Judge,
    enrolled: KeptSessions,
    kept: KeptSessions,
    sittings: usize,
}

impl<'a> Life<'a> {
    fn begin(bundle: &Bundle, cohort: &'a Cohort, sessions: &[Array2<f32>]) -> Option<Self> {
        let embedder = Embedder::new(bundle).unwrap();
        let how = LearnOptions {
            nu: Nu::RECIPE,
            gamma: GammaRule::HeldOut,
            rule: DecisionBudget::default(),
        };
        let mut material = EnrolmentWindows::new(&embedder, DEFAULT_HOP);
        let mut accepted = None;
        for (number, sitting) in sessions.iter().enumerate() {
            for row in sitting.outer_iter().take(SITTING) {
                material.add(row);
            }
            material.end_session();
            if number + 1 < LEAST_SITTINGS {
                continue;
            }
            match material.finish(&how, Some(cohort), 1000, 0) {
                Ok((profile, _)) => {
                    accepted = Some((number + 1, profile));
                    break;
                }
                Err(why) => println!("  ({} sittings are refused: {why})", number + 1),
            }
        }
        let (sittings, profile) = accepted?;
        println!("  ({sittings} sittings: {})", profile.enrolment.expectation);
        let kept = KeptSessions::of(&material, &how, &profile);
        let rule = how.rule;
        let judge = kept.judge(&rule, Some(cohort)).ok()?;
        Some(Self {
            cohort,
            rule,
            profile,
            judge,
            enrolled: kept.clone(),
            kept,
            sittings,
        })
    }

    /// Windows before the first lock by evidence in a session, by `profile`; all windows
    /// where there is none.
    fn before_lock(&self, profile: &Profile, session: &Array2<f32>) -> usize {
        let mut decider = Decider::new(Policy::default(), profile.calibration);
        let mut t = SampleTime::default();
        decider.advance(t, &mut |_| {});
        for (at, row) in session.outer_iter().enumerate() {
            t = t.after(Duration::from_millis(10 * DEFAULT_HOP as u64));
            let score = profile.scorer.score(row);
            decider.window(t, Score(score.0), &mut |_| {});
            if decider.state().0 == State::Lock {
                return at;
            }
        }
        session.nrows()
    }

    /// The windows of a session that are judged, and how the session is labelled if the
    /// secret follows every lock at once.
    fn candidate(&self, profile: &Profile, session: &Array2<f32>) -> (SessionWindows, Label) {
        let until = self.before_lock(profile, session);
        let label = match until == session.nrows() {
            true => Label::Undisturbed,
            false => Label::FalseLock,
        };
        let mut windows = SessionWindows::with_room(session.ncols(), JUDGED_WINDOWS);
        for row in session.outer_iter().take(until) {
            windows.push(row);
        }
        (windows, label)
    }

    fn judge_all(&self, pair: &str, who: &str, sessions: &[Array2<f32>], into: &mut Sessions) {
        for session in sessions {
            let (windows, label) = self.candidate(&self.profile, session);
            let likeness = self.judge.likeness(&windows);
            // The whole of it, as if no lock had cut it short.
            let mut whole = SessionWindows::with_room(session.ncols(), JUDGED_WINDOWS);
            for row in session.outer_iter() {
                whole.push(row);
            }
            let all = self.judge.likeness(&whole);
            let admitted = self.judge.admits(&likeness, label);
            into.judged += 1;
            match label {
                Label::Undisturbed => into.admitted += usize::from(admitted.is_ok()),
                Label::FalseLock => {
                    into.locked += 1;
                    into.admitted_as_false_lock += usize::from(admitted.is_ok());
                }
            }
            for from in (0..session.nrows()).step_by(LEAST_WINDOWS) {
                let until = from + LEAST_WINDOWS;
                if until > session.nrows() {
                    break;
                }
                let piece = session
                    .slice_axis(Axis(0), Slice::from(from..until))
                    .to_owned();
                let (windows, label) = self.candidate(&self.profile, &piece);
                let admitted = self.judge.admits(&self.judge.likeness(&windows), label);
                into.pieces += 1;
                into.pieces_admitted += usize::from(admitted.is_ok());
            }
            let span = self.judge.span();
            into.means.push(all.mean * span);
            println!(
                "{pair}, {who}, span {span:.2}, {label:?}, windows {}, mean {:.2}, accepted {:.2}, lowest {:.2}; \
                 whole {} windows, mean {:.2}, accepted {:.2}, lowest {:.2}: {}",
                likeness.windows,
                likeness.mean * span,
                likeness.accepted,
                likeness.lowest * span,
                all.windows,
                all.mean * span,
                all.accepted,
                all.lowest * span,
                admitted
                    .err()
                    .map_or_else(|| "admitted".into(), |why| why.to_string()),
            );
        }
    }

    /// Mean EER of later sessions, each before it is learnt, against all of a stranger's
    /// windows: of windows, and of half-minutes.
    fn errors(
        &mut self,
        later: &[Array2<f32>],
        strangers: &[Array2<f32>],
        adapts: bool,
    ) -> [f64; 2] {
        self.kept = self.enrolled.clone();
        let mut profile = self.profile.clone();
        let mut now = UnixTime(0);
        let (mut windows, mut halves) = (Vec::new(), Vec::new());
        for session in later {
            now = now.after(DAY);
            let own = scores(&profile, std::slice::from_ref(session));
            let theirs = scores(&profile, strangers);
            windows.extend(eer(&own.concat(), &theirs.concat()));
            halves.extend(eer(&fused(&own), &fused(&theirs)));
            if adapts {
                self.live(&mut profile, session, now);
            }
        }
        let mean = |all: &[f64]| all.iter().sum::<f64>() / all.len().max(1) as f64;
        [mean(&windows), mean(&halves)]
    }

    /// A day on which `session` happens; whether it entered.
    fn live(&mut self, profile: &mut Profile, session: &Array2<f32>, now: UnixTime) -> bool {
        let (windows, label) = self.candidate(profile, session);
        let entered = self.kept.propose(&self.judge, &windows, label, now).is_ok();
        if !self.kept.admit(now, Duration::ZERO) {
            return entered;
        }
        let learnt = self.kept.learn(&self.rule, Some(self.cohort));
        match learnt {
            Ok((adapted, _)) if self.judge.accepts(&adapted).is_ok() => {
                *profile = adapted;
                self.kept.made();
            }
            Ok((adapted, _)) => {
                println!(
                    "  (not accepted: {})",
                    self.judge.accepts(&adapted).unwrap_err()
                );
                self.kept.undo();
            }
            Err(why) => {
                println!("  (not accepted: {why})");
                self.kept.undo();
            }
        }
        entered
    }

    /// A year in which a stranger is let in behind the owner's secret every day, and every
    /// lock is opened at once. Returns how many of their sessions entered.
    fn attack(&mut self, pair: &str, theirs: &[Array2<f32>]) -> usize {
        self.kept = self.enrolled.clone();
        let mut profile = self.profile.clone();
        let far = |profile: &Profile| {
            let all = scores(profile, theirs).concat();
            let threshold = profile.calibration.threshold.0;
            all.iter().filter(|s| **s >= threshold).count() as f64 / all.len() as f64
        };
        let before = far(&profile);
        let mut entered = 0;
        // What does not depend on the day is not repeated: a year is each session many times,
        // and the judge stays what it is.
        for (day, session) in (1u32..).zip(theirs) {
            entered += usize::from(self.live(&mut profile, session, UnixTime(0).after(DAY * day)));
        }
        let after = far(&profile);
        println!(
            "{pair}: {entered} of {} sessions of the stranger entered; windows that pass {before:.3}, after {after:.3}",
            theirs.len()
        );
        entered
    }
}

/// Scores of windows that do not overlap, session by session.
fn scores(profile: &Profile, sessions: &[Array2<f32>]) -> Vec<Vec<f64>> {
    let of = |session: &Array2<f32>| {
        let rows = session.outer_iter().step_by(APART);
        rows.map(|row| profile.scorer.score(row).0).collect()
    };
    sessions.iter().map(of).collect()
}

fn fused(sessions: &[Vec<f64>]) -> Vec<f64> {
    let runs = sessions
        .iter()
        .flat_map(|scores| scores.chunks_exact(HALF_MINUTE));
    runs.map(|run| run.iter().sum::<f64>() / run.len() as f64)
        .collect()
}

/// Equal error rate: where the rates of rejected `own` and accepted `theirs` are nearest,
/// their mean. `None` without either.
fn eer(own: &[f64], theirs: &[f64]) -> Option<f64> {
    if own.is_empty() || theirs.is_empty() {
        return None;
    }
    let thresholds = own.iter().chain(theirs);
    let rates = thresholds.map(|threshold| {
        let rejected = own.iter().filter(|s| *s < threshold).count() as f64 / own.len() as f64;
        let accepted = theirs.iter().filter(|s| *s >= threshold).count() as f64;
        (rejected, accepted / theirs.len() as f64)
    });
    rates
        .min_by(|(a, b), (c, d)| (a - b).abs().total_cmp(&(c - d).abs()))
        .map(|(rejected, accepted)| (rejected + accepted) / 2.0)
}
