//! All calls to org.freedesktop.login1.

use std::collections::HashMap;
use std::io;
use std::time::Duration;

use tokio::time::timeout;
use zbus::names::{OwnedUniqueName, UniqueName};
use zbus::zvariant::{DynamicType, ObjectPath, OwnedFd, OwnedObjectPath, OwnedValue};
use zbus::{Connection, MatchRule, Message, MessageStream, connection, message};

use super::signals::Signals;
use super::{SessionError, accounts};

pub(super) const NAME: &str = "org.freedesktop.login1";
const MANAGER_PATH: &str = "/org/freedesktop/login1";
pub(super) const MANAGER: &str = "org.freedesktop.login1.Manager";
const SEAT: &str = "org.freedesktop.login1.Seat";
pub(super) const SESSION: &str = "org.freedesktop.login1.Session";
const USER: &str = "org.freedesktop.login1.User";
pub(super) const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// The bus's own name.
pub(super) const BUS: &str = "org.freedesktop.DBus";

/// Time limit of each call, and of joining the bus. A bus that has stopped takes connections, and
/// says nothing.
const ANSWER: Duration = Duration::from_secs(5);

/// One running session manager. It is called by its unique bus name, so that calls fail
/// once it has been replaced.
#[derive(Clone)]
pub(super) struct Login1 {
    bus: Connection,
    /// Its unique bus name. Only signals from it count, because any program can send them.
    unique: OwnedUniqueName,
}

/// Properties of a session; `None` if the session manager does not have them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Properties {
    /// Id of its user.
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
    /// `CanLock`; true if the session manager is too old to have it.
    pub can_lock: bool,
}

impl Login1 {
    /// Connects to the session manager on the system bus; an error if there is none.
    pub(super) async fn connect() -> Result<Self, SessionError> {
        let joining = connection::Builder::system()?
            .method_timeout(ANSWER)
            .build();
        let bus = timeout(ANSWER, joining).await.map_err(|_| silent())??;
        // A call makes the bus start a service that is not running; looking up the owner
        // of its name does not.
        let call = ("org.freedesktop.DBus.Peer", "Ping");
        bus.call_method(Some(NAME), MANAGER_PATH, Some(call.0), call.1, &())
            .await?;
        let reply = ask_bus(&bus, "GetNameOwner", NAME).await?;
        let unique = reply.body().deserialize::<UniqueName<'_>>()?.into();
        Ok(Self { bus, unique })
    }

    /// Subscribes to its signals, and to the bus's about changes of its name's owner. Not to all
    /// of them: any account can have it send as many as it likes of what the manager's and users'
    /// properties have become.
    pub(super) async fn signals(&self) -> Result<Signals, SessionError> {
        // Listens before the first can come.
        let signals = Signals::of(MessageStream::from(&self.bus), self.unique.clone());
        let of = |sender| {
            MatchRule::builder()
                .msg_type(message::Type::Signal)
                .sender(sender)
        };
        let changed = |of_what| {
            let of_manager = of(self.unique.as_str())?.interface(PROPERTIES)?;
            of_manager.member("PropertiesChanged")?.arg(0, of_what)
        };
        for rule in [
            of(self.unique.as_str())?.interface(MANAGER)?,
            changed(SEAT)?,
            changed(SESSION)?,
            of(BUS)?.member("NameOwnerChanged")?.arg(0, NAME)?,
        ] {
            ask_bus(&self.bus, "AddMatch", &rule.build().to_string()).await?;
        }
        Ok(signals)
    }

    /// The active session of a seat; `None` if there is no such seat or session.
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

    /// The property `Display` of a user: their graphical session, or failing that another;
    /// `None` if they have none.
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

    /// Reads the properties of a session.
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

    /// The property `PreparingForSleep`: whether sleep has been announced and has not ended
    /// since; `None` if the session manager does not have it. No signal tells its changes.
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

    /// See [`accounts::needs_no_password`].
    pub(super) async fn needs_no_password(&self, uid: u32) -> Option<bool> {
        accounts::needs_no_password(&self.bus, uid).await
    }

    /// Has the session's screen locker asked to lock. Success does not mean that the screen
    /// is locked.
    pub(super) async fn lock(&self, session: &OwnedObjectPath) -> Result<(), SessionError> {
        self.call(session, SESSION, "Lock", &()).await?;
        Ok(())
    }

    /// Delays sleep until the returned descriptor is closed, or the session manager's limit
    /// is over.
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

    /// The session that a property names; `None` if its path is `/`, which stands for none.
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

/// Calls the bus itself.
async fn ask_bus(bus: &Connection, method: &str, about: &str) -> zbus::Result<Message> {
    let path = "/org/freedesktop/DBus";
    bus.call_method(Some(BUS), path, Some(BUS), method, &about)
        .await
}

fn silent() -> zbus::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the bus does not answer").into()
}

/// Takes the property `name` out of `all`; an error if it is missing or of another type.
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

/// Whether `error` means an unknown property: GLib, sd-bus and zbus name it differently.
fn is_unknown_property(error: &str) -> bool {
    ["UnknownProperty", "InvalidArgs", "UnknownInterface"]
        .iter()
        .any(|name| error.strip_prefix("org.freedesktop.DBus.Error.") == Some(name))
}

/// `None` if the session manager does not know the seat or user; any other failure is
/// an error.
fn unless_missing(found: zbus::Result<Message>) -> zbus::Result<Option<Message>> {
    match found {
        Ok(message) => Ok(Some(message)),
        Err(zbus::Error::MethodError(name, ..)) if name.starts_with(NAME) => Ok(None),
        Err(error) => Err(error),
    }
}
