//! The calls to org.freedesktop.login1, and there are no others.

use std::collections::HashMap;
use std::pin::Pin;
use std::task::Context;
use std::time::Duration;

use zbus::export::futures_core::Stream;
use zbus::names::{OwnedUniqueName, UniqueName};
use zbus::zvariant::{DynamicType, ObjectPath, OwnedFd, OwnedObjectPath, OwnedValue};
use zbus::{Connection, MatchRule, Message, MessageStream, connection, message};

use super::{SessionError, accounts};

const NAME: &str = "org.freedesktop.login1";
const MANAGER_PATH: &str = "/org/freedesktop/login1";
pub(super) const MANAGER: &str = "org.freedesktop.login1.Manager";
const SEAT: &str = "org.freedesktop.login1.Seat";
pub(super) const SESSION: &str = "org.freedesktop.login1.Session";
const USER: &str = "org.freedesktop.login1.User";
pub(super) const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// How long any call may take.
const ANSWER: Duration = Duration::from_secs(5);

/// One running session manager. It is called by its unique name, so that a call to one
/// that has been replaced fails.
pub(super) struct Login1 {
    bus: Connection,
    /// Signals count only if they are its own: anybody may send any.
    unique: OwnedUniqueName,
}

/// What is read of a session; `None` where a session manager does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Properties {
    /// User id of whose it is.
    pub user: u32,
    /// `LockedHint`: the session's locker says that its screen is locked.
    pub locked: bool,
    /// `Type`: `wayland`, `x11`, `mir`, `tty`, `web` or `unspecified`.
    pub kind: Option<String>,
    /// `Class`: `user`, `user-early`, `greeter`, `background`, …
    pub class: Option<String>,
    /// Name of its seat; empty without one.
    pub seat: Option<String>,
    /// Whether it is a login from another machine.
    pub remote: bool,
    /// `CanLock`, which older session managers do not have and is true then.
    pub can_lock: bool,
}

/// What it says by itself.
pub(super) struct Signals {
    of_manager: MessageStream,
    of_bus: MessageStream,
}

impl Login1 {
    /// Finds it on the system bus.
    pub(super) async fn connect() -> Result<Self, SessionError> {
        let bus = connection::Builder::system()?
            .method_timeout(ANSWER)
            .build()
            .await?;
        // The bus starts a service that is not there when it is called, but
        // not when its name is looked up.
        let call = ("org.freedesktop.DBus.Peer", "Ping");
        bus.call_method(Some(NAME), MANAGER_PATH, Some(call.0), call.1, &())
            .await?;
        let reply = bus
            .call_method(
                Some("org.freedesktop.DBus"),
                "/org/freedesktop/DBus",
                Some("org.freedesktop.DBus"),
                "GetNameOwner",
                &NAME,
            )
            .await?;
        let unique = reply.body().deserialize::<UniqueName<'_>>()?.into();
        Ok(Self { bus, unique })
    }

    /// What it says from now on.
    pub(super) async fn signals(&self) -> Result<Signals, SessionError> {
        let of_manager = MatchRule::builder()
            .msg_type(message::Type::Signal)
            .sender(&self.unique)?
            .build();
        let of_bus = MatchRule::builder()
            .msg_type(message::Type::Signal)
            .sender("org.freedesktop.DBus")?
            .member("NameOwnerChanged")?
            .arg(0, NAME)?
            .build();
        Ok(Signals {
            of_manager: MessageStream::for_match_rule(of_manager, &self.bus, None).await?,
            of_bus: MessageStream::for_match_rule(of_bus, &self.bus, None).await?,
        })
    }

    /// The session that a seat shows, if it shows one.
    pub(super) async fn active_session(
        &self,
        seat: &str,
    ) -> Result<Option<OwnedObjectPath>, SessionError> {
        let found = self.manager("GetSeat", &seat).await;
        let Some(seat) = unless_missing(found)? else {
            return Ok(None);
        };
        let seat: OwnedObjectPath = seat.body().deserialize()?;
        self.session_in(&seat, SEAT, "ActiveSession").await
    }

    /// The graphical session of a user, or the one that comes next to it.
    pub(super) async fn display_session(
        &self,
        uid: u32,
    ) -> Result<Option<OwnedObjectPath>, SessionError> {
        let found = self.manager("GetUser", &uid).await;
        let Some(user) = unless_missing(found)? else {
            return Ok(None);
        };
        let user: OwnedObjectPath = user.body().deserialize()?;
        self.session_in(&user, USER, "Display").await
    }

    /// What a session is, and whether its screen is locked.
    pub(super) async fn properties(
        &self,
        session: &OwnedObjectPath,
    ) -> Result<Properties, SessionError> {
        let mut all: HashMap<String, OwnedValue> = self
            .call(session, PROPERTIES, "GetAll", &SESSION)
            .await?
            .body()
            .deserialize()?;
        let (user, _): (u32, OwnedObjectPath) = take(&mut all, "User")?;
        let seat = take::<(String, OwnedObjectPath)>(&mut all, "Seat");
        Ok(Properties {
            user,
            locked: take(&mut all, "LockedHint")?,
            kind: take(&mut all, "Type").ok(),
            class: take(&mut all, "Class").ok(),
            seat: seat.ok().map(|(name, _)| name),
            remote: take(&mut all, "Remote").unwrap_or(false),
            can_lock: take(&mut all, "CanLock").unwrap_or(true),
        })
    }

    /// Whether sleep has been announced and not been over since; `None` where the
    /// session manager does not say. Its changes are not signalled.
    pub(super) async fn is_preparing_for_sleep(&self) -> Result<Option<bool>, SessionError> {
        let property = &(MANAGER, "PreparingForSleep");
        match self.call(MANAGER_PATH, PROPERTIES, "Get", property).await {
            Ok(reply) => {
                let value: OwnedValue = reply.body().deserialize()?;
                Ok(Some(value.try_into().map_err(zbus::Error::from)?))
            }
            Err(zbus::Error::MethodError(name, ..)) if is_unknown_property(&name) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether a user is let in without a password; another service on this bus says so.
    pub(super) async fn needs_no_password(&self, uid: u32) -> Option<bool> {
        accounts::needs_no_password(&self.bus, uid).await
    }

    /// Asks the session's locker to lock the screen. Success means only that
    /// it was asked.
    pub(super) async fn lock(&self, session: &OwnedObjectPath) -> Result<(), SessionError> {
        self.call(session, SESSION, "Lock", &()).await?;
        Ok(())
    }

    /// Holds sleep up, for as long as the manager allows, until this is dropped.
    pub(super) async fn delay_sleep(&self) -> Result<OwnedFd, SessionError> {
        let what = ("sleep", "graspd", "to switch the sensors off", "delay");
        let reply = self.manager("Inhibit", &what).await?;
        Ok(reply.body().deserialize()?)
    }

    async fn manager<B>(&self, method: &str, body: &B) -> zbus::Result<Message>
    where
        B: serde::Serialize + DynamicType,
    {
        self.call(MANAGER_PATH, MANAGER, method, body).await
    }

    async fn call<'p, P, B>(
        &self,
        path: P,
        interface: &str,
        method: &str,
        body: &B,
    ) -> zbus::Result<Message>
    where
        P: TryInto<ObjectPath<'p>>,
        P::Error: Into<zbus::Error>,
        B: serde::Serialize + DynamicType,
    {
        self.bus
            .call_method(Some(&self.unique), path, Some(interface), method, body)
            .await
    }

    /// The session that a property names; its path is `/` where there is none.
    async fn session_in(
        &self,
        path: &OwnedObjectPath,
        interface: &str,
        name: &str,
    ) -> Result<Option<OwnedObjectPath>, SessionError> {
        let property = &(interface, name);
        let reply = self.call(path, PROPERTIES, "Get", property).await?;
        let value: OwnedValue = reply.body().deserialize()?;
        let (_, session): (String, OwnedObjectPath) =
            value.try_into().map_err(zbus::Error::from)?;
        Ok((session.as_str() != "/").then_some(session))
    }
}

/// The property of this name; an error where there is none, or another kind of value.
fn take<T>(all: &mut HashMap<String, OwnedValue>, name: &str) -> zbus::Result<T>
where
    T: TryFrom<OwnedValue>,
    T::Error: Into<zbus::Error>,
{
    let value = all
        .remove(name)
        .ok_or_else(|| zbus::Error::Failure(format!("the session has no {name}")))?;
    value.try_into().map_err(Into::into)
}

/// GLib, sd-bus and zbus have a name each for it.
fn is_unknown_property(error: &str) -> bool {
    ["UnknownProperty", "InvalidArgs", "UnknownInterface"]
        .iter()
        .any(|name| error.strip_prefix("org.freedesktop.DBus.Error.") == Some(name))
}

/// A seat or a user that the manager does not know is none; whatever else goes
/// wrong is an error.
fn unless_missing(found: zbus::Result<Message>) -> zbus::Result<Option<Message>> {
    match found {
        Ok(message) => Ok(Some(message)),
        Err(zbus::Error::MethodError(name, ..)) if name.starts_with(NAME) => Ok(None),
        Err(error) => Err(error),
    }
}

impl Signals {
    /// The manager's next signal; an error once it has gone. May be dropped and
    /// called again: none is lost.
    pub(super) async fn next(&mut self) -> Result<Message, SessionError> {
        tokio::select! {
            _ = next(&mut self.of_bus) => Err(SessionError::Gone),
            message = next(&mut self.of_manager) => Ok(message.ok_or(SessionError::Gone)??),
        }
    }
}

async fn next(stream: &mut MessageStream) -> Option<zbus::Result<Message>> {
    std::future::poll_fn(|context: &mut Context<'_>| Pin::new(&mut *stream).poll_next(context))
        .await
}
