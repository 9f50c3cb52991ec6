//! polkit, and its rule that lets the daemon's user lock sessions. polkit(8)

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::timeout;
use zbus::{Connection, fdo};

use super::session::ADDRESS;
use super::{Device, Finding};
use crate::session::FollowSession;

const CHECK: &str = "polkit";
const NAME: &str = "org.freedesktop.PolicyKit1";
const FOLDERS: [&str; 3] = [
    "etc/polkit-1/rules.d",
    "usr/local/share/polkit-1/rules.d",
    "usr/share/polkit-1/rules.d",
];
const ACTION: &str = "org.freedesktop.login1.lock-sessions";
/// Time-out for the bus.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn check(device: &Device<'_>) -> Finding {
    if device.user.uid == 0 {
        return Finding::ok(CHECK, "root needs no rule");
    }
    let here = device.machine.root() == Path::new("/") || std::env::var_os(ADDRESS).is_some();
    if here && is_on_the_bus() == Some(false) {
        let found = "the session manager asks polkit before it locks, and there is none";
        let missing = match device.config.session.enabled {
            FollowSession::No => Finding::warn(CHECK, found),
            _ => Finding::fail(CHECK, found),
        };
        return missing.remedy("install and start polkit");
    }
    rule(device)
}

/// Whether polkit is on the system bus, or is started by it when it is asked; `None` where there
/// is no bus, which the check of the session tells.
fn is_on_the_bus() -> Option<bool> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .ok()?;
    let look = async {
        let bus = Connection::system().await?;
        let daemon = fdo::DBusProxy::new(&bus).await?;
        let running = daemon.list_names().await?;
        let startable = daemon.list_activatable_names().await?;
        let mut names = running.iter().chain(&startable);
        Ok::<_, zbus::Error>(names.any(|name| name.as_str() == NAME))
    };
    let found = runtime.block_on(async { timeout(PATIENCE, look).await });
    found.ok()?.ok()
}

fn rule(device: &Device<'_>) -> Finding {
    let name = &device.user.name;
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
        0 => Finding::warn(CHECK, found).remedy(
            "see that /usr/share/polkit-1/rules.d/50-graspd.rules is there, as packages and \
             `make install` have it",
        ),
        _ => Finding::warn(CHECK, format!("{found}, as far as this user may see"))
            .remedy("`sudo graspd doctor` sees all"),
    }
}
