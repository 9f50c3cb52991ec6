//! `graspd doctor` on this machine, whatever it lacks.

use crate::harness::{Device, profile};

use serde_json::Value;

/// The exit code and the findings.
fn doctor(device: &Device, folder: &str) -> (Option<i32>, Vec<Value>) {
    let mut command = device.command("doctor");
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
fn a_running_daemon_is_well_and_one_without_an_owner_is_not() {
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

    device.configure_owner("");
    let (code, findings) = doctor(&device, "/");
    assert_eq!(code, Some(69));
    assert_eq!(verdict(&findings, "profile"), "fail");
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
