//! The doctor on simulated machines: files in a temporary folder.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use super::{Finding, Severity, look};
use crate::source::iio::fake::Fake;

/// A machine with sensors, the service's user, and a configuration.
struct Sick {
    fake: Fake,
}

impl Sick {
    fn new(source: &str) -> Self {
        let sick = Self { fake: Fake::new() };
        sick.mode("", 0o755);
        sick.write(
            "etc/passwd",
            "root:x:0:0::/root:/bin/sh\ngraspd:x:54321:54320::/:/bin/false\n",
        );
        sick.write(
            "etc/group",
            "graspd:x:54320:\nother:x:54322:purism,graspd\n",
        );
        sick.write("proc/self/comm", "no number\n");
        let root = sick.fake.root().display().to_string();
        let bundle = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/seed-2d");
        sick.write(
            "graspd.toml",
            &format!(
                "[source]\n{source}\n[model]\nbundle = {bundle:?}\n\
                 [profile]\npath = \"{root}/owner.profile\"\n[socket]\npath = \"{root}/socket\"\n"
            ),
        );
        sick
    }

    fn path(&self, path: &str) -> PathBuf {
        self.fake.root().join(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn mode(&self, path: &str, mode: u32) {
        fs::set_permissions(self.path(path), Permissions::from_mode(mode)).unwrap();
    }

    fn process(&self, pid: u32, name: &str, open: &str) {
        self.write(&format!("proc/{pid}/comm"), &format!("{name}\n"));
        let fds = self.path(&format!("proc/{pid}/fd"));
        fs::create_dir_all(&fds).unwrap();
        symlink("/dev/null", fds.join("0")).unwrap();
        symlink(open, fds.join("3")).unwrap();
    }

    /// Gives all users the permissions that the udev rules give the group.
    fn grant(&self, device: &str) {
        self.mode(&format!("dev/{device}"), 0o604);
        let folder = format!("sys/bus/iio/devices/{device}");
        for inner in ["", "/buffer", "/scan_elements", "/trigger"] {
            let inner = format!("{folder}{inner}");
            for entry in fs::read_dir(self.path(&inner)).unwrap() {
                let path = entry.unwrap().path();
                if path.is_file() {
                    fs::set_permissions(path, Permissions::from_mode(0o646)).unwrap();
                }
            }
        }
    }

    fn examine(&self) -> Vec<Finding> {
        self.look(false)
    }

    fn look(&self, try_sensors: bool) -> Vec<Finding> {
        let config = self.path("graspd.toml");
        look(self.fake.root(), &config, Some("graspd"), try_sensors)
    }

    /// Severity and full text of the finding of `check`.
    fn say(&self, check: &str) -> (Severity, String) {
        let findings = self.look(check == "reading");
        let finding = findings.iter().find(|finding| finding.check == check);
        let Finding {
            verdict,
            found,
            remedy,
            ..
        } = finding.unwrap_or_else(|| panic!("no {check} in {findings:?}"));
        let said = format!("{found} → {}", remedy.as_deref().unwrap_or_default());
        (*verdict, said)
    }

    fn expect(&self, check: &str, verdict: Severity, parts: &[&str]) {
        let (found, said) = self.say(check);
        assert_eq!(found, verdict, "{check}: {said}");
        for part in parts {
            assert!(said.contains(part), "no {part:?} in {said}");
        }
    }
}

#[test]
fn sensors_are_described_and_their_files_are_the_daemons() {
    let sick = Sick::new("kind = \"iio\"");
    let [accelerometer, _gyroscope] = sick.fake.hid();
    accelerometer.set("in_mount_matrix", "0, 1, 0; -1, 0, 0; 0, 0, 1\n");
    for device in ["iio:device0", "iio:device1"] {
        sick.grant(device);
    }
    sick.expect(
        "accelerometer",
        Severity::Ok,
        &[
            "iio:device0 (accel_3d)",
            "10 Hz",
            "0.00980665",
            "0, 1, 0; -1",
            "le:s32/32>>0",
        ],
    );
    sick.expect(
        "gyroscope",
        Severity::Ok,
        &["gyro_3d", "1, 0, 0; 0, 1, 0; 0, 0, 1"],
    );
    sick.expect("node", Severity::Ok, &["graspd may read all 2"]);
    sick.expect("attributes", Severity::Ok, &["graspd may write all"]);
    sick.expect("holder", Severity::Ok, &["nobody has /dev/iio:device0"]);
    sick.expect("neighbour", Severity::Ok, &["does not run"]);
}

#[test]
fn what_auto_chooses_is_told_and_what_a_lone_accelerometer_is_good_for() {
    let sick = Sick::new("");
    sick.expect(
        "source",
        Severity::Fail,
        &[
            "nothing to choose from",
            "iio is not: no accelerometer",
            "docs/phones.md",
        ],
    );
    let [_accelerometer, gyroscope] = sick.fake.hid();
    sick.expect(
        "source",
        Severity::Ok,
        &["auto chooses iio", "iio is there"],
    );
    sick.expect("accelerometer", Severity::Ok, &["accel_3d"]);
    gyroscope.unplug();
    sick.expect(
        "source",
        Severity::Fail,
        &["iio is not: no gyroscope", "docs/phones.md"],
    );
}

#[test]
fn a_device_without_a_gyroscope_is_told_of_the_bundle_that_needs_none_and_what_that_costs() {
    for source in ["", "kind = \"iio\""] {
        let sick = Sick::new(source);
        let [_accelerometer, gyroscope] = sick.fake.hid();
        gyroscope.unplug();
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/accelerometer");
        let bundle = format!("model.bundle = {shipped:?}");
        let missed = [
            "an accelerometer and no gyroscope",
            &bundle,
            "0.162 instead of 0.117",
        ];
        sick.expect("channels", Severity::Fail, &missed);

        let config = fs::read_to_string(sick.path("graspd.toml")).unwrap();
        let config = config.replace("models/seed-2d", "models/accelerometer");
        sick.write("graspd.toml", &config);
        let alone = ["of the accelerometer alone", "0.162 instead of 0.117"];
        sick.expect("model", Severity::Ok, &alone);
        sick.expect("accelerometer", Severity::Ok, &["accel_3d"]);
        let said = sick.examine();
        let about = |check| said.iter().any(|finding| finding.check == check);
        assert!(!about("channels") && !about("gyroscope"), "{said:?}");
    }
}

#[test]
fn a_gyroscope_that_the_model_leaves_unused_is_named() {
    let sick = Sick::new("");
    let [_accelerometer, _gyroscope] = sick.fake.hid();
    let config = fs::read_to_string(sick.path("graspd.toml")).unwrap();
    let config = config.replace("models/seed-2d", "models/accelerometer");
    sick.write("graspd.toml", &config);
    let said = ["leaves this device's gyroscope unused", "models/default"];
    sick.expect("channels", Severity::Warn, &said);
}

#[test]
fn an_accelerometer_that_is_not_in_the_unit_that_its_driver_states_is_found() {
    let sick = Sick::new("kind = \"iio\"");
    let [accelerometer, _gyroscope] = sick.fake.hid();
    for (scale, raw, verdict, part) in [
        (
            "0.00980665",
            ["0", "600", "800"],
            Severity::Ok,
            "shows 9.8 m/s²",
        ),
        (
            "0.001",
            ["0", "600", "800"],
            Severity::Warn,
            "multiply by 9.80665",
        ),
        (
            "0.0980665",
            ["0", "600", "800"],
            Severity::Warn,
            "multiply by 0.1",
        ),
        ("0.00980665", ["0", "0", "0"], Severity::Warn, "in no unit"),
    ] {
        accelerometer.set("in_accel_scale", scale);
        for (axis, value) in ["x", "y", "z"].iter().zip(raw) {
            accelerometer.set(&format!("in_accel_{axis}_raw"), value);
        }
        sick.expect("gravity", verdict, &[part]);
    }
    accelerometer.remove("in_accel_x_raw");
    let findings = sick.examine();
    assert!(findings.iter().all(|finding| finding.check != "gravity"));
}

#[test]
fn what_the_driver_does_not_say_and_what_is_not_there() {
    let sick = Sick::new("kind = \"iio\"");
    sick.expect("accelerometer", Severity::Fail, &["accelerometer", "auto"]);
    let [accelerometer, gyroscope] = sick.fake.hid();
    gyroscope.remove("in_anglvel_scale");
    accelerometer.remove("scan_elements/in_timestamp_en");
    sick.expect("gyroscope", Severity::Fail, &["in_anglvel_scale"]);
    sick.expect("accelerometer", Severity::Warn, &["polled"]);
}

/// The checks whose findings are not ok.
fn faults(sick: &Sick) -> Vec<&'static str> {
    let findings = sick.examine();
    let sensors = ["accelerometer", "gyroscope", "choice", "rate", "trigger"];
    findings
        .iter()
        .filter(|it| it.verdict != Severity::Ok && sensors.contains(&it.check))
        .map(|it| it.check)
        .collect()
}

#[test]
fn which_of_two_accelerometers_it_is_and_why() {
    let sick = Sick::new("kind = \"iio\"");
    let [first, _gyroscope] = sick.fake.hid();
    let axes = ["x", "y", "z"].map(|axis| format!("in_accel_{axis}"));
    let axes: Vec<_> = axes
        .iter()
        .map(|name| (name.as_str(), "le:s16/16>>0"))
        .collect();
    let second = sick
        .fake
        .device(5, &[("name", "accel_3d\n"), ("in_accel_scale", "1")], &axes);
    assert_eq!(faults(&sick), ["choice"]);
    sick.expect(
        "choice",
        Severity::Warn,
        &[
            "iio:device0",
            "iio:device5",
            "source.accelerometer",
            "ACCEL_LOCATION",
        ],
    );
    first.set("dev", "247:0\n");
    sick.fake.record("247:0", "E:ACCEL_LOCATION=base");
    second.set("label", "accel-display\n");
    sick.expect(
        "accelerometer",
        Severity::Warn,
        &[
            "iio:device5",
            "in the display by its label",
            "unlike iio:device0 (accel_3d, base)",
        ],
    );
}

#[test]
fn sensors_in_parts_that_move_apart_are_told_of() {
    let sick = Sick::new("kind = \"iio\"");
    let [accelerometer, gyroscope] = sick.fake.hid();
    accelerometer.set("location", "lid\n");
    assert!(faults(&sick).is_empty());
    gyroscope.set("location", "base\n");
    sick.expect(
        "choice",
        Severity::Warn,
        &["in the display", "in the base", "folds"],
    );
}

#[test]
fn a_mount_matrix_that_cannot_be_comes_with_the_setting_that_goes_before_it() {
    let sick = Sick::new("kind = \"iio\"");
    let [accelerometer, gyroscope] = sick.fake.hid();
    accelerometer.set("dev", "247:0\n");
    sick.fake
        .record("247:0", "E:ACCEL_MOUNT_MATRIX=1, 0, 0; 0, 1, 0; 0, 1, 0");
    let hwdb = [
        "ACCEL_MOUNT_MATRIX in",
        "source.accelerometer_matrix",
        "61-sensor-local.hwdb",
    ];
    sick.expect("accelerometer", Severity::Fail, &hwdb);
    sick.fake.record("247:0", "E:ACCEL_MOUNT_MATRIX=");
    gyroscope.set("mount_matrix", "1\n");
    sick.expect("accelerometer", Severity::Ok, &["from nobody"]);
    let kernel = [
        "device1/mount_matrix",
        "source.gyroscope_matrix",
        "device tree",
    ];
    sick.expect("gyroscope", Severity::Fail, &kernel);
    gyroscope.remove("mount_matrix");
    sick.fake
        .record("247:0", "E:ACCEL_MOUNT_MATRIX=0, 1, 0; 1, 0, 0; 0, 0, 1;");
    sick.expect(
        "accelerometer",
        Severity::Ok,
        &["0, 1, 0; 1, 0, 0; 0, 0, 1 from udev's"],
    );
}

#[test]
fn rates_that_cannot_be_used_and_those_that_would_be_taken() {
    let sick = Sick::new("kind = \"iio\"");
    let [accelerometer, _gyroscope] = sick.fake.hid();
    accelerometer.set(
        "sampling_frequency_available",
        "15.62 31.26 62.50 125 250\n",
    );
    sick.expect(
        "accelerometer",
        Severity::Ok,
        &["10 Hz now, 125 Hz when read, of 15.62"],
    );
    assert!(faults(&sick).is_empty());
    accelerometer.set("sampling_frequency_available", "1 12.5\n");
    sick.expect("rate", Severity::Fail, &["12.5 Hz", "100 Hz", "25 to 400"]);
}

#[test]
fn triggers_that_will_not_do() {
    let sick = Sick::new("kind = \"iio\"");
    let [accelerometer, _gyroscope] = sick.fake.hid();
    let event = "accel_3d-any-motion-dev0";
    sick.fake.trigger(3, event);
    accelerometer.set("trigger/current_trigger", event);
    sick.expect(
        "trigger",
        Severity::Ok,
        &[event, "every sample", "gives it accel_3d-dev0"],
    );
    accelerometer.set("name", "chip\n");
    sick.expect("trigger", Severity::Warn, &[event, "hrtimer"]);
    accelerometer.set("trigger/current_trigger", "timer\n");
    sick.expect("trigger", Severity::Warn, &["timer", "not there any more"]);
}

#[test]
fn a_buffer_is_tried_and_raw_readings_where_it_is_silent() {
    let sick = Sick::new("kind = \"iio\"");
    let [mut accelerometer, mut gyroscope] = sick.fake.hid();
    let began = crate::source::iio::fake::now();
    for i in 0..100 {
        let stamp = began + i * 10_000_000 - 1_000_000_000;
        accelerometer.scan(&[1; 12], stamp);
        gyroscope.scan(&[1; 12], stamp);
    }
    sick.expect(
        "reading",
        Severity::Ok,
        &["accelerometer 100 Hz, gyroscope 100 Hz"],
    );
    sick.expect(
        "reading",
        Severity::Warn,
        &[
            "device0 is enabled and has given nothing for",
            "accel_3d-dev0",
            "polling works",
        ],
    );
    gyroscope.remove("in_anglvel_x_raw");
    sick.expect(
        "reading",
        Severity::Fail,
        &["polling does not work either", "in_anglvel_x_raw"],
    );
}

#[test]
fn a_denied_node_is_named_and_so_is_the_directory_that_denies() {
    let sick = Sick::new("kind = \"iio\"\nmode = \"buffered\"");
    let _devices = sick.fake.hid();
    sick.expect(
        "node",
        Severity::Fail,
        &[
            "graspd may read 0 of 2",
            "dev/iio:device0 may not be read",
            "85-graspd.rules",
        ],
    );
    sick.expect(
        "attributes",
        Severity::Fail,
        &["buffer/enable may not be written"],
    );
    sick.grant("iio:device0");
    sick.grant("iio:device1");
    sick.mode("sys/bus/iio/devices/iio:device1/buffer", 0o750);
    sick.expect(
        "attributes",
        Severity::Fail,
        &["the directory", "device1/buffer denies it"],
    );
    sick.mode("sys/bus", 0o700);
    sick.expect(
        "attributes",
        Severity::Fail,
        &["write 0 of", "sys/bus denies it"],
    );
    sick.expect("node", Severity::Ok, &[]);
}

#[test]
fn in_auto_a_buffer_that_cannot_be_had_is_a_matter_of_the_battery() {
    let sick = Sick::new("kind = \"iio\"");
    let _devices = sick.fake.hid();
    sick.expect("node", Severity::Warn, &["may not be read"]);
}

#[test]
fn whoever_has_the_node_is_named() {
    let sick = Sick::new("kind = \"iio\"");
    let _devices = sick.fake.hid();
    sick.process(7, "iio-sensor-prox", "/dev/iio:device0");
    sick.expect(
        "holder",
        Severity::Warn,
        &["iio-sensor-prox (process 7) has /dev/iio:device0"],
    );
    sick.expect("neighbour", Severity::Warn, &["rotate", "polled"]);
    sick.write("proc/7/comm", "graspd\n");
    sick.expect("holder", Severity::Ok, &["graspd (process 7)"]);
    sick.expect("neighbour", Severity::Ok, &["does not run"]);
}

#[test]
fn a_stream_needs_its_fifo() {
    let sick = Sick::new("");
    let fifo = sick.path("motion");
    sick.write(
        "graspd.toml",
        &format!("[source]\nkind = \"stream\"\npath = {fifo:?}\n[model]\nbundle = \"/nowhere\"\n"),
    );
    sick.expect(
        "stream",
        Severity::Fail,
        &["there is no", "systemd-tmpfiles"],
    );
    rustix::fs::mkfifoat(rustix::fs::CWD, &fifo, rustix::fs::Mode::from(0o600)).unwrap();
    sick.expect("stream", Severity::Fail, &["motion may not be read"]);
    sick.mode("motion", 0o646);
    sick.expect("stream", Severity::Ok, &["motion"]);
    sick.expect("model", Severity::Fail, &["/nowhere"]);
    assert!(!sick.examine().iter().any(|f| f.check == "accelerometer"));
}

/// `rc-service` and not `systemctl`, where there is no systemd.
#[test]
fn remedies_are_those_of_the_service_manager_that_the_machine_has() {
    let sick = Sick::new("");
    sick.write("run/openrc/softlevel", "default");
    sick.expect(
        "daemon",
        Severity::Warn,
        &["rc-service graspd start", "/var/log/graspd.log"],
    );
    let fifo = sick.path("motion");
    let config = fs::read_to_string(sick.path("graspd.toml")).unwrap();
    let stream = format!("[source]\nkind = \"stream\"\npath = {fifo:?}\n");
    sick.write("graspd.toml", &config.replace("[source]\n", &stream));
    sick.expect("stream", Severity::Fail, &["rc-service graspd start"]);
    sick.write("etc/passwd", "root:x:0:0::/root:/bin/sh\n");
    sick.expect("user", Severity::Fail, &["adduser -S", "-G graspd graspd"]);
    let said = sick.examine();
    let named = |it: &Finding| format!("{it:?}").contains("systemctl");
    assert!(!said.iter().any(named), "{said:?}");
}

#[test]
fn the_polkit_rule_that_is_shipped_is_found() {
    let sick = Sick::new("");
    let rules = include_str!("../../systemd/polkit/50-graspd.rules");
    sick.write("etc/polkit-1/rules.d/README", rules);
    sick.expect("polkit", Severity::Warn, &["50-graspd.rules"]);
    sick.write("usr/share/polkit-1/rules.d/50-graspd.rules", rules);
    sick.expect("polkit", Severity::Ok, &["is about graspd"]);
}

#[test]
fn model_profile_and_daemon() {
    let sick = Sick::new("");
    sick.expect("model", Severity::Ok, &["seed-2d"]);
    sick.expect(
        "profile",
        Severity::Warn,
        &["owner.profile", "graspd enroll"],
    );
    sick.expect(
        "daemon",
        Severity::Warn,
        &["nobody serves", "systemctl start graspd"],
    );
    let profile = crate::owner::profile::tests::profile();
    profile.save(&sick.path("owner.profile")).unwrap();
    sick.expect("profile", Severity::Fail, &["070707070707"]);
}

#[test]
fn without_a_configuration_or_a_user_there_is_nothing_to_look_at() {
    let sick = Sick::new("");
    sick.write("etc/passwd", "root:x:0:0::/root:/bin/sh\nbroken\n");
    sick.expect(
        "user",
        Severity::Fail,
        &["no user graspd", "systemd-sysusers"],
    );
    sick.write("graspd.toml", "[decide]\nlose_sec = 3\n");
    let findings = sick.examine();
    assert_eq!(findings.len(), 1);
    sick.expect("configuration", Severity::Fail, &["line 2", "lose_sec"]);
}

#[test]
fn the_state_folder_is_the_daemons_alone() {
    let sick = Sick::new("");
    let state = sick.path("state");
    let config = fs::read_to_string(sick.path("graspd.toml")).unwrap();
    sick.write(
        "graspd.toml",
        &format!("{config}[state]\nfolder = {state:?}\n"),
    );
    sick.expect("state", Severity::Fail, &["there is none", "-o 54321"]);
    sick.write("state/file", "");
    sick.mode("state", 0o700);
    sick.expect("state", Severity::Fail, &["belongs to user", "chown 54321"]);
    let me = rustix::process::geteuid();
    sick.write(
        "etc/passwd",
        &format!("graspd:x:{me}:54320::/:/bin/false\n"),
    );
    sick.expect("state", Severity::Ok, &["graspd's alone"]);
    sick.mode("state", 0o770);
    sick.expect("state", Severity::Fail, &["0770", "go-w"]);
}
