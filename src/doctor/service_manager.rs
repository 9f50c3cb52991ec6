//! What the machine starts its services with, and how it is told to, for remedies.

use std::path::Path;

/// What starts graspd on a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ServiceManager {
    Systemd,
    OpenRc,
}

impl ServiceManager {
    /// That of the machine whose files are below `root`; systemd's where there is neither, as in
    /// most containers. sd_booted(3)
    pub(crate) fn of(root: &Path) -> Self {
        match root.join("run/openrc").exists() && !root.join("run/systemd/system").exists() {
            true => Self::OpenRc,
            false => Self::Systemd,
        }
    }

    /// That of this machine.
    pub(crate) fn here() -> Self {
        Self::of(Path::new("/"))
    }

    /// The command that starts graspd.
    pub(crate) fn start(self) -> &'static str {
        match self {
            Self::Systemd => "systemctl start graspd",
            Self::OpenRc => "rc-service graspd start",
        }
    }

    /// The command that stops graspd.
    pub(crate) fn stop(self) -> &'static str {
        match self {
            Self::Systemd => "systemctl stop graspd",
            Self::OpenRc => "rc-service graspd stop",
        }
    }

    /// The command that shows what graspd has logged.
    pub(super) fn log(self) -> &'static str {
        match self {
            Self::Systemd => "journalctl -u graspd",
            Self::OpenRc => "tail /var/log/graspd.log",
        }
    }

    /// The commands that make graspd's user and its groups.
    pub(super) fn make_user(self) -> &'static str {
        match self {
            Self::Systemd => "systemd-sysusers graspd.conf",
            Self::OpenRc => {
                "addgroup -S graspd; addgroup -S graspd-motion; \
                 adduser -S -D -H -h /var/lib/graspd -s /sbin/nologin -G graspd graspd"
            }
        }
    }

    /// The command that makes the FIFO as it should be.
    pub(super) fn make_fifo(self) -> &'static str {
        match self {
            Self::Systemd => "systemd-tmpfiles --create graspd.conf",
            // Its service makes the FIFO as it starts.
            Self::OpenRc => self.start(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_known_by_what_it_has_in_run() {
        let root = tempfile::tempdir().unwrap();
        let make = |path: &str| std::fs::create_dir_all(root.path().join(path)).unwrap();
        assert_eq!(ServiceManager::of(root.path()), ServiceManager::Systemd);
        make("run/openrc");
        assert_eq!(ServiceManager::of(root.path()), ServiceManager::OpenRc);
        make("run/systemd/system");
        assert_eq!(ServiceManager::of(root.path()), ServiceManager::Systemd);
    }

    /// The log that remedies name is the one in openrc/graspd.
    #[test]
    fn openrc_logs_where_it_is_said_to() {
        let script = include_str!("../../openrc/graspd");
        let log = ServiceManager::OpenRc.log().trim_start_matches("tail ");
        assert!(script.contains(&format!("error_log=\"{log}\"")));
    }
}
