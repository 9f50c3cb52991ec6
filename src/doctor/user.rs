//! With whose eyes to look.

use std::fs;
use std::os::unix::fs::MetadataExt;

use rustix::process::{getegid, geteuid, getgroups};

use super::Finding;
use super::machine::Machine;

/// The user that the service runs as.
const SERVICE: &str = "graspd";

/// What somebody wants to do with a file: a bit of its mode, as others have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read = 4,
    Write = 2,
    /// Of a directory: look something up in it.
    Search = 1,
}

/// A user and the groups that count for access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct User {
    pub name: String,
    pub uid: u32,
    pub groups: Vec<u32>,
}

impl User {
    /// The user called `name`; without a name, the service's if root asks, and
    /// whoever asks otherwise.
    pub(super) fn choose(machine: &Machine, name: Option<&str>) -> Result<Self, Finding> {
        let me = geteuid();
        if name.is_none() && !me.is_root() {
            let groups = getgroups().unwrap_or_default();
            return Ok(Self {
                name: format!("user {me}"),
                uid: me.as_raw(),
                groups: [getegid()]
                    .iter()
                    .chain(&groups)
                    .map(|gid| gid.as_raw())
                    .collect(),
            });
        }
        let name = name.unwrap_or(SERVICE);
        Self::named(machine, name).ok_or_else(|| {
            Finding::fail("user", format!("there is no user {name}"))
                .remedy("run systemd-sysusers, or name another with --user")
        })
    }

    /// passwd(5), group(5)
    fn named(machine: &Machine, name: &str) -> Option<Self> {
        let passwd = fs::read_to_string(machine.path("etc/passwd")).ok()?;
        let mut entries = passwd.lines().map(|line| line.split(':'));
        let (uid, gid) = entries.find_map(|mut entry| {
            let found = entry.next()? == name;
            let (uid, gid) = (entry.nth(1)?.parse().ok()?, entry.next()?.parse().ok()?);
            found.then_some((uid, gid))
        })?;
        let group = fs::read_to_string(machine.path("etc/group")).unwrap_or_default();
        let more = group.lines().filter_map(|line| {
            let mut entry = line.split(':');
            let gid = entry.nth(2)?.parse().ok()?;
            let mut members = entry.next()?.split(',');
            members.any(|member| member == name).then_some(gid)
        });
        Some(Self {
            name: name.to_owned(),
            uid,
            groups: std::iter::once(gid).chain(more).collect(),
        })
    }

    pub(super) fn finding(&self) -> Finding {
        let found = format!("permissions are looked at for {}", self.name);
        if self.name == SERVICE || geteuid().is_root() {
            return Finding::ok("user", found);
        }
        Finding::warn("user", found).remedy("`sudo graspd doctor` looks at all, for the service")
    }

    /// Whether the mode of a file lets this user. path_resolution(7)
    pub(super) fn may(&self, wish: Access, file: &impl MetadataExt) -> bool {
        if self.uid == 0 {
            return true;
        }
        let shift = match () {
            () if file.uid() == self.uid => 6,
            () if self.groups.contains(&file.gid()) => 3,
            () => 0,
        };
        file.mode() >> shift & wish as u32 != 0
    }
}
