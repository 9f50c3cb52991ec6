//! The rule that lets the daemon's user lock sessions. polkit(8)

use std::fs;
use std::path::PathBuf;

use super::{Device, Finding};

const CHECK: &str = "polkit";
const FOLDERS: [&str; 3] = [
    "etc/polkit-1/rules.d",
    "usr/local/share/polkit-1/rules.d",
    "usr/share/polkit-1/rules.d",
];
const ACTION: &str = "org.freedesktop.login1.lock-sessions";

pub(super) fn check(device: &Device<'_>) -> Finding {
    let name = &device.user.name;
    if device.user.uid == 0 {
        return Finding::ok(CHECK, "root needs no rule");
    }
    let mut hidden = 0;
    for folder in FOLDERS.map(|folder| device.machine.path(folder)) {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) => {
                hidden += usize::from(error.kind() == std::io::ErrorKind::PermissionDenied);
                continue;
            }
        };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.sort();
        let granting = paths.iter().find(|path| {
            path.extension().is_some_and(|ending| ending == "rules")
                && fs::read_to_string(path).is_ok_and(|text| {
                    text.contains(ACTION) && text.contains(&format!("\"{name}\""))
                })
        });
        if let Some(path) = granting {
            return Finding::ok(CHECK, format!("{} is about {name}", path.display()));
        }
    }
    let found = format!("no rule lets {name} lock sessions");
    match hidden {
        0 => Finding::warn(CHECK, found).remedy("install polkit/50-graspd.rules"),
        _ => Finding::warn(CHECK, format!("{found}, as far as this user may see"))
            .remedy("`sudo graspd doctor` sees all"),
    }
}
