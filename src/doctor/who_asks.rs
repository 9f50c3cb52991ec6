//! The person who runs this: behind sudo, doas or pkexec it is not root.

use std::env;
use std::path::Path;

use rustix::process::geteuid;

use super::machine::Machine;
use super::user::Account;

/// The id of the user who runs this, or who had sudo, doas or pkexec run it as root; `None` for
/// root behind none of these, as after `su -` or by ssh.
pub(crate) fn who_asks() -> Option<u32> {
    match geteuid().as_raw() {
        0 => behind_root(&Machine::at(Path::new("/")), |name| env::var(name).ok()),
        uid => Some(uid),
    }
}

/// By the variables that each of them sets. sudo(8), pkexec(1), doas(1)
fn behind_root(machine: &Machine, variable: impl Fn(&str) -> Option<String>) -> Option<u32> {
    let number = |name| variable(name)?.parse().ok();
    let named = |name| Some(Account::named(machine, &variable(name)?)?.uid);
    let asking = [number("SUDO_UID"), number("PKEXEC_UID"), named("DOAS_USER")];
    asking.into_iter().flatten().find(|uid| *uid != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_had_a_program_make_them_root_is_known() {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("etc")).unwrap();
        let passwd = "root:x:0:0::/root:/bin/sh\nann:x:1000:1000::/home/ann:/bin/sh\n";
        std::fs::write(root.path().join("etc/passwd"), passwd).unwrap();
        let machine = Machine::at(root.path());
        for (variables, asks) in [
            (&[][..], None),
            (&[("SUDO_UID", "1000")], Some(1000)),
            (&[("PKEXEC_UID", "1000")], Some(1000)),
            (&[("DOAS_USER", "ann")], Some(1000)),
            (&[("DOAS_USER", "bob")], None),
            (&[("DOAS_USER", "root")], None),
            (&[("SUDO_UID", "0")], None),
            (&[("SUDO_UID", "0"), ("DOAS_USER", "ann")], Some(1000)),
        ] {
            let variable = |name: &str| {
                let mut set = variables.iter().filter(|(known, _)| *known == name);
                set.next().map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(behind_root(&machine, variable), asks, "{variables:?}");
        }
    }
}
