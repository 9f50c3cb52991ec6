//! Who would be locked: the active session of the seat, as logind or elogind
//! notes it in /run. sd-login(3)

use std::fs;
use std::os::unix::fs::FileTypeExt;

use super::machine::Machine;
use super::{Finding, Patient};

const CHECK: &str = "session";
const BUS: &str = "run/dbus/system_bus_socket";

pub(super) fn check(patient: &Patient<'_>) -> Finding {
    let machine = &patient.machine;
    let bus = machine.path(BUS);
    if !fs::metadata(&bus).is_ok_and(|it| it.file_type().is_socket()) {
        return Finding::warn(CHECK, format!("no system bus at {}", bus.display()))
            .remedy("start dbus: without it nobody can be asked to lock a session");
    }
    let Some(seat) = Notes::read(machine, "run/systemd/seats/seat0") else {
        return Finding::warn(CHECK, "neither logind nor elogind has a seat here")
            .remedy("start systemd-logind or elogind: only they can lock a session");
    };
    let Some(id) = seat.value("ACTIVE") else {
        return Finding::warn(CHECK, "no session is active on seat0")
            .remedy("log in on the screen");
    };
    let session = Notes::read(machine, &format!("run/systemd/sessions/{id}"));
    let about = |key| session.as_ref().and_then(|session| session.value(key));
    let user = about("USER").or(seat.value("ACTIVE_UID")).unwrap_or("?");
    let (class, kind) = (about("CLASS").unwrap_or("?"), about("TYPE").unwrap_or("?"));
    let found = format!("session {id} on seat0: {kind}, class {class}, of {user}");
    match class {
        "greeter" => Finding::warn(CHECK, found).remedy("log in on the screen"),
        _ => Finding::ok(CHECK, found),
    }
}

/// A file of `KEY=value` lines.
struct Notes(String);

impl Notes {
    fn read(machine: &Machine, path: &str) -> Option<Self> {
        fs::read_to_string(machine.path(path)).ok().map(Self)
    }

    fn value(&self, key: &str) -> Option<&str> {
        let mut pairs = self.0.lines().filter_map(|line| line.split_once('='));
        pairs.find_map(|(name, value)| (name == key).then_some(value))
    }
}
