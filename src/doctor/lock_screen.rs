//! How the owner's screen is unlocked. With `unlock_proves_owner` whoever unlocks it is
//! taken for the owner, so unlocking must require a secret.

use std::fs;
use std::path::{Path, PathBuf};

use rustix::process::geteuid;

use super::desktop_settings::{DesktopSettings, ini};
use super::machine::Machine;
use super::user::Account;
use super::{Device, Finding, who_asks};

const CHECK: &str = "lock screen";
/// Members of this group log in without a password, by the PAM configuration of GDM,
/// LightDM and Lomiri.
const NO_PASSWORD_GROUP: &str = "nopasswdlogin";

/// Checks the owner's screen; without an owner, or where the profile is unreadable,
/// that of the user who runs this.
pub(super) fn check(device: &Device<'_>, owner: Option<u32>) -> Vec<Finding> {
    let machine = &device.machine;
    let Some(account) = owner
        .or_else(who_asks)
        .and_then(|uid| Account::of(machine, uid))
    else {
        return Vec::new();
    };
    let mut findings = vec![opened_by(device, &account)];
    findings.extend(disabled(machine, &account));
    findings.extend(login_at_boot(machine, &account));
    findings
}

fn opened_by(device: &Device<'_>, account: &Account) -> Finding {
    let (name, machine) = (&account.name, &device.machine);
    let ways = without_secret(machine, account);
    if let [_, ..] = ways[..] {
        let found = format!(
            "anybody can open the screen of {name}, so a lock protects nothing: {}",
            ways.join("; ")
        );
        return if device.config.session.unlock_proves_owner {
            Finding::fail(
                CHECK,
                format!("{found}; and whoever does is taken for {name}"),
            )
            .remedy("have the screen ask for a secret, or set session.unlock_proves_owner to false")
        } else {
            Finding::warn(CHECK, found).remedy("have the screen ask for a secret")
        };
    }
    let me = geteuid().as_raw();
    if me == 0 || me == account.uid {
        let found = format!("nothing is known that opens the screen of {name} without a secret");
        Finding::ok(CHECK, found)
    } else {
        let found = format!("whether the screen of {name} asks for a secret may not be known");
        Finding::warn(CHECK, found).remedy("run `sudo graspd doctor`")
    }
}

/// The ways in which the screen of `account` is unlocked without a secret, for people.
pub(super) fn without_secret(machine: &Machine, account: &Account) -> Vec<String> {
    let mut ways = Vec::new();
    if account.has_empty_password(machine) {
        ways.push("the password is empty".to_owned());
    }
    if account
        .groups(machine)
        .any(|group| group == NO_PASSWORD_GROUP)
    {
        ways.push(format!("the group {NO_PASSWORD_GROUP} needs no password"));
    }
    let settings = DesktopSettings::of(machine, account);
    if settings.gsettings("sm.puri.phosh.lockscreen", "require-unlock") == Some(false) {
        ways.push("Phosh opens with a swipe (sm.puri.phosh.lockscreen require-unlock)".to_owned());
    }
    if settings
        .kde("kscreenlockerrc", "Daemon", "RequirePassword")
        .as_deref()
        == Some("false")
    {
        ways.push("Plasma opens with a swipe (kscreenlockerrc, RequirePassword)".to_owned());
    }
    ways
}

/// A warning if the desktop does not lock its screen when the session manager asks it
/// to.
fn disabled(machine: &Machine, account: &Account) -> Option<Finding> {
    let settings = DesktopSettings::of(machine, account);
    let (schema, key) = ("org.gnome.desktop.lockdown", "disable-lock-screen");
    (settings.gsettings(schema, key) == Some(true)).then(|| {
        let found = format!("GNOME does not lock its screen for {}", account.name);
        Finding::warn(CHECK, format!("{found} ({schema} {key})"))
            .remedy(format!("run `gsettings reset {schema} {key}` as that user"))
    })
}

/// A warning if a display manager logs the owner in at boot: then a restart opens the
/// device, unless the desktop locks its screen at its start.
fn login_at_boot(machine: &Machine, account: &Account) -> Option<Finding> {
    let logs_in = |path: &Path, section, key| {
        let text = fs::read_to_string(path).unwrap_or_default();
        ini(&text, section, key).as_deref() == Some(account.name.as_str())
    };
    let by = AUTOMATIC_LOGINS.iter().find_map(|&(place, section, key)| {
        let found = files_of(machine, place);
        found.into_iter().find(|path| logs_in(path, section, key))
    })?;
    let found = format!("{} is logged in at boot without a secret", account.name);
    Some(
        Finding::warn(CHECK, format!("{found} ({})", by.display()))
            .remedy("see that the desktop locks its screen at its start, as Phosh does"),
    )
}

/// Files, or folders of files, with the section and key that name the user logged in at
/// boot.
const AUTOMATIC_LOGINS: [(&str, &str, &str); 9] = [
    ("etc/gdm3/daemon.conf", "daemon", "AutomaticLogin"),
    ("etc/gdm3/custom.conf", "daemon", "AutomaticLogin"),
    ("etc/gdm/custom.conf", "daemon", "AutomaticLogin"),
    ("etc/lightdm/lightdm.conf", "Seat:*", "autologin-user"),
    ("etc/lightdm/lightdm.conf.d", "Seat:*", "autologin-user"),
    ("etc/sddm.conf", "Autologin", "User"),
    ("etc/sddm.conf.d", "Autologin", "User"),
    ("etc/plasmalogin.conf.d", "Autologin", "User"),
    ("etc/greetd/config.toml", "initial_session", "user"),
];

fn files_of(machine: &Machine, place: &str) -> Vec<PathBuf> {
    let path = machine.path(place);
    match fs::read_dir(&path) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(_) => vec![path],
    }
}

#[cfg(test)]
mod tests {
    use super::super::user::User;
    use super::super::{Severity, machine::Machine};
    use super::*;
    use crate::config::Config;

    /// Severity and text of each finding about user 1000 on a machine with these files.
    fn findings(files: &[(&str, &str)], proves: bool) -> Vec<(Severity, String)> {
        let root = tempfile::tempdir().unwrap();
        let write = |path: &str, text: &str| {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        write(
            "etc/passwd",
            "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n",
        );
        for (path, text) in files {
            write(path, text);
        }
        let mut config = Config::default();
        config.session.unlock_proves_owner = proves;
        let machine = Machine::at(root.path());
        let user = User::choose(&machine, Some("root")).unwrap();
        let device = Device {
            machine,
            config: &config,
            user,
        };
        let found = check(&device, Some(1000));
        let all = found.into_iter().map(|finding| {
            let remedy = finding.remedy.unwrap_or_default();
            (finding.verdict, format!("{} → {remedy}", finding.found))
        });
        all.collect()
    }

    const PLASMA: &str = "home/ann/.config/kscreenlockerrc";

    #[test]
    fn each_way_in_without_a_secret_is_named() {
        for (path, text, named) in [
            (PLASMA, "[Daemon]\nRequirePassword=false\n", "Plasma"),
            (
                "etc/xdg/kscreenlockerrc",
                "[Daemon]\nRequirePassword[$i]=false\n",
                "Plasma",
            ),
            (
                "etc/shadow",
                "root:*:1:\nann::1:\n",
                "the password is empty",
            ),
            (
                "etc/passwd",
                "root:x:0:0::/:/\nann::1000:1000::/home/ann:/\n",
                "the password is empty",
            ),
            (
                "etc/group",
                "x:x:1:ann\nnopasswdlogin:x:9:bob,ann\n",
                "nopasswdlogin",
            ),
        ] {
            let all = findings(&[(path, text)], true);
            let [(verdict, said)] = &all[..] else {
                panic!("{all:?}");
            };
            assert_eq!(*verdict, Severity::Fail, "{said}");
            for part in [named, "screen of ann", "session.unlock_proves_owner"] {
                assert!(said.contains(part), "no {part:?} in {said}");
            }
            let [(verdict, said)] = &findings(&[(path, text)], false)[..] else {
                panic!("{path}");
            };
            assert_eq!(*verdict, Severity::Warn, "{said}");
            assert!(!said.contains("unlock_proves_owner"), "{said}");
        }
    }

    #[test]
    fn a_screen_that_asks_is_well() {
        let files = [
            ("etc/shadow", "root::1:\nann:$y$j9T$x:1:\n"),
            ("etc/group", "nopasswdlogin:x:9:bob,anna\n"),
            (PLASMA, "[Daemon]\nAutolock=false\nRequirePassword=true\n"),
            (
                "etc/xdg/kscreenlockerrc",
                "[Daemon]\nRequirePassword=false\n",
            ),
        ];
        let all = findings(&files, true);
        assert_eq!(all.len(), 1);
        assert_ne!(all[0].0, Severity::Fail, "{all:?}");
        assert!(!all[0].1.contains("anybody"), "{all:?}");
    }

    #[test]
    fn whoever_is_logged_in_at_boot_is_named_with_the_file() {
        for (path, text) in [
            ("etc/gdm3/daemon.conf", "[daemon]\nAutomaticLogin = ann\n"),
            (
                "etc/lightdm/lightdm.conf.d/50-x.conf",
                "[Seat:*]\nautologin-user=ann\n",
            ),
            (
                "etc/sddm.conf.d/x.conf",
                "[Autologin]\nUser=ann\nSession=plasma\n",
            ),
            (
                "etc/greetd/config.toml",
                "[initial_session]\nuser = \"ann\"\n",
            ),
        ] {
            let all = findings(&[(path, text)], true);
            let [_, (Severity::Warn, said)] = &all[..] else {
                panic!("{all:?}");
            };
            assert!(said.contains(path), "{said}");
            assert_eq!(
                findings(&[(path, &text.replace("ann", "bob"))], true).len(),
                1
            );
        }
    }
}
