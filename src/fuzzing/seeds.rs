//! The targets over their seeds, without a fuzzer.

use std::fs;
use std::path::{Path, PathBuf};

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
