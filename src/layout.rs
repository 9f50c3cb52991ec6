//! Keeps imports between the modules of both programs in the order in which data flows.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// The modules of graspd. Each may import those above it, and none below.
const GRASPD: [&str; 23] = [
    "wide_registers",
    "motion",
    "accelerometer_bundle",
    "regular_file",
    "hidden_characters",
    "source",
    "examine",
    "sealed",
    "model",
    "owner",
    "decide",
    "pipeline",
    "enrol",
    "publish",
    "session",
    "bus",
    "config",
    "record",
    "report",
    "daemon",
    "doctor",
    "cli",
    "fuzzing",
];

/// The same of grasp-train.
const GRASP_TRAIN: [&str; 20] = [
    "progress",
    "atomic_folder",
    "hash",
    "box_muller",
    "build_feature",
    "roc",
    "summary",
    "projection",
    "data",
    "device",
    "history",
    "arch",
    "bundle",
    "inspect",
    "simulate",
    "features",
    "spectral",
    "train",
    "evaluate",
    "cli",
];

#[test]
fn no_module_imports_one_further_down_the_flow() {
    for (root, order) in [("src", &GRASPD[..]), ("trainer/src", &GRASP_TRAIN[..])] {
        let imports = imports(&Path::new(env!("CARGO_MANIFEST_DIR")).join(root));
        let place = |module: &str| order.iter().position(|known| *known == module);
        let against: Vec<_> = imports
            .iter()
            .filter(|(_, from, to)| match (place(from), place(to)) {
                (Some(from), Some(to)) => from < to,
                // A module that has no place yet.
                _ => true,
            })
            .collect();
        assert!(!imports.is_empty());
        assert!(
            against.is_empty(),
            "imports against the order in {root}: {against:#?}"
        );
    }
}

/// The tables that people read say the same order.
#[test]
fn the_tables_of_modules_have_their_order() {
    // What fuzz/ runs is no part of the daemon, which is what the page is about.
    let daemon: Vec<_> = GRASPD.into_iter().filter(|m| *m != "fuzzing").collect();
    assert_eq!(table_of_modules("docs/architecture.md"), daemon);
    assert_eq!(table_of_modules("src/lib.rs"), GRASPD);
}

/// The modules in the first column of the table in the file at `path`.
fn table_of_modules(path: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let text = fs::read_to_string(path).unwrap();
    let rows = text
        .lines()
        .map(|line| line.trim_start_matches("//! "))
        .skip_while(|line| !line.starts_with("| module "))
        .skip(2)
        .map_while(|line| line.strip_prefix("| ")?.split('|').next());
    let names = rows.flat_map(|column| column.split('`').skip(1).step_by(2));
    names
        .map(|name| {
            name.trim_end_matches(".rs")
                .trim_end_matches('/')
                .to_owned()
        })
        .collect()
}

/// Every import of another module of the crate at `root`, outside tests: the file, its
/// module, and the module that it imports.
fn imports(root: &Path) -> BTreeSet<(PathBuf, String, String)> {
    let mut found = BTreeSet::new();
    for file in rust_files(root) {
        let path = file.strip_prefix(root).unwrap().to_owned();
        let first = path.components().next().unwrap().as_os_str();
        let module = first.to_str().unwrap().trim_end_matches(".rs").to_owned();
        if ["lib", "main", "layout"].contains(&module.as_str()) {
            continue;
        }
        for imported in crate_paths(&fs::read_to_string(&file).unwrap()) {
            if imported != module {
                found.insert((path.clone(), module.clone(), imported));
            }
        }
    }
    found
}

fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|e| e == "rs") && !path.ends_with("tests.rs") {
            files.push(path);
        }
    }
    files
}

/// The first name of each `crate::` path of a file, outside comments and its tests.
fn crate_paths(text: &str) -> Vec<String> {
    let lines: Vec<_> = text.lines().collect();
    // A test module that is a file of its own is declared above the imports.
    let tests = lines.windows(2).position(|pair| {
        pair[0] == "#[cfg(test)]" && pair[1].contains("mod ") && pair[1].contains('{')
    });
    let code: String = lines[..tests.unwrap_or(lines.len())]
        .iter()
        .map(|line| line.split("//").next().unwrap_or_default())
        .collect();
    let mut names = Vec::new();
    for rest in code.split("crate::").skip(1) {
        match rest.strip_prefix('{') {
            None => names.push(name(rest)),
            Some(group) => {
                let mut depth = 0;
                let mut begins = true;
                for (at, c) in group.char_indices() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        ',' if depth == 0 => begins = true,
                        c if begins && c.is_alphabetic() => {
                            names.push(name(&group[at..]));
                            begins = false;
                        }
                        _ => {}
                    }
                }
            }
        }
    }
    names
}

fn name(text: &str) -> String {
    text.chars()
        .take_while(|c| c.is_alphanumeric() || *c == '_')
        .collect()
}

#[test]
fn grouped_and_commented_imports_are_read_rightly() {
    let text = "#[cfg(test)]\nmod kill_points;\nuse crate::{motion::{self, Sample}, decide::State};\n// crate::cli\nfn f() { crate::owner::g() }\n\n#[cfg(test)]\nmod tests { use crate::daemon; }\n";
    assert_eq!(crate_paths(text), ["motion", "decide", "owner"]);
}
