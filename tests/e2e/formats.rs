//! Recordings as written by other programs, editors and disks: read correctly, or
//! refused with the reason.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Output;

use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use tempfile::TempDir;

use crate::harness::{bundle, graspd, oneself, profile, rows, sample};

const HEADER: &str = "t_ns,sensor,x,y,z\n";

/// Writes a recording with that content.
fn file(folder: &TempDir, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, content).unwrap();
    path
}

fn said(output: &Output) -> String {
    let both = [&output.stdout[..], &output.stderr].concat();
    String::from_utf8(both).unwrap()
}

fn enroll(recordings: &[&Path]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let mut command = graspd();
    command
        .arg("enroll")
        .args(recordings)
        .args(oneself())
        .arg("--model")
        .arg(bundle());
    command
        .arg("--out")
        .arg(folder.path().join("owner.profile"));
    command.output().unwrap()
}

/// The last line that enrolling prints for an unusable recording. It must be about that
/// recording and not about too little material.
fn refusal(recording: &Path) -> String {
    let output = enroll(&[recording]);
    let all = said(&output);
    assert!(matches!(output.status.code(), Some(65 | 66)), "{all}");
    let last = all.lines().last().unwrap().to_owned();
    assert!(!last.contains("add recordings"), "{all}");
    let name = recording.to_str().unwrap();
    assert!(last.contains(name), "{all}");
    last
}

/// The decisions of a replay, byte for byte.
fn decisions(recording: &Path) -> Vec<u8> {
    let mut replay = graspd();
    replay.arg("replay").arg(recording).arg("--json");
    replay
        .arg("--profile")
        .arg(profile())
        .arg("--model")
        .arg(bundle());
    let output = replay.output().unwrap();
    assert!(output.status.success(), "{}", said(&output));
    output.stdout
}

/// The simulated owner's first seconds as uncompressed rows.
fn plain(seconds: usize) -> String {
    HEADER.to_owned() + &rows("enrol-1.csv.zst")[..seconds * 200].concat()
}

/// `text` with the columns of each row changed by `change`.
fn rewritten(text: &str, change: impl Fn(&str, &str, [f64; 3]) -> String) -> String {
    let row = |line: &str| {
        let mut columns = line.split(',');
        let (t, sensor) = (columns.next().unwrap(), columns.next().unwrap());
        let xyz = [(); 3].map(|()| columns.next().unwrap().parse().unwrap());
        change(t, sensor, xyz)
    };
    text.lines().skip(1).map(row).collect()
}

#[test]
fn the_same_rows_in_other_clothes_give_the_same_decisions() {
    let folder = tempfile::tempdir().unwrap();
    let plain = plain(20);
    let expected = decisions(&file(&folder, "plain.csv", &plain));
    assert!(expected.len() > 1000, "hardly any decisions");

    let windows = format!("\u{feff}{}", plain.replace('\n', "\r\n"));
    let comma = |text: &str| text.replace('.', "|").replace(',', ";").replace('|', ",");
    let float_times = plain.replace(",acc", ".0,acc").replace(",gyro", ".0,gyro");
    let scientific = rewritten(&plain, |t, sensor, [x, y, z]| {
        format!(
            "{}.{}e{},{sensor},{x},{y},{z}\n",
            &t[..1],
            &t[1..],
            t.len() - 1
        )
    });
    let quoted = plain.replace(',', "\",\"").replace('\n', "\"\n\"");
    for (name, clothes) in [
        ("windows.csv", windows),
        ("semicolons.csv", comma(&plain)),
        ("tabs.csv", plain.replace(',', "\t")),
        ("floats.csv", float_times),
        ("scientific.csv", scientific),
        ("quoted.csv", format!("\"{}", quoted.trim_end_matches('"'))),
        ("extra.csv", plain.replace('\n', ",\n")),
        (
            "names.csv",
            plain
                .replace("accelerometer", "Accelerometer")
                .replace("gyroscope", "GYRO"),
        ),
    ] {
        assert!(clothes != plain, "{name} is as it was");
        assert!(
            decisions(&file(&folder, name, clothes)) == expected,
            "{name}"
        );
    }
}

#[test]
fn every_frame_of_a_zstd_file_is_of_the_recording() {
    let folder = tempfile::tempdir().unwrap();
    let plain = plain(20);
    let expected = decisions(&file(&folder, "plain.csv", &plain));
    let (morning, evening) = plain.split_at(plain.len() / 2);
    let [morning, evening] =
        [morning, evening].map(|half| compress_to_vec(half.as_bytes(), CompressionLevel::Fastest));
    // pzstd writes a skippable frame with the size before each frame.
    let skippable = [0x50, 0x2A, 0x4D, 0x18, 4, 0, 0, 0, 1, 2, 3, 4];
    for (name, parts) in [
        ("joined.csv.zst", vec![&morning[..], &evening]),
        (
            "pzstd.csv.zst",
            vec![&skippable, &morning, &skippable, &evening],
        ),
    ] {
        assert!(
            decisions(&file(&folder, name, parts.concat())) == expected,
            "{name}"
        );
    }
}

#[test]
fn a_zstd_file_that_is_cut_or_broken_is_no_shorter_recording() {
    let folder = tempfile::tempdir().unwrap();
    let good = compress_to_vec(plain(60).as_bytes(), CompressionLevel::Fastest);
    let cut = &good[..good.len() * 2 / 3];
    let mut flipped = good.clone();
    *flipped.last_mut().unwrap() ^= 1;
    for (name, content, part) in [
        ("cut.csv.zst", cut, "the file is not whole"),
        ("flipped.csv.zst", &flipped, "checksum"),
        (
            "mixed.csv.zst",
            &[&good[..], b"1,acc,0,0,0\n"].concat(),
            "is no frame",
        ),
    ] {
        let path = file(&folder, name, content);
        let last = refusal(&path);
        assert!(last.contains(part), "{name}: {last}");

        let mut replay = graspd();
        replay
            .arg("replay")
            .arg(&path)
            .arg("--profile")
            .arg(profile());
        let output = replay.arg("--model").arg(bundle()).output().unwrap();
        assert_eq!(output.status.code(), Some(66), "{name}: {}", said(&output));
    }
}

#[test]
fn what_is_no_recording_is_told_for_what_it_is_with_its_line_shown() {
    let folder = tempfile::tempdir().unwrap();
    let plain = plain(60);
    let utf16: Vec<u8> = plain.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let packed = compress_to_vec(plain.as_bytes(), CompressionLevel::Fastest);
    let twice = compress_to_vec(&packed[..], CompressionLevel::Fastest);
    let swapped = rewritten(&plain, |t, sensor, [x, y, z]| {
        format!("{sensor},{t},{x},{y},{z}\n")
    });
    for (name, content, parts) in [
        ("empty.csv", vec![], ["no samples", ""]),
        ("header.csv", HEADER.into(), ["no samples", ""]),
        (
            "gzip.csv.gz",
            b"\x1f\x8b\x08\0rest".into(),
            ["a gzip file", "unpack it"],
        ),
        (
            "book.xlsx",
            b"PK\x03\x04rest".into(),
            ["zip archive", "spreadsheet"],
        ),
        (
            "marked.csv",
            [&b"\xff\xfe"[..], &utf16].concat(),
            ["UTF-16", "save it as UTF-8"],
        ),
        ("utf16.csv", utf16, ["UTF-16", "UTF-8"]),
        ("twice.zst", twice, ["compressed twice", ""]),
        (
            "mac.csv",
            plain.replace('\n', "\r").into(),
            ["carriage returns", "line feeds"],
        ),
        (
            "commas.csv",
            rewritten(&plain, |t, sensor, xyz| {
                let [x, y, z] = xyz.map(|value| format!("{value:.3}").replace('.', ","));
                format!("{t},{sensor},{x},{y},{z}\n")
            })
            .into(),
            ["line 1 is `", "decimal commas"],
        ),
        (
            "times.csv",
            rewritten(&plain, |t, _, _| format!("{t}\n")).into(),
            ["line 1 is `", "1 column, not 5"],
        ),
        (
            "swapped.csv",
            swapped.into(),
            ["line 1 is `accelerometer,", "another order"],
        ),
        (
            "app.csv",
            format!("time,seconds,z,y,x\n{plain}").into(),
            ["line 1 is `time,seconds,z,y,x`", "names"],
        ),
        (
            "bell.csv",
            b"\x1b]0;owned\x07,1,2,3,4\n".into(),
            ["`\\u{1b}]0;owned\\u{7},1,2,3,4`", ""],
        ),
    ] {
        let last = refusal(&file(&folder, name, content));
        for part in parts {
            assert!(last.contains(part), "{name}: no {part:?} in {last}");
        }
        assert!(!last.contains('\u{1b}'), "{name}: {last:?}");
    }
}

/// A session folder in HMOG's layout.
fn session(folder: &TempDir, name: &str, acc: &str, gyro: &str) -> PathBuf {
    let path = folder.path().join(name);
    fs::create_dir(&path).unwrap();
    fs::write(path.join("Accelerometer.csv"), acc).unwrap();
    fs::write(path.join("Gyroscope.csv"), gyro).unwrap();
    path
}

#[test]
fn folders_of_other_programs_are_told_from_hmog_s() {
    let folder = tempfile::tempdir().unwrap();
    let of = |sensor: &str| {
        rewritten(&plain(20), |t, of, [x, y, z]| match of == sensor {
            true => format!("1396000005000,{t},7,{x},{y},{z},0\n"),
            false => String::new(),
        })
    };
    let (acc, gyro) = (of("accelerometer"), of("gyroscope"));
    let good = session(&folder, "good", &acc, &gyro);
    let names = "Systime,EventTime,ActivityID,X,Y,Z,Phone_orientation\n";
    let named = session(&folder, "named", &(names.to_owned() + &acc), &gyro);
    assert!(decisions(&good) == decisions(&named));

    let logger = "time,seconds_elapsed,z,y,x\n1698501144401773000,0.2,9.6,3.4,0.7\n";
    for (path, parts) in [
        (
            session(&folder, "logger", logger, logger),
            ["`time,seconds_elapsed,z,y,x`", "t_ns,sensor"],
        ),
        (
            session(&folder, "empty", &acc, ""),
            ["Gyroscope.csv", "no samples"],
        ),
    ] {
        let last = refusal(&path);
        for part in parts {
            assert!(last.contains(part), "no {part:?} in {last}");
        }
    }
    fs::remove_file(good.join("Gyroscope.csv")).unwrap();
    let last = refusal(&good);
    assert!(last.contains("it has no Gyroscope.csv"), "{last}");
}

#[test]
fn clocks_and_sensors_that_do_not_go_together_are_the_reason_that_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let plain = plain(60);
    let scaled = |divisor: i64| {
        rewritten(&plain, |t, sensor, [x, y, z]| {
            let t = t.parse::<i64>().unwrap() / divisor;
            format!("{t},{sensor},{x},{y},{z}\n")
        })
    };
    let later = rewritten(&plain, |t, sensor, [x, y, z]| {
        let behind = if sensor == "gyroscope" {
            10_800_000_000_000
        } else {
            0
        };
        let t = t.parse::<i64>().unwrap() + behind;
        format!("{t},{sensor},{x},{y},{z}\n")
    });
    let alone = rewritten(&plain, |t, sensor, [x, y, z]| match sensor {
        "gyroscope" => String::new(),
        _ => format!("{t},{sensor},{x},{y},{z}\n"),
    });
    let reversed: String = plain.lines().rev().map(|row| format!("{row}\n")).collect();
    for (name, content, parts) in [
        (
            "ms.csv",
            scaled(1_000_000),
            ["look like milliseconds", "by 1000000"],
        ),
        (
            "us.csv",
            scaled(1000),
            ["look like microseconds", "by 1000"],
        ),
        (
            "s.csv",
            scaled(1_000_000_000),
            ["look like seconds", "by 1000000000"],
        ),
        ("later.csv", later, ["two clocks", "3.0 h"]),
        (
            "alone.csv",
            alone,
            ["no samples of the gyroscope", "models/accelerometer"],
        ),
        ("reversed.csv", reversed, ["order of time", "oldest first"]),
    ] {
        let last = refusal(&file(&folder, name, content));
        for part in parts {
            assert!(last.contains(part), "{name}: no {part:?} in {last}");
        }
    }
}

#[test]
fn units_are_named_with_the_factor_and_nobody_is_enrolled_from_them() {
    let folder = tempfile::tempdir().unwrap();
    let [first, second] = ["enrol-1.csv.zst", "enrol-2.csv.zst"].map(sample);
    let plain = HEADER.to_owned() + &rows("enrol-3.csv.zst").concat();
    let scaled = |acc: f64, gyro: f64| {
        rewritten(&plain, |t, sensor, xyz| {
            let factor = if sensor == "gyroscope" { gyro } else { acc };
            let [x, y, z] = xyz.map(|value| value * factor);
            format!("{t},{sensor},{x},{y},{z}\n")
        })
    };
    for (name, content, parts) in [
        (
            "g.csv",
            scaled(1.0 / 9.80665, 1.0),
            ["looks like g", "by 9.80665"],
        ),
        ("tenth.csv", scaled(0.1, 0.1), ["by 10", "a tenth of m/s²"]),
        (
            "degrees.csv",
            scaled(1.0, 57.29578),
            ["look like degrees", "by 0.0174533"],
        ),
    ] {
        let path = file(&folder, name, content);
        let output = enroll(&[&first, &second, &path]);
        let all = said(&output);
        assert_eq!(output.status.code(), Some(65), "{all}");
        let last = all.lines().last().unwrap();
        for part in parts.into_iter().chain([name]) {
            assert!(last.contains(part), "{name}: no {part:?} in {all}");
        }

        let mut replay = graspd();
        replay
            .arg("replay")
            .arg(&path)
            .arg("--profile")
            .arg(profile());
        let output = replay.arg("--model").arg(bundle()).output().unwrap();
        let warned = String::from_utf8(output.stderr).unwrap();
        assert!(warned.contains(parts[0]), "{name}: {warned}");
    }
}
