//! Every data set's layout, units, signs and rate, from made-up files; and
//! `grasp-train inspect` on them. No recording of anyone is here.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use grasp_train::data::{Corpus, DataSet, DataSpec, Skipped, WindowShape};
use grasp_train::evaluate::test_delay::TestDelay;
use grasp_train::evaluate::test_set::TestSet;
use grasp_train::evaluate::undated;
use grasp_train::progress::Progress;
use graspd::motion::{CHANNELS, Channels};
use graspd::source::{Reading, Source};
use proptest::prelude::*;

const HEADER: &str = ",attitude.roll,attitude.pitch,attitude.yaw,gravity.x,gravity.y,gravity.z,\
    rotationRate.x,rotationRate.y,rotationRate.z,\
    userAcceleration.x,userAcceleration.y,userAcceleration.z\n";

fn write(root: &Path, path: &str, contents: impl AsRef<[u8]>) {
    let path = root.join(path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, contents).unwrap();
}

fn rows(count: i32, row: impl Fn(i32) -> String) -> String {
    (0..count).map(row).collect()
}

/// Ten seconds in every layout. Acceleration rises along x from row to row;
/// gravity is felt on y; the device turns slowly.
fn motionsense(root: &Path, activity: &str, person: &str) {
    let row = |i: i32| format!("{i},9,9,9,0,-1,0,.1,.2,.3,{},0,0\n", f64::from(-i) * 1e-3);
    let path = format!("A_DeviceMotion_data/{activity}/sub_{person}.csv");
    write(root, &path, HEADER.to_owned() + &rows(500, row));
}

fn hapt(root: &Path, experiment: &str, person: &str) {
    let of = format!("exp{experiment}_user{person}.txt");
    let acc = rows(500, |i| format!("{} 1.0 0.0\n", f64::from(i) * 1e-3));
    write(root, &format!("RawData/acc_{of}"), acc);
    let gyro = rows(500, |_| "0.1 0.2 0.3\n".into());
    write(root, &format!("RawData/gyro_{of}"), gyro);
    write(root, "RawData/labels.txt", "1 1 5 250 1232\n");
}

fn sisfall(root: &Path, activity: &str, person: &str) {
    let row = |i| format!(" {:3}, 256,   0, 164, 328,-492,  1,  2,  3;\r\n", i / 4);
    let path = format!("{person}/{activity}_{person}_R01.txt");
    write(root, &path, rows(2000, row));
}

/// A walk between its 100th and 1097th sample, and a phone that is handled before and after.
fn ubicomp13(root: &Path, part: &str, trace: &str, placement: &str, kind: &str) {
    let (mut binary, mut text) = (Vec::new(), String::new());
    for i in 0..1300_i32 {
        let t = i64::from(i) * 10_000_000;
        let x = f64::from(i) * 1e-3 * 9.80665;
        let y = match (100..=1097).contains(&i) {
            true => 9.80665,
            false => 5.0,
        };
        let rows = [
            (2, [0.1, 0.2, 0.3]),
            (1, [x, y, 0.0]),
            (3, [9.0, -20.0, 5.0]),
        ];
        for (sensor, xyz) in rows {
            binary.extend(t.to_be_bytes());
            binary.push(sensor);
            for value in xyz {
                binary.extend((value as f32).to_be_bytes());
            }
            let [x, y, z] = xyz;
            text += &format!("{t} {sensor} {x} {y} {z} \n");
        }
    }
    let name = format!("{part}/1/{trace}_Male_20-29_170-179cm_{placement}.{kind}");
    let contents = match kind {
        "out" => binary,
        _ => text.into_bytes(),
    };
    write(root, &name, contents);
    let walks = root.join("groundtruth_WD.txt");
    let before = fs::read_to_string(&walks).unwrap_or_default();
    fs::write(
        walks,
        format!("{before}{trace}{placement}     (100 1097)\n"),
    )
    .unwrap();
}

fn own_text(seconds: i32) -> String {
    let row = |i: i32| {
        let (t, x) = (i64::from(i) * 20_000_000, f64::from(i) * 1e-3 * 9.80665);
        format!("{t},accelerometer,{x},9.80665,0\n{t},gyroscope,.1,.2,.3\n")
    };
    "# made up\nt_ns,sensor,x,y,z\n".to_owned() + &rows(50 * seconds, row)
}

fn read(set: &str, root: &Path) -> Corpus {
    let spec: DataSpec = format!("{set}={}", root.display()).parse().unwrap();
    let shape = WindowShape {
        channels: Channels::default(),
        frames: 100,
        hop: 100,
        most: None,
    };
    Corpus::read(&spec, shape, Progress::Silent).unwrap()
}

/// `person/session` of all that was read.
fn names(corpus: &Corpus) -> Vec<String> {
    let of = |person: &grasp_train::data::Person| {
        let name = |session: &grasp_train::data::Session| format!("{}/{}", person.id, session.name);
        person.sessions.iter().map(name).collect::<Vec<_>>()
    };
    corpus.people.iter().flat_map(of).collect()
}

#[test]
fn units_signs_and_rates_come_out_as_the_daemons() {
    let dir = tempfile::tempdir().unwrap();
    motionsense(&dir.path().join("motionsense"), "wlk_7", "1");
    hapt(&dir.path().join("hapt"), "01", "01");
    sisfall(&dir.path().join("sisfall"), "D01", "SA01");
    write(&dir.path().join("graspd"), "ann/1.csv", own_text(10));
    let walker = dir.path().join("ubicomp13");
    ubicomp13(&walker, "test_data", "p1.1", "Hand_held", "out");

    let (g, degree) = (9.80665, std::f64::consts::PI / 180.0);
    // How far a row rises along x, how many rows a frame advances, and the rest.
    let turn = [0.1, 0.2, 0.3];
    let counts = 4000.0 / 65536.0 * degree;
    for (set, rise, rows_a_frame, gravity, turn) in [
        ("motionsense", 1e-3 * g, 0.5, g, turn),
        ("hapt", 1e-3 * g, 0.5, g, turn),
        ("graspd", 1e-3 * g, 0.5, g, turn),
        ("ubicomp13", 1e-3 * g, 1.0, g, turn),
        (
            "sisfall",
            32.0 / 8192.0 * g / 4.0,
            2.0,
            g,
            [164.0, 328.0, -492.0].map(|n| n * counts),
        ),
    ] {
        let corpus = read(set, &dir.path().join(set));
        assert!(corpus.skipped.is_empty(), "{set}: {:?}", corpus.skipped);
        let windows = &corpus.people[0].sessions[0].windows;
        assert_eq!(windows.len(), 9, "{set}: ten seconds, less the edges");
        for window in windows.iter() {
            let frames: Vec<_> = window.chunks_exact(CHANNELS).collect();
            for frame in &frames {
                let [_, y, z, ref turning @ ..] = frame[..] else {
                    panic!("a frame of another size")
                };
                assert!((f64::from(y) - gravity).abs() < 1e-3, "{set}: y {y}");
                assert!(z.abs() < 1e-3, "{set}: z {z}");
                for (found, expected) in turning.iter().zip(turn) {
                    assert!(
                        (f64::from(*found) - expected).abs() < 1e-4,
                        "{set}: turn {found}"
                    );
                }
            }
            let risen = f64::from(frames[99][0] - frames[0][0]);
            let expected = 99.0 * rows_a_frame * rise;
            // Whole counts of one in four rows.
            let within = if set == "sisfall" { 0.03 } else { 1e-3 };
            assert!(
                (risen / expected - 1.0).abs() < within,
                "{set}: {risen} for {expected}"
            );
        }
    }
}

#[test]
fn people_and_sessions_have_the_authors_names_and_order() {
    let dir = tempfile::tempdir().unwrap();
    let root = |set: &str| dir.path().join(set);
    for (activity, person) in [
        ("dws_11", "10"),
        ("dws_2", "10"),
        ("wlk_7", "2"),
        ("sit_13", "2"),
    ] {
        motionsense(&root("motionsense"), activity, person);
    }
    for (experiment, person) in [("03", "02"), ("02", "01"), ("10", "01")] {
        hapt(&root("hapt"), experiment, person);
    }
    for (activity, person) in [("D02", "SE01"), ("D01", "SE01"), ("D01", "SA02")] {
        sisfall(&root("sisfall"), activity, person);
    }
    sisfall(&root("sisfall"), "F01", "SA02");
    for (part, trace, placement, kind) in [
        ("train_data", "p10.2", "Handheld_using", "dat"),
        ("test_data", "p10.1", "Hand_held", "out"),
        ("test_data", "p2.3", "Handheld_using", "out"),
        ("test_data", "p2.3", "Trousers_back_pocket", "out"),
    ] {
        ubicomp13(&root("ubicomp13"), part, trace, placement, kind);
    }
    let own = own_text(3);
    let packed = ruzstd::encoding::compress_to_vec(
        own.as_bytes(),
        ruzstd::encoding::CompressionLevel::Fastest,
    );
    write(&root("graspd"), "ben/2026-01-02.csv.zst", packed);
    write(&root("graspd"), "ben/2026-01-01.csv", own);

    for (set, expected) in [
        (
            "motionsense",
            &["2/wlk_7", "2/sit_13", "10/dws_2", "10/dws_11"][..],
        ),
        ("hapt", &["01/02", "01/10", "02/03"]),
        ("sisfall", &["SA02/D01_R01", "SE01/D01_R01", "SE01/D02_R01"]),
        (
            "ubicomp13",
            &[
                "2/3_Handheld_using",
                "10/1_Hand_held",
                "10/2_Handheld_using",
            ],
        ),
        ("graspd", &["ben/2026-01-01", "ben/2026-01-02"]),
    ] {
        let corpus = read(set, &root(set));
        assert_eq!(names(&corpus), expected);
        assert!(corpus.skipped.is_empty(), "{:?}", corpus.skipped);
    }
    // The folder within is taken as well as the one around it.
    let within = read("hapt", &root("hapt").join("RawData"));
    assert_eq!(names(&within).len(), 3);
}

#[test]
fn a_row_that_cannot_be_read_leaves_a_hole_and_moves_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let text = "1,1,1,1,1,1,1,1,1;\n2,2,2,2,2,2,2,2,2;\n3,3,\n\n4,4,4,4,4,4,4,4,4;\n";
    write(dir.path(), "SA01/D01_SA01_R01.txt", text);
    let path = dir.path().join("SA01/D01_SA01_R01.txt");
    let mut source = DataSet::SisFall.open(&path).unwrap();
    let mut times = Vec::new();
    while let Some(Reading::Sample(sample)) = source.next().unwrap() {
        times.push(sample.t.nanos() / 1_000_000);
    }
    assert_eq!(times, [0, 0, 5, 5, 15, 15]);
    assert_eq!((source.counts().samples, source.counts().malformed), (6, 1));
}

#[test]
fn broken_files_are_named_counted_and_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let root = |set: &str| dir.path().join(set);
    motionsense(&root("motionsense"), "wlk_7", "1");
    let old = "A_DeviceMotion_data/wlk_8/sub_1.csv";
    write(&root("motionsense"), old, "x,y,z\n1,2,3\n");
    write(
        &root("motionsense"),
        "A_DeviceMotion_data/wlk_8/sub_1.csv.bak",
        "",
    );
    hapt(&root("hapt"), "01", "01");
    hapt(&root("hapt"), "02", "01");
    hapt(&root("hapt"), "03", "01");
    fs::remove_file(root("hapt").join("RawData/gyro_exp02_user01.txt")).unwrap();
    fs::remove_file(root("hapt").join("RawData/acc_exp03_user01.txt")).unwrap();
    sisfall(&root("sisfall"), "D01", "SA01");
    write(&root("sisfall"), "SA01/D02_SA01_R01.txt", "not a row\n");
    write(
        &root("sisfall"),
        "SA01/D03_SA02_R01.txt",
        "somebody else's\n",
    );
    let walkers = root("ubicomp13");
    ubicomp13(&walkers, "test_data", "p1.1", "Hand_held", "dat");
    let trace = |name: &str| format!("test_data/1/{name}_Hand_held.out");
    write(&walkers, &trace("p1.2_Male_15-19_x"), [7; 30]);
    write(&walkers, &trace("q1.2_Male_15-19_x"), "");
    write(&root("graspd"), "ann/1.csv", own_text(3));
    write(
        &root("graspd"),
        "ann/2.csv.zst",
        [0x28, 0xB5, 0x2F, 0xFD, 9],
    );
    write(&root("graspd"), "ann/3.csv", own_text(0));
    write(&root("graspd"), "ann/4.csv", own_text(1));
    let ms = own_text(30).replace("000000,", ",");
    write(&root("graspd"), "ann/5.csv", ms);
    write(&root("graspd"), "ann/notes.txt", "held in the left hand");

    for (set, reasons) in [
        (
            "motionsense",
            &["sub_1.csv.bak: no recording", "1 session wlk_8: "][..],
        ),
        ("hapt", &["gyro_exp02_user01.txt", "acc_exp03_user01.txt"]),
        (
            "sisfall",
            &["D03_SA02_R01.txt: no recording", "1 session D02_R01: "],
        ),
        (
            "ubicomp13",
            &[
                "q1.2_Male_15-19_x_Hand_held.out: no recording",
                "1 session 2_Hand_held: ",
            ],
        ),
        (
            "graspd",
            &[
                "notes.txt: no rec",
                "ann session 2: ",
                "3.csv is no recording: it holds no samples",
                "ann session 4: no 100 frames",
                "like milliseconds",
            ],
        ),
    ] {
        let corpus = read(set, &root(set));
        let told = |s: &grasp_train::data::Skipped| format!("{}: {}\n", s.session, s.why);
        let told: String = corpus.skipped.iter().map(told).collect();
        assert_eq!(corpus.skipped.len(), reasons.len(), "{told}");
        for reason in reasons {
            assert!(told.contains(reason), "`{reason}` is not in:\n{told}");
        }
        assert_eq!(names(&corpus).len(), 1);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn no_file_panics(text in "([0-9 ,;.e\\-]{0,40}\n){0,6}", rubbish: Vec<u8>) {
        let dir = tempfile::tempdir().unwrap();
        let mut bytes = text.into_bytes();
        bytes.extend(rubbish);
        let headed = [HEADER.as_bytes(), &bytes].concat();
        for (set, name, contents) in [
            (DataSet::MotionSense, "sub_1.csv", &headed),
            (DataSet::Hapt, "acc_exp01_user01.txt", &bytes),
            (DataSet::Hapt, "gyro_exp01_user01.txt", &bytes),
            (DataSet::SisFall, "D01_SA01_R01.txt", &bytes),
            (DataSet::UbiComp13, "p1.1_a_b_c_Hand_held.out", &bytes),
            (DataSet::UbiComp13, "p1.1_a_b_c_Hand_held.dat", &bytes),
            (DataSet::Graspd, "1.csv", &bytes),
        ] {
            write(dir.path(), name, contents);
            if let Ok(mut source) = set.open(&dir.path().join(name)) {
                while let Ok(Some(_)) = source.next() {}
            }
        }
    }
}

/// A minute of a device that is moved and turned, with acceleration and rate of turn
/// multiplied, and the gyroscope's times put off by so many seconds.
fn moved([acceleration, turn]: [f64; 2], behind_s: i64) -> String {
    let row = |i: i32| {
        let (t, swing) = (i64::from(i) * 20_000_000, f64::from(i) / 12.0);
        let (x, y) = (2.0 * swing.sin() * acceleration, 9.80665 * acceleration);
        let (turning, late) = (0.6 * swing.cos() * turn, t + behind_s * 1_000_000_000);
        format!("{t},accelerometer,{x},{y},0\n{late},gyroscope,{turning},0,0\n")
    };
    rows(50 * 60, row)
}

#[test]
fn what_is_in_another_unit_or_of_two_clocks_is_neither_learnt_from_nor_tested() {
    let dir = tempfile::tempdir().unwrap();
    let degrees = 180.0 / std::f64::consts::PI;
    for (name, text) in [
        ("right", moved([1.0, 1.0], 0)),
        ("g", moved([1.0 / 9.80665, 1.0], 0)),
        ("degrees", moved([1.0, degrees], 0)),
        ("late", moved([1.0, 1.0], 2)),
    ] {
        write(dir.path(), &format!("ann/{name}.csv"), text);
    }
    let corpus = read("graspd", dir.path());
    assert_eq!(names(&corpus), ["ann/right"]);
    let spec: DataSpec = format!("graspd={}", dir.path().display()).parse().unwrap();
    let test_set = TestSet::read(&spec, Channels::default(), 100, Progress::Silent).unwrap();
    let sessions = &test_set.people[0].sessions;
    let tested: Vec<&str> = sessions.iter().map(|one| &*one.recording.session).collect();
    assert_eq!(tested, ["right"]);
    for skipped in [&corpus.skipped, &test_set.skipped] {
        let told = |s: &Skipped| format!("{}: {}\n", s.session, s.why);
        let told: String = skipped.iter().map(told).collect();
        assert_eq!(skipped.len(), 3, "{told}");
        for reason in [
            "session g: gravity is",
            "session degrees: rates of turn are too large",
            "session late: the accelerometer's samples come 2.0 s after",
        ] {
            assert!(told.contains(reason), "`{reason}` is not in:\n{told}");
        }
    }
}

/// Ten seconds of HMOG's person 7 that began at `systime_ms`, as `clothes` turns the text.
fn hmog(root: &Path, session: u32, systime_ms: &str, clothes: fn(String) -> String) {
    for (name, z) in [("Accelerometer", 9.8), ("Gyroscope", 0.1)] {
        let row = |i: i32| {
            let (t, x) = (i64::from(i) * 10_000_000, f64::from(i).sin());
            format!("{systime_ms},{t},5,{x:.3},0.5,{z},0\n")
        };
        let path = format!("public_dataset/7/7_session_{session}/{name}.csv");
        write(root, &path, clothes(rows(1000, row)));
    }
}

fn headed(text: String) -> String {
    format!("\u{feff}Systime,EventTime,ActivityID,X,Y,Z,Phone_orientation\r\n{text}")
}

fn semicolons(text: String) -> String {
    text.replace(',', ";").replace('.', ",")
}

/// The sessions of the only person, in the order of the test, and how long after the enrolment
/// it begins.
fn tested(root: &Path) -> (Vec<String>, Option<TestDelay>, Option<String>) {
    let spec: DataSpec = format!("hmog={}", root.display()).parse().unwrap();
    let test_set = TestSet::read(&spec, Channels::default(), 100, Progress::Silent).unwrap();
    let sessions = &test_set.people[0].sessions;
    let names = sessions.iter().map(|one| one.recording.session.clone());
    let warning = undated::warning([&spec], &test_set.skipped).unwrap();
    (names.collect(), TestDelay::of(sessions), warning)
}

#[test]
fn sessions_are_tested_in_order_of_their_dates_whatever_copy_of_the_data_set_it_is() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    // Hours 2, 30, 1 and 40 by the numbers of their tasks.
    hmog(root, 1, "1396007200000", headed);
    hmog(root, 2, "1396108000000", |text| text);
    hmog(root, 3, "1.3960036E+12", |text| semicolons(headed(text)));
    hmog(root, 4, "1396144000000.0", |text| text);
    let (names, delay, warning) = tested(root);
    assert_eq!(names, ["3", "1", "2", "4"]);
    assert_eq!(delay.map(|one| (one.hours, one.same_day)), Some((28.0, 0)));
    assert_eq!(warning, None);

    // One that cannot be used takes nothing from the others' order.
    hmog(root, 5, "-", |_| "-,".to_owned());
    assert_eq!(tested(root), (names, delay, warning));

    // With one that has none nobody knows the order, and it is said.
    hmog(root, 2, "-", |text| text);
    let (names, delay, warning) = tested(root);
    assert_eq!(names, ["1", "2", "3", "4"]);
    assert_eq!(delay, None);
    let warning = warning.unwrap();
    let named = warning.starts_with("1 of 4 sessions have no date (7 session 2)");
    assert!(named, "{warning}");
}

fn inspect(data: &[String], more: &[&str]) -> Output {
    let data = data.iter().flat_map(|data| ["--data", data]);
    Command::new(env!("CARGO_BIN_EXE_grasp-train"))
        .arg("inspect")
        .args(data)
        .args(more)
        .output()
        .unwrap()
}

fn printed(run: &Output) -> String {
    let told = String::from_utf8_lossy(&run.stderr);
    assert!(run.status.success(), "{told}");
    String::from_utf8(run.stdout.clone()).unwrap()
}

#[test]
fn inspect_measures_minutes_rates_gaps_and_rest() {
    let dir = tempfile::tempdir().unwrap();
    let root = dir.path();
    sisfall(&root.join("sisfall"), "D01", "SA01");
    // A minute at 100 Hz, with a hole and a twin, of a phone that is put down
    // for its last ten seconds and whose sensors are off by a little.
    let row = |i: i32| {
        let t = i64::from(i + if i >= 3000 { 50 } else { 0 }) * 10_000_000;
        let swing = if i < 5000 { f64::from(i).sin() } else { 0.0 };
        format!("{t},a,{swing},0,9.9\n{t},g,.004,-.005,{}\n", 0.006 + swing)
    };
    let twin = "70000000000,a,0,0,0\n70000000000,a,0,0,0\n";
    write(&root.join("own"), "a<b/1.csv", rows(6000, row) + twin);
    let data = ["graspd", "sisfall"].map(|set| {
        let folder = if set == "graspd" { "own" } else { set };
        format!("{set}={}", root.join(folder).display())
    });

    let json: serde_json::Value =
        serde_json::from_str(&printed(&inspect(&data, &["--json"]))).unwrap();
    let near = |value: &serde_json::Value, expected: f64, within: f64| {
        let found = value.as_f64().unwrap();
        assert!((found - expected).abs() < within, "{found} for {expected}");
    };
    let (own, sisfall) = (&json[0]["people"][0], &json[1]["people"][0]);
    assert_eq!(
        (&json[0]["set"], &own["id"]),
        (&"graspd".into(), &"a<b".into())
    );
    let session = &own["sessions"][0];
    near(&session["minutes"], 1.0, 0.01);
    near(&session["rates_hz"][0], 100.0, 1e-6);
    assert_eq!(session["align"]["duplicate"], 1);
    // The hole in both sensors, and the one before the twins.
    assert_eq!(session["align"]["gaps"], 3);
    near(&own["rest"]["acceleration"], 9.9, 1e-3);
    for (axis, offset) in [0.004, -0.005, 0.006].into_iter().enumerate() {
        near(&own["rest"]["gyroscope_offset"][axis], offset, 1e-5);
    }
    // Seconds are counted afresh from the hole, 20 s before it is put down.
    assert_eq!(own["rest"]["still"], 10);
    near(&sisfall["sessions"][0]["rates_hz"][1], 200.0, 1e-6);

    let out = root.join("out");
    let table = printed(&inspect(&data, &["--out", out.to_str().unwrap()]));
    let line = table.lines().find(|line| line.starts_with("a<b")).unwrap();
    let cells: Vec<&str> = line.split_whitespace().collect();
    assert_eq!(
        cells,
        [
            "a<b", "1", "1.0", "100.0", "100.0", "3", "1", "9.900", "+4.0", "-5.0", "+6.0"
        ]
    );
    assert!(
        table.contains("sisfall: 1 people, 1 sessions (0 skipped), 0.2 minutes"),
        "{table}"
    );
    let page = fs::read_to_string(out.join("inspect.html")).unwrap();
    assert_eq!(page.matches("role=\"img\"").count(), 6);
    assert!(page.contains("a&lt;b") && !page.contains("a<b"));
    for from_elsewhere in ["http:", "https:", "src=", "@import", "<link", "<script"] {
        assert!(!page.contains(from_elsewhere), "{from_elsewhere}");
    }
}

#[test]
fn inspect_says_what_speaks_against_samples() {
    let dir = tempfile::tempdir().unwrap();
    let root = |set: &str| dir.path().join(set);
    let text = own_text(60);
    let rewritten = |change: &dyn Fn(&str, &str, &str) -> String| -> String {
        let rows = text.lines().skip(2).map(|row| {
            let (t, rest) = row.split_once(',').unwrap();
            let (sensor, values) = rest.split_once(',').unwrap();
            change(t, sensor, values)
        });
        rows.collect()
    };
    let in_g = rewritten(&|t, sensor, values| match sensor {
        "accelerometer" => format!("{t},acc,0.1,1.0,0.0\n"),
        _ => format!("{t},gyro,{values}\n"),
    });
    let later = rewritten(&|t, sensor, values| match sensor {
        "accelerometer" => format!("{t},acc,{values}\n"),
        _ => format!(
            "{},gyro,{values}\n",
            t.parse::<i64>().unwrap() + 10_800_000_000_000
        ),
    });
    let alone = rewritten(&|t, sensor, values| match sensor {
        "accelerometer" => format!("{t},acc,{values}\n"),
        _ => String::new(),
    });
    for (name, content) in [("1", in_g), ("2", later), ("3", alone)] {
        write(&root("graspd"), &format!("ann/{name}.csv"), content);
    }
    let data = [format!("graspd={}", root("graspd").display())];
    let run = inspect(&data, &[]);
    let table = printed(&run);
    assert!(
        table.contains("warning: ann, session 1: ") && table.contains("multiply by 9.80665"),
        "{table}"
    );
    let told = String::from_utf8_lossy(&run.stderr);
    for part in [
        "session 2",
        "two clocks",
        "session 3",
        "no samples of the gyroscope",
    ] {
        assert!(told.contains(part), "no {part:?} in {told}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&printed(&inspect(&data, &["--json"]))).unwrap();
    let doubts = &json[0]["people"][0]["sessions"][0]["doubts"];
    assert!(doubts[0].as_str().unwrap().contains("9.80665"), "{doubts}");
}

#[test]
fn one_data_set_cannot_be_given_twice() {
    let run = inspect(&["hapt=a".into(), "hapt=b".into()], &[]);
    let told = String::from_utf8_lossy(&run.stderr);
    assert!(
        !run.status.success() && told.contains("hapt is given twice"),
        "{told}"
    );
}

/// What the made-up files cannot show: that the layouts are the authors'.
#[test]
fn real_recordings_are_read_whole() {
    let Some(data) = std::env::var_os("GRASPD_DATA") else {
        skipped::because(
            "GRASPD_DATA names no folder, so the layouts of real data sets were NOT read",
        );
        return;
    };
    for (set, rate) in [
        ("hmog", 100.0),
        ("motionsense", 50.0),
        ("hapt", 50.0),
        ("sisfall", 200.0),
    ] {
        let folder = Path::new(&data).join(set);
        let json = printed(&inspect(
            &[format!("{set}={}", folder.display())],
            &["--json"],
        ));
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert!(json[0]["skipped"].as_array().unwrap().is_empty(), "{set}");
        for person in json[0]["people"].as_array().unwrap() {
            let (id, rest) = (&person["id"], &person["rest"]);
            let acceleration = rest["acceleration"].as_f64().unwrap();
            assert!(
                (8.5..11.0).contains(&acceleration),
                "{set} {id}: {acceleration} m/s²"
            );
            for axis in 0..3 {
                let turn = rest["gyroscope_offset"][axis].as_f64().unwrap();
                assert!(turn.abs() < 0.15, "{set} {id}: {turn} rad/s");
            }
            for session in person["sessions"].as_array().unwrap() {
                assert_eq!(session["doubts"], serde_json::json!([]), "{set} {id}");
                for sensor in 0..2 {
                    let found = session["rates_hz"][sensor].as_f64().unwrap();
                    assert!((found / rate - 1.0).abs() < 0.01, "{set} {id}: {found} Hz");
                }
            }
        }
    }
}
