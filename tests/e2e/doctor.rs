//! `graspd doctor` on the machine that runs the tests.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use graspd::owner::profile::Profile;
use serde_json::Value;

use crate::harness::{Device, profile};
use crate::login::{Bus, Locker, Logind};
use crate::polkit::Polkit;

/// Exit code and findings, with the device's own bus.
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
    device.configure_owner(&format!("[source]\nkind = \"stream\"\npath = {motion:?}\n"));
    let (code, findings) = doctor(&device, "/");
    assert_eq!(code, Some(0), "{findings:?}");
    assert_eq!(verdict(&findings, "profile"), "warn");
}

#[test]
fn what_fails_is_its_exit_code_whoever_reads_on() {
    let device = Device::live("");
    device.reconfigure("[model]", "[modell]");
    for arguments in [&[][..], &["--json"]] {
        let mut command = device.command("doctor");
        command.args(["--user", "root"]).args(arguments);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        assert_eq!(child.wait().unwrap().code(), Some(69), "{arguments:?}");
    }
}

#[test]
fn the_session_that_would_be_locked_is_looked_at_as_the_daemon_does() {
    let device = Device::live("");
    let motion = device.motion();
    let session = |enabled: &str| {
        device.configure(&format!(
            "[source]\nkind = \"stream\"\npath = {motion:?}\n[session]\nenabled = {enabled:?}\n"
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
    logind.log_in_remotely();
    expect(
        "yes",
        "warn",
        "no screen to lock: it is a login from another machine",
    );
    assert_eq!(logind.locks(), 0);
}

/// Installs Phosh's schema and a user's settings for a real `gsettings`.
fn phosh(device: &Device, settings: &str) -> bool {
    let (schemas, home) = (device.file("schemas"), device.file("home"));
    let keyfile = home.join("glib-2.0/settings");
    std::fs::create_dir_all(&schemas).unwrap();
    std::fs::create_dir_all(&keyfile).unwrap();
    std::fs::write(keyfile.join("keyfile"), settings).unwrap();
    let schema = |id: &str, key: &str, default: bool| {
        let path = id.replace('.', "/");
        format!(
            "<schema id=\"{id}\" path=\"/{path}/\"><key name=\"{key}\" type=\"b\">\
             <default>{default}</default></key></schema>"
        )
    };
    let schemata = schema("sm.puri.phosh.lockscreen", "require-unlock", true)
        + &schema("org.gnome.desktop.lockdown", "disable-lock-screen", false);
    let text = format!("<schemalist>{schemata}</schemalist>");
    std::fs::write(schemas.join("phosh.gschema.xml"), text).unwrap();
    let gsettings = Command::new("gsettings").arg("--version").output();
    let compiled = Command::new("glib-compile-schemas").arg(schemas).status();
    match (gsettings, compiled) {
        (Ok(_), Ok(status)) => status.success(),
        _ => {
            skipped::because("GLib's programs are missing, so Phosh's settings were NOT tested");
            false
        }
    }
}

#[test]
fn a_screen_that_opens_with_a_swipe_is_told() {
    let device = Device::live("");
    let look = || {
        let output = device
            .command("doctor")
            .args(["--json", "--user", "root"])
            .env("GSETTINGS_SCHEMA_DIR", device.file("schemas"))
            .env("GSETTINGS_BACKEND", "keyfile")
            .env("XDG_CONFIG_HOME", device.file("home"))
            .env("DBUS_SYSTEM_BUS_ADDRESS", device.bus())
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap().clone();
        let found = findings
            .into_iter()
            .filter(|it| it["check"] == "lock screen");
        (output.status.code(), found.collect::<Vec<_>>())
    };
    if !phosh(&device, "[sm/puri/phosh/lockscreen]\nrequire-unlock=true\n") {
        return;
    }
    let (code, found) = look();
    assert_eq!(code, Some(0), "{found:?}");
    assert_eq!(found[0]["verdict"], "ok", "{found:?}");
    phosh(
        &device,
        "[sm/puri/phosh/lockscreen]\nrequire-unlock=false\n",
    );
    let (code, found) = look();
    assert_eq!(code, Some(69), "{found:?}");
    assert!(
        found[0]["found"].as_str().unwrap().contains("Phosh"),
        "{found:?}"
    );
    let motion = device.motion();
    device.configure(&format!(
        "[source]\nkind = \"stream\"\npath = {motion:?}\n[session]\nenabled = \"no\"\nunlock_proves_owner = false\n"
    ));
    let (code, found) = look();
    assert_eq!(code, Some(0), "{found:?}");
    assert_eq!(found[0]["verdict"], "warn", "{found:?}");
    phosh(
        &device,
        "[org/gnome/desktop/lockdown]\ndisable-lock-screen=true\n",
    );
    let (_, found) = look();
    assert!(
        found[1]["found"].as_str().unwrap().contains("GNOME"),
        "{found:?}"
    );
}

#[test]
fn a_machine_that_is_only_files_has_no_session() {
    let device = Device::live("");
    let motion = device.motion();
    device.configure(&format!(
        "[source]\nkind = \"stream\"\npath = {motion:?}\n[session]\nenabled = \"yes\"\n"
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

/// The finding of `check` by the user nobody, of what the service may do, on a device whose files
/// are below `folder`.
fn seen_by_others(device: &Device, folder: &Path, config: &Path, check: &str) -> Value {
    let program = folder.join("graspd");
    fs::copy(env!("CARGO_BIN_EXE_graspd"), &program).unwrap();
    let output = Command::new("setpriv")
        .args(["--reuid=65534", "--regid=65534", "--clear-groups"])
        .arg(&program)
        .args(["doctor", "--json", "--user", "graspd", "--root"])
        .arg(folder)
        .arg("--config")
        .arg(config)
        .env("DBUS_SYSTEM_BUS_ADDRESS", device.bus())
        .current_dir("/")
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let found = findings.iter().find(|finding| finding["check"] == check);
    found.unwrap().clone()
}

/// As the app asks.
#[test]
fn a_state_folder_that_is_the_services_alone_is_well_whoever_asks() {
    if !rustix::process::geteuid().is_root() {
        skipped::because("only root can give a folder away");
        return;
    }
    let device = Device::live("");
    let folder = tempfile::tempdir().unwrap();
    let (root, state) = (folder.path(), folder.path().join("state"));
    fs::set_permissions(root, Permissions::from_mode(0o755)).unwrap();
    fs::create_dir(root.join("etc")).unwrap();
    fs::write(
        root.join("etc/passwd"),
        "graspd:x:54321:54320::/:/bin/false\n",
    )
    .unwrap();
    let config = root.join("graspd.toml");
    let text = format!("[state]\nfolder = {state:?}\n[session]\nenabled = \"no\"\n");
    fs::write(&config, text).unwrap();
    fs::create_dir(&state).unwrap();
    for (owner, mode, verdict, part) in [
        (54321, 0o700, "ok", "is graspd's alone"),
        (54321, 0o770, "fail", "0770"),
        (0, 0o700, "fail", "belongs to user 0"),
    ] {
        std::os::unix::fs::chown(&state, Some(owner), Some(54320)).unwrap();
        fs::set_permissions(&state, Permissions::from_mode(mode)).unwrap();
        let found = seen_by_others(&device, root, &config, "state");
        assert_eq!(found["verdict"], verdict, "{found}");
        assert!(found["found"].as_str().unwrap().contains(part), "{found}");
    }
    // A folder above that is closed hides whose it is.
    fs::set_permissions(root.join("state"), Permissions::from_mode(0o700)).unwrap();
    let inner = state.join("inner");
    fs::create_dir(&inner).unwrap();
    fs::write(&config, format!("[state]\nfolder = {inner:?}\n")).unwrap();
    let found = seen_by_others(&device, root, &config, "state");
    assert_eq!(found["verdict"], "fail", "{found}");
}

#[test]
fn polkit_has_to_be_there_besides_its_rule() {
    let device = Device::live("");
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    let root = device.file("machine");
    let rules = root.join("usr/share/polkit-1/rules.d");
    fs::create_dir_all(&rules).unwrap();
    fs::create_dir(root.join("etc")).unwrap();
    fs::write(
        root.join("etc/passwd"),
        "graspd:x:54321:54320::/:/bin/false\n",
    )
    .unwrap();
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("systemd/polkit/50-graspd.rules");
    fs::copy(shipped, rules.join("50-graspd.rules")).unwrap();
    let motion = device.motion();
    let look = |enabled: &str| {
        device.configure(&format!(
            "[source]\nkind = \"stream\"\npath = {motion:?}\n[session]\nenabled = {enabled:?}\n"
        ));
        let output = device
            .command("doctor")
            .args(["--json", "--user", "graspd", "--root"])
            .arg(&root)
            .env("DBUS_SYSTEM_BUS_ADDRESS", device.bus())
            .output()
            .unwrap();
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        let findings = report["findings"].as_array().unwrap();
        let found = findings.iter().find(|finding| finding["check"] == "polkit");
        found.unwrap().clone()
    };
    let missing = look("auto");
    assert_eq!(missing["verdict"], "fail", "{missing}");
    assert_eq!(missing["remedy"], "install and start polkit");
    assert_eq!(look("no")["verdict"], "warn");
    let polkit = Polkit::stand_in(&bus);
    let there = look("auto");
    assert_eq!(there["verdict"], "ok", "{there}");
    drop(polkit);
    // Without a bus the check of the session says what is missing.
    drop(bus);
    assert_eq!(look("auto")["verdict"], "ok");
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
