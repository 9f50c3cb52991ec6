//! The owner's session at an instant.

use zbus::zvariant::OwnedObjectPath;

use super::SessionError;
use super::login1::Login1;
use crate::decide::Pause;

/// What is known of the owner's session.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct View {
    /// Its object path on the bus, if the owner has one.
    pub session: Option<OwnedObjectPath>,
    /// Whether the seat shows it.
    pub active: bool,
    /// Whether its screen is locked.
    pub locked: bool,
}

impl View {
    /// Looks. Without an owner the session in use is everyone's.
    pub(super) async fn of(
        login: &Login1,
        seat: &str,
        owner: Option<u32>,
    ) -> Result<Self, SessionError> {
        let shown = login.active_session(seat).await?;
        let active = match (&shown, owner) {
            (Some(session), Some(owner)) => login.user_of(session).await? == owner,
            (shown, _) => shown.is_some(),
        };
        let session = match owner {
            Some(owner) if !active => login.display_session(owner).await?,
            _ => shown,
        };
        let locked = match &session {
            Some(session) => login.is_locked(session).await?,
            None => false,
        };
        Ok(Self {
            session,
            active,
            locked,
        })
    }

    /// What it stands in the way of.
    pub(super) fn pause(&self) -> Option<Pause> {
        if !self.active {
            Some(Pause::SessionInactive)
        } else if self.locked {
            Some(Pause::ScreenLocked)
        } else {
            None
        }
    }

    /// Whether a locked screen of the same session has been opened since `before`.
    pub(super) fn opened_since(&self, before: &Self) -> bool {
        self.session == before.session && before.locked && !self.locked
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn view(session: &str, active: bool, locked: bool) -> View {
        View {
            session: Some(OwnedObjectPath::try_from(session).unwrap()),
            active,
            locked,
        }
    }

    #[test]
    fn only_the_owners_open_and_active_session_is_watched() {
        for (active, locked, pause) in [
            (true, false, None),
            (true, true, Some(Pause::ScreenLocked)),
            (false, false, Some(Pause::SessionInactive)),
            (false, true, Some(Pause::SessionInactive)),
        ] {
            assert_eq!(view("/a", active, locked).pause(), pause);
        }
        assert_eq!(View::default().pause(), Some(Pause::SessionInactive));
    }

    #[test]
    fn a_new_session_proves_nothing() {
        let locked = view("/a", true, true);
        assert!(view("/a", true, false).opened_since(&locked));
        assert!(view("/a", false, false).opened_since(&locked));
        assert!(!view("/b", true, false).opened_since(&locked));
        assert!(!View::default().opened_since(&locked));
        assert!(!locked.opened_since(&view("/a", true, false)));
    }
}
