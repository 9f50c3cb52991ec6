//! The targets over their seeds, without a fuzzer.

use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use fastrand::Rng;

type Target = fn(&[u8]);

const TARGETS: [(&str, Target); 10] = [
    ("folder", super::folder),
    ("iio", super::iio),
    ("journal", super::journal),
    ("motion", super::motion),
    ("onnx", super::onnx),
    ("recording", super::recording),
    ("request", super::request),
    ("settings", super::settings),
    ("udev", super::udev),
    ("unseal", super::unseal),
];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

fn names(folder: PathBuf) -> Vec<String> {
    let entries = fs::read_dir(&folder).unwrap();
    let mut names: Vec<_> = entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn every_target_has_a_program_and_seeds() {
    let targets: Vec<_> = TARGETS.iter().map(|(name, _)| name.to_string()).collect();
    assert_eq!(names(folder().join("seeds")), targets);
    let programs: Vec<_> = targets.iter().map(|name| format!("{name}.rs")).collect();
    assert_eq!(names(folder().join("fuzz_targets")), programs);
}

/// Each seed as it is, cut short, and with a byte changed, in places all over.
#[test]
fn seeds_and_what_is_near_them_hold() {
    for (target, run) in TARGETS {
        let seeds = folder().join("seeds").join(target);
        for name in names(seeds.clone()) {
            let seed = fs::read(seeds.join(&name)).unwrap();
            println!("{target}/{name}");
            run(&seed);
            let step = (seed.len() / 10).max(1);
            for at in (0..seed.len()).step_by(step) {
                run(&seed[..at]);
                let mut changed = seed.clone();
                changed[at] ^= 1 << (at % 8);
                run(&changed);
            }
        }
    }
}

/// A seed with some of its bytes changed, repeated, left out, or put in from another seed.
fn mutant(seeds: &[Vec<u8>], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = seeds[rng.usize(..seeds.len())].clone();
    for _ in 0..rng.usize(1..6) {
        let at = rng.usize(..=bytes.len());
        let to = (at + rng.usize(..16)).min(bytes.len());
        match rng.u8(..6) {
            0 => drop(bytes.drain(at..to)),
            1 => drop(bytes.splice(at..to, [0xff, 0, 0x80][rng.usize(..3)..].to_vec())),
            2 => bytes[at..to]
                .iter_mut()
                .for_each(|byte| *byte ^= 1 << rng.u8(..8)),
            3 => bytes[at..to].iter_mut().for_each(|byte| *byte = rng.u8(..)),
            4 => bytes.extend_from_within(at..to),
            _ => {
                let other = &seeds[rng.usize(..seeds.len())];
                let from = rng.usize(..=other.len());
                let end = (from + rng.usize(..64)).min(other.len());
                drop(bytes.splice(at..to, other[from..end].to_vec()));
            }
        }
    }
    bytes
}

/// Mutants of the seeds, for a second each, or for `FUZZ_SECONDS`; the same ones every time.
#[test]
fn mutants_of_the_seeds_hold() {
    let seconds = std::env::var("FUZZ_SECONDS").ok();
    let seconds = seconds.map_or(1, |text| text.parse().unwrap());
    for (target, run) in TARGETS {
        let folder = folder().join("seeds").join(target);
        let seeds = names(folder.clone()).into_iter();
        let seeds: Vec<_> = seeds
            .map(|name| fs::read(folder.join(name)).unwrap())
            .collect();
        let (mut rng, began, mut runs) = (Rng::with_seed(7), Instant::now(), 0u64);
        while began.elapsed() < Duration::from_secs(seconds) {
            let mutant = mutant(&seeds, &mut rng);
            runs += 1;
            if catch_unwind(|| run(&mutant)).is_err() {
                panic!("{target} does not hold for b\"{}\"", mutant.escape_ascii());
            }
        }
        println!("{target}: {runs} mutants");
    }
}
