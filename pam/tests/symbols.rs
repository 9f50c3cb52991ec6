//! What the built module gives to libpam, and wants of it.

// clippy.toml allows these in tests, but does not recognise this crate as one.
#![allow(clippy::unwrap_used, clippy::panic)]

use std::path::PathBuf;
use std::process::Command;

/// The module that this build made.
fn module() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.with_file_name("libpam_graspd.so")
}

#[test]
fn two_functions_are_given_and_one_of_libpam_is_wanted() {
    let read = Command::new("nm")
        .args(["--dynamic", "--without-symbol-versions"])
        .arg(module())
        .output();
    let Ok(read) = read else {
        skipped::because("there is no nm, so the module's symbols were NOT looked at");
        return;
    };
    assert!(
        read.status.success(),
        "{}",
        String::from_utf8_lossy(&read.stderr)
    );
    let text = String::from_utf8(read.stdout).unwrap();
    let symbols = |kind: &str| -> Vec<&str> {
        let of_kind = text
            .lines()
            .filter_map(|line| line.split_once(&format!(" {kind} ")));
        of_kind
            .map(|(_, name)| name)
            .filter(|name| name.starts_with("pam_"))
            .collect()
    };
    assert_eq!(symbols("T"), ["pam_sm_authenticate", "pam_sm_setcred"]);
    assert_eq!(symbols("U"), ["pam_get_user"]);
}
