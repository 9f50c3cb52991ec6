//! Settings of a user's desktop.

use std::fs;
use std::io;
use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use rustix::process::geteuid;
use tokio::process::Command;
use tokio::time::timeout;

use super::machine::Machine;
use super::user::Account;

/// Time-out for `gsettings`.
const PATIENCE: Duration = Duration::from_secs(5);

/// The settings of one user on one machine.
pub(super) struct DesktopSettings<'a> {
    machine: &'a Machine,
    account: &'a Account,
}

impl<'a> DesktopSettings<'a> {
    pub(super) fn of(machine: &'a Machine, account: &'a Account) -> Self {
        Self { machine, account }
    }

    /// The effective value of a boolean of GSettings; `None` where it cannot be read:
    /// the schema is not installed, or this process is neither root's nor the user's.
    /// gsettings(1)
    pub(super) fn gsettings(&self, schema: &str, key: &str) -> Option<bool> {
        let me = geteuid().as_raw();
        let account = self.account;
        if self.machine.root() != Path::new("/") || (me != 0 && me != account.uid) {
            return None;
        }
        let mut command = Command::new("gsettings");
        command.args(["get", schema, key]).stdin(Stdio::null());
        if me != account.uid {
            let path = std::env::var_os("PATH").unwrap_or_default();
            let runtime = format!("/run/user/{}", account.uid);
            command
                .env_clear()
                .env("PATH", path)
                .env("HOME", &account.home)
                .env("XDG_RUNTIME_DIR", runtime)
                .current_dir("/")
                .gid(account.gid)
                .uid(account.uid);
        }
        let said = output(command).ok()?;
        match said.stdout.trim_ascii() {
            b"true" => Some(true),
            b"false" => Some(false),
            _ => None,
        }
    }

    /// A value of one of KDE's configuration files: the user's, else the system's.
    pub(super) fn kde(&self, file: &str, section: &str, key: &str) -> Option<String> {
        let home = self.account.home.trim_start_matches('/');
        [format!("{home}/.config/{file}"), format!("etc/xdg/{file}")]
            .iter()
            .find_map(|path| {
                let text = fs::read_to_string(self.machine.path(path)).ok()?;
                ini(&text, section, key)
            })
    }
}

/// The last value of `key` in `section` of an INI file, without spaces and quotes
/// around it. A suffix in brackets after the key, as KDE writes them, is ignored.
pub(super) fn ini(text: &str, section: &str, key: &str) -> Option<String> {
    let mut inside = false;
    let mut found = None;
    for line in text.lines().map(str::trim) {
        if let Some(name) = line.strip_prefix('[') {
            inside = name.strip_suffix(']') == Some(section);
        } else if let Some((name, value)) = line.split_once('=').filter(|_| inside) {
            let name = name.split('[').next().unwrap_or_default().trim();
            if name == key {
                found = Some(value.trim().trim_matches('"').to_owned());
            }
        }
    }
    found
}

/// The output of a program; an error if it does not end in time.
fn output(mut command: Command) -> io::Result<Output> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(async { timeout(PATIENCE, command.kill_on_drop(true).output()).await })?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_its_sections_last_one() {
        let text = "Key=outside\n[Daemon]\n# Key=comment\nKey[$i]=false\n Key = \"true\" \n\
                    [Daemon][More]\nKey=other\n[Other]\nKey=other\n";
        assert_eq!(ini(text, "Daemon", "Key").as_deref(), Some("true"));
        assert_eq!(ini(text, "Daemon", "Other"), None);
        assert_eq!(ini("", "Daemon", "Key"), None);
    }
}
