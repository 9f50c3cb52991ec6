//! The owner's session at an instant, as the session manager reports it.

use std::fmt;

use zbus::zvariant::OwnedObjectPath;

use super::SessionError;
use super::login1::{Login1, Properties};
use crate::decide::Pause;
use crate::publish::ScreenState;

/// The owner's session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OwnerSession {
    /// Its object path on the bus; `None` if the owner has no session.
    pub path: Option<OwnedObjectPath>,
    /// Whether it is the active session of the seat.
    pub active: bool,
    /// State of its screen.
    pub screen: Screen,
}

/// The screen of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Screen {
    /// There is none that could be locked.
    None(NoScreen),
    /// `LockedHint` is false.
    Open,
    /// `LockedHint` is true.
    Locked,
}

/// Why a session has no screen that could be locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoScreen {
    /// There is no session.
    NoSession,
    /// It is a login from another machine, for example by ssh.
    Remote,
    /// It is a terminal without a seat.
    Terminal,
    /// `CanLock` is false, or its class is not one of a user, for example `greeter`.
    Unsupported,
}

impl From<Screen> for ScreenState {
    fn from(screen: Screen) -> Self {
        match screen {
            Screen::None(NoScreen::NoSession) => Self::NoSession,
            Screen::None(_) => Self::NotLockable,
            Screen::Open => Self::Open,
            Screen::Locked => Self::Locked,
        }
    }
}

impl Default for Screen {
    fn default() -> Self {
        Self::None(NoScreen::NoSession)
    }
}

impl Screen {
    /// The screen of a session with these properties. A terminal with a seat may have one,
    /// because a desktop may have been started from it.
    pub(super) fn of(properties: &Properties) -> Self {
        let Properties {
            kind, class, seat, ..
        } = properties;
        let text = matches!(kind.as_deref(), Some("tty" | "unspecified"));
        let seatless = seat.as_ref().is_some_and(String::is_empty);
        let worked_in = class.as_ref().is_none_or(|class| class.starts_with("user"));
        if properties.remote {
            Self::None(NoScreen::Remote)
        } else if !properties.can_lock || !worked_in {
            Self::None(NoScreen::Unsupported)
        } else if text && seatless {
            Self::None(NoScreen::Terminal)
        } else if properties.locked {
            Self::Locked
        } else {
            Self::Open
        }
    }
}

impl OwnerSession {
    /// Reads the session of `owner`: the active one of `seat` if it is theirs, otherwise
    /// [`Login1::display_session`]. Without an owner it is the active one.
    pub(super) async fn read(
        login: &Login1,
        seat: &str,
        owner: Option<u32>,
    ) -> Result<Self, SessionError> {
        let mut session = match login.active_session(seat).await? {
            Some(path) => Some((login.properties(&path).await?, path)),
            None => None,
        };
        let active = match (&session, owner) {
            (Some((properties, _)), Some(owner)) => properties.user == owner,
            (session, _) => session.is_some(),
        };
        if let Some(owner) = owner.filter(|_| !active) {
            session = match login.display_session(owner).await? {
                Some(path) => Some((login.properties(&path).await?, path)),
                None => None,
            };
        }
        Ok(match session {
            Some((properties, path)) => Self {
                path: Some(path),
                active,
                screen: Screen::of(&properties),
            },
            None => Self::default(),
        })
    }

    /// Whether its screen is locked.
    pub fn is_locked(&self) -> bool {
        self.screen == Screen::Locked
    }

    /// Whether it is active and its screen open, so that whoever has the device uses it.
    pub(super) fn is_in_use(&self) -> bool {
        self.active && self.screen == Screen::Open
    }

    /// Why decisions have to pause; `None` if they do not.
    pub(super) fn pause(&self) -> Option<Pause> {
        if !self.active {
            Some(Pause::SessionInactive)
        } else if self.is_locked() {
            Some(Pause::ScreenLocked)
        } else {
            None
        }
    }

    /// Whether the screen of the same session has been locked or unlocked since `before`.
    pub(super) fn was_used_since(&self, before: &Self) -> bool {
        self.path.is_some() && self.path == before.path && self.is_locked() != before.is_locked()
    }

    /// Whether the locked screen of the same session has been unlocked since `before`.
    pub(super) fn was_opened_since(&self, before: &Self) -> bool {
        self.was_used_since(before) && self.screen == Screen::Open
    }
}

impl fmt::Display for NoScreen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoSession => "there is no session",
            Self::Remote => "it is a login from another machine",
            Self::Terminal => "it is a terminal that no seat shows",
            Self::Unsupported => "the session manager says that it cannot be locked",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(path: &str, active: bool, screen: Screen) -> OwnerSession {
        OwnerSession {
            path: Some(OwnedObjectPath::try_from(path).unwrap()),
            active,
            screen,
        }
    }

    #[test]
    fn only_the_owners_open_and_active_session_is_watched() {
        for (active, screen, pause) in [
            (true, Screen::Open, None),
            (true, Screen::None(NoScreen::Unsupported), None),
            (true, Screen::Locked, Some(Pause::ScreenLocked)),
            (false, Screen::Open, Some(Pause::SessionInactive)),
            (false, Screen::Locked, Some(Pause::SessionInactive)),
        ] {
            assert_eq!(session("/a", active, screen).pause(), pause);
        }
        let none = OwnerSession::default();
        assert_eq!(none.pause(), Some(Pause::SessionInactive));
    }

    #[test]
    fn a_new_session_proves_nothing() {
        let locked = session("/a", true, Screen::Locked);
        let open = session("/a", true, Screen::Open);
        assert!(open.was_opened_since(&locked));
        assert!(session("/a", false, Screen::Open).was_opened_since(&locked));
        assert!(!session("/b", true, Screen::Open).was_opened_since(&locked));
        assert!(!OwnerSession::default().was_opened_since(&locked));
        assert!(!locked.was_opened_since(&open));
        assert!(locked.was_used_since(&open));
        // It has become a session of another kind; the screen was not unlocked.
        let remote = session("/a", false, Screen::None(NoScreen::Remote));
        assert!(!remote.was_opened_since(&locked));
    }

    #[test]
    fn a_session_that_nobody_could_lock_has_no_screen() {
        let graphical = Properties {
            user: 1000,
            locked: false,
            kind: Some("wayland".into()),
            class: Some("user".into()),
            seat: Some("seat0".into()),
            remote: false,
            can_lock: true,
        };
        let terminal = Properties {
            kind: Some("tty".into()),
            ..graphical.clone()
        };
        for (properties, screen) in [
            (graphical.clone(), Screen::Open),
            // startx leaves the session's type as that of the terminal.
            (terminal.clone(), Screen::Open),
            (
                Properties {
                    remote: true,
                    locked: true,
                    ..terminal.clone()
                },
                Screen::None(NoScreen::Remote),
            ),
            (
                Properties {
                    seat: Some(String::new()),
                    ..terminal
                },
                Screen::None(NoScreen::Terminal),
            ),
            (
                Properties {
                    can_lock: false,
                    ..graphical.clone()
                },
                Screen::None(NoScreen::Unsupported),
            ),
            (
                Properties {
                    class: Some("greeter".into()),
                    ..graphical.clone()
                },
                Screen::None(NoScreen::Unsupported),
            ),
            (
                Properties {
                    class: Some("user-early".into()),
                    locked: true,
                    ..graphical
                },
                Screen::Locked,
            ),
        ] {
            assert_eq!(Screen::of(&properties), screen, "{properties:?}");
        }
    }
}
