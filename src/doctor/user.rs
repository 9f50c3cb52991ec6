//! The user whose permissions the checks apply.

use std::fs;
use std::os::unix::fs::MetadataExt;

use rustix::process::{getegid, geteuid, getgroups};

use super::Finding;
use super::machine::Machine;

/// The user that the service runs as.
const SERVICE: &str = "graspd";

/// Access to a file, as a bit of the mode's last three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Read = 4,
    Write = 2,
    /// Search permission of a directory.
    Search = 1,
}

/// A user and the groups that count for access.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct User {
    pub name: String,
    pub uid: u32,
    pub groups: Vec<u32>,
}

/// An entry of the user database. passwd(5)
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    pub name: String,
    pub uid: u32,
    pub gid: u32,
    pub home: String,
    /// The second field: empty, a hash, or `x` where shadow(5) has it.
    password: String,
}

impl Account {
    /// The account of this user id.
    pub(super) fn of(machine: &Machine, uid: u32) -> Option<Self> {
        Self::all(machine).find(|account| account.uid == uid)
    }

    /// The account of this name.
    pub(super) fn named(machine: &Machine, name: &str) -> Option<Self> {
        Self::all(machine).find(|account| account.name == name)
    }

    fn all(machine: &Machine) -> impl Iterator<Item = Self> {
        let passwd = fs::read_to_string(machine.path("etc/passwd")).unwrap_or_default();
        let accounts: Vec<_> = passwd.lines().filter_map(Self::from_line).collect();
        accounts.into_iter()
    }

    fn from_line(line: &str) -> Option<Self> {
        let fields: Vec<&str> = line.split(':').collect();
        let &[name, password, uid, gid, _, home, ..] = fields.as_slice() else {
            return None;
        };
        Some(Self {
            name: name.to_owned(),
            uid: uid.parse().ok()?,
            gid: gid.parse().ok()?,
            home: home.to_owned(),
            password: password.to_owned(),
        })
    }

    /// Whether the account has an empty password. shadow(5) is readable by root only,
    /// so for other users the answer may be false where it is true.
    pub(super) fn has_empty_password(&self, machine: &Machine) -> bool {
        let shadow = fs::read_to_string(machine.path("etc/shadow")).unwrap_or_default();
        let mut entries = shadow.lines().map(|line| line.split(':'));
        let hash =
            entries.find_map(|mut entry| (entry.next()? == self.name).then(|| entry.next())?);
        self.password.is_empty() || hash.is_some_and(str::is_empty)
    }

    /// The names of the groups that it is a member of besides its own. group(5)
    pub(super) fn groups(&self, machine: &Machine) -> impl Iterator<Item = String> {
        let group = fs::read_to_string(machine.path("etc/group")).unwrap_or_default();
        let mut names = Vec::new();
        for line in group.lines() {
            let fields: Vec<&str> = line.split(':').collect();
            if let &[name, _, _, members] = fields.as_slice()
                && members.split(',').any(|member| member == self.name)
            {
                names.push(name.to_owned());
            }
        }
        names.into_iter()
    }
}

impl User {
    /// The user called `name`; without a name, the service's if root asks, else the
    /// caller.
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
            let make = machine.service_manager().make_user();
            Finding::fail("user", format!("there is no user {name}"))
                .remedy(format!("run `{make}`, or name another with --user"))
        })
    }

    /// The service's user; `None` if this machine has none.
    pub(super) fn of_service(machine: &Machine) -> Option<Self> {
        Self::named(machine, SERVICE)
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

    /// Whether the mode of a file permits this user `wish`. path_resolution(7)
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
