//! The session that the daemon would follow and lock, according to the session manager.

use std::path::Path;

use super::{Device, Finding};
use crate::session::{FollowSession, NoScreen, OwnerSession, Screen, Session, SessionError};

const CHECK: &str = "session";
pub(super) const ADDRESS: &str = "DBUS_SYSTEM_BUS_ADDRESS";

/// `None` where another machine's files are looked at, below another root than `/`, and no
/// variable names its bus.
pub(super) fn check(device: &Device<'_>, owner: Option<u32>) -> Option<Finding> {
    let config = &device.config.session;
    if config.enabled == FollowSession::No {
        let found = "session.enabled is \"no\": ";
        return Some(match config.fallback.first() {
            Some(program) => Finding::ok(CHECK, format!("{found}a lock runs {program} alone")),
            None => Finding::warn(
                CHECK,
                format!("{found}a lock is published, and that is all"),
            )
            .remedy("set session.fallback, unless a client sees to the lock"),
        });
    }
    let here = device.machine.root() == Path::new("/") || std::env::var_os(ADDRESS).is_some();
    here.then(|| match look(&config.seat, owner) {
        Ok(session) => describe(&session, &config.seat, owner),
        Err(why) => {
            let found = why.to_string();
            match config.enabled {
                FollowSession::Yes => Finding::fail(CHECK, found),
                _ => Finding::warn(CHECK, found),
            }
            .remedy("start dbus and systemd-logind or elogind: only they can lock a session")
        }
    })
}

fn look(seat: &str, owner: Option<u32>) -> Result<OwnerSession, SessionError> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|why| SessionError::Bus(why.into()))?
        .block_on(Session::look(seat, owner))
}

fn describe(session: &OwnerSession, seat: &str, owner: Option<u32>) -> Finding {
    let whose = owner.map_or("nobody in particular".to_owned(), |uid| {
        format!("user {uid}")
    });
    let Some(path) = &session.path else {
        return Finding::warn(CHECK, format!("{seat} shows no session of {whose}")).remedy(
            match owner {
                Some(0) => {
                    "root has none there; enrol again for who has (`graspd enroll --owner UID`)"
                }
                _ => "log in on the screen",
            },
        );
    };
    let found = format!("{} of {whose}", path.as_str());
    let screen = match session.screen {
        Screen::None(why) => return describe_without_screen(&found, why),
        Screen::Locked => "locked",
        Screen::Open => "open",
    };
    if !session.active {
        return Finding::warn(CHECK, format!("{found} is not the one that {seat} shows"))
            .remedy("nothing is decided until it is; log in on the screen");
    }
    Finding::ok(CHECK, format!("{found} is on {seat}, its screen {screen}"))
}

fn describe_without_screen(found: &str, why: NoScreen) -> Finding {
    Finding::warn(CHECK, format!("{found} has no screen to lock: {why}"))
        .remedy("log in on the screen; until then a lock runs session.fallback alone")
}
