//! `graspd doctor` on this machine, whatever it lacks.

use graspd::owner::profile::Profile;
use serde_json::Value;

use crate::harness::{Device, profile};
use crate::login::{Bus, Locker, Logind};

/// The exit code and the findings, on the device's own bus.
fn doctor(device: &Device, folder: &str) -> (Option<i32>, Vec<Value>) {
    let mut command = device.command("doctor");
    command.env("DBUS_SYSTEM_BUS_ADDRESS", device.bus());
    command.args(["--json", "--user", "root", "--root", folder]);
    let output = command.output().unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap().clone();
    (output.status.code(), findings)
}

fn verdict<'a>(findings: &'a [Value], check: &str) -> &'a Value {
    let finding = findings.iter().find(|finding| finding["check"] == check);
    &finding.unwrap_or_else(|| panic!("no {check}"))["verdict"]
}

#[test]
fn a_running_daemon_is_well_and_one_without_an_owner_can_still_get_one() {
    let device = Device::live("");
    let (code, findings) = doctor(&device, "/");
    assert_eq!(code, Some(0), "{findings:?}");
    assert_eq!(verdict(&findings, "daemon"), "warn");
    let _daemon = device.start_ready();
    let (code, findings) = doctor(&device, "/");
    assert_eq!(code, Some(0), "{findings:?}");
    for check in ["configuration", "stream", "model", "profile", "daemon"] {
        assert_eq!(verdict(&findings, check), "ok", "{findings:?}");
    }
    assert!(profile().exists());

    let motion = device.motion();
    device.configure_owner(&format!("[source]\npath = {motion:?}\n"));
    let (code, findings) = doctor(&device, "/");
    assert_eq!(code, Some(0), "{findings:?}");
    assert_eq!(verdict(&findings, "profile"), "warn");
}

#[test]
fn the_session_that_would_be_locked_is_looked_at_as_the_daemon_does() {
    let device = Device::live("");
    let motion = device.motion();
    let session = |enabled: &str| {
        device.configure(&format!(
            "[source]\npath = {motion:?}\n[session]\nenabled = {enabled:?}\n"
        ));
        let (code, findings) = doctor(&device, "/");
        let found = findings.into_iter().find(|it| it["check"] == "session");
        let Value::Object(found) = found.unwrap() else {
            panic!("no finding");
        };
        let text = |key: &str| found[key].as_str().unwrap().to_owned();
        (code, text("verdict"), text("found"))
    };
    let expect = |enabled: &str, verdict: &str, part: &str| {
        let (code, found, said) = session(enabled);
        assert_eq!(found, verdict, "{said}");
        assert!(said.contains(part), "{said}");
        assert_eq!(code, Some(if verdict == "fail" { 69 } else { 0 }));
    };
    expect("no", "warn", "is published");
    expect("auto", "warn", "no session manager");
    expect("yes", "fail", "no session manager");
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    expect("yes", "fail", "no session manager");
    let logind = Logind::start(&bus, Locker::Deaf);
    let owner = Profile::load_any(profile()).unwrap().owner_uid;
    expect(
        "yes",
        "ok",
        &format!("session/c1 of user {owner} is on seat0"),
    );
    logind.set_locked(true);
    expect("auto", "ok", "its screen locked");
    logind.show_owner(false);
    expect("yes", "warn", "is not the one that seat0 shows");
    assert_eq!(logind.locks(), 0);
}

#[test]
fn a_machine_that_is_only_files_has_no_session() {
    let device = Device::live("");
    let motion = device.motion();
    device.configure(&format!(
        "[source]\npath = {motion:?}\n[session]\nenabled = \"yes\"\n"
    ));
    let folder = device.file("elsewhere");
    std::fs::create_dir_all(folder.join("etc")).unwrap();
    std::fs::write(folder.join("etc/passwd"), "root:x:0:0::/:/bin/sh\n").unwrap();
    let output = device
        .command("doctor")
        .env_remove("DBUS_SYSTEM_BUS_ADDRESS")
        .args(["--json", "--user", "root", "--root"])
        .arg(folder)
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    assert!(findings.iter().all(|finding| finding["check"] != "session"));
    assert_eq!(verdict(findings, "profile"), "ok");
}

#[test]
fn people_get_lines_and_the_last_says_how_many_failed() {
    let device = Device::live("");
    device.configure_owner("[source]\nkind = \"iio\"\n");
    let nowhere = device.motion().with_file_name("nowhere");
    let mut command = device.command("doctor");
    let output = command.args(["--user", "root", "--root"]).arg(nowhere);
    let output = output.output().unwrap();
    assert_eq!(output.status.code(), Some(69));
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(said.starts_with("ok    configuration"), "{said}");
    assert!(said.contains("fail  user"), "{said}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "graspd: 1 of the checks failed\n");
}
