//! All that is read of the session manager, one call after the other.

use zbus::zvariant::OwnedObjectPath;

use super::SessionError;
use super::login1::Login1;
use super::owner_session::OwnerSession;

/// Attempts to read a session, which may end between the calls.
const ATTEMPTS: u32 = 3;

/// What was read.
pub(super) struct Reading {
    /// The owner whose session it is.
    pub(super) owner: Option<u32>,
    /// [`Login1::is_preparing_for_sleep`]
    pub(super) preparing: Option<bool>,
    pub(super) session: OwnerSession,
    /// [`Login1::needs_no_password`] of the owner; also `None` if it was not asked.
    pub(super) needs_no_password: Option<bool>,
}

impl Reading {
    /// Reads it; `known` is the owner, and their session, as far as they are known.
    pub(super) async fn of(
        login: Login1,
        seat: String,
        owner: Option<u32>,
        known: (Option<u32>, Option<OwnedObjectPath>),
    ) -> Result<Self, SessionError> {
        let preparing = login.is_preparing_for_sleep().await?;
        let session = read_session(&login, &seat, owner).await?;
        let needs_no_password = match owner {
            Some(_) if !session.is_locked() && known == (owner, session.path.clone()) => None,
            Some(owner) => login.needs_no_password(owner).await,
            None => None,
        };
        Ok(Self {
            owner,
            preparing,
            session,
            needs_no_password,
        })
    }
}

async fn read_session(
    login: &Login1,
    seat: &str,
    owner: Option<u32>,
) -> Result<OwnerSession, SessionError> {
    for _ in 0..ATTEMPTS {
        match OwnerSession::read(login, seat, owner).await {
            Err(why) if why.is_about_an_object() => {}
            read => return read,
        }
    }
    // The session manager still names a session that does not exist.
    Ok(OwnerSession::default())
}
