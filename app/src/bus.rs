//! The daemon's D-Bus interface, called by GIO: GTK brings it, and it runs on the window's own loop.

use std::cell::RefCell;
use std::future::poll_fn;
use std::rc::Rc;
use std::task::{Poll, Waker};
use std::time::Duration;

use graspd_client::daemon::{BUS_NAME, BUS_PATH};
use gtk::gio::{self, prelude::*};
use gtk::glib::{self, Variant, VariantDict};

use crate::enrolment::Enrolment;
use crate::status::{Presence, Status};

/// How long an answer may take in which nobody is asked for a secret, in milliseconds.
const TIMEOUT_MS: i32 = 10_000;
/// How long somebody may take to give their secret, in milliseconds.
const TIMEOUT_WITH_SECRET_MS: i32 = 190_000;
/// How long until the bus is looked for again.
const RECONNECT_AFTER: Duration = Duration::from_secs(5);

/// Why a call was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// It is not for this user, or the secret was not given.
    NotAuthorized,
    /// Nothing can ask for the secret.
    NoAuthority,
    /// The message of the daemon, or of the bus.
    Other(String),
}

/// A client of the interface.
#[derive(Clone, Default)]
pub struct Bus {
    proxy: Rc<RefCell<Option<gio::DBusProxy>>>,
}

impl Bus {
    /// Looks for the bus for as long as the window lives, and tells of every change.
    pub async fn follow(&self, tell: impl Fn(Presence) + Clone + 'static) {
        loop {
            if let Ok(proxy) = connect().await {
                let notify = tell.clone();
                proxy.connect_local("g-properties-changed", false, move |values| {
                    let proxy = values.first()?.get::<gio::DBusProxy>().ok()?;
                    notify(presence(&proxy));
                    None
                });
                let notify = tell.clone();
                let named = move |proxy: &gio::DBusProxy, _: &_| notify(presence(proxy));
                proxy.connect_notify_local(Some("g-name-owner"), named);
                self.proxy.replace(Some(proxy.clone()));
                tell(presence(&proxy));
                closed(&proxy.connection()).await;
                self.proxy.replace(None);
            }
            tell(Presence::NoBus);
            glib::timeout_future(RECONNECT_AFTER).await;
        }
    }

    /// Pauses for so many minutes.
    pub async fn pause(&self, minutes: u64) -> Result<(), Refusal> {
        let seconds = (minutes * 60,).to_variant();
        self.call("Pause", Some(seconds)).await.map(drop)
    }

    /// Ends a pause.
    pub async fn resume(&self) -> Result<(), Refusal> {
        self.call("Resume", None).await.map(drop)
    }

    /// Says whether the newest lock was false; what the daemon answers.
    pub async fn label_last_lock(&self, was_false: bool) -> Result<String, Refusal> {
        let answer = self
            .call("LabelLastLock", Some((was_false,).to_variant()))
            .await?;
        Ok(answer.get::<(String,)>().unwrap_or_default().0)
    }

    /// Begins, shows, finishes or cancels an enrolment, by the method's name.
    pub async fn enrolment(&self, method: &str) -> Result<Enrolment, Refusal> {
        let answer = self.call(method, None).await?;
        let progress = VariantDict::new(answer.try_child_value(0).as_ref());
        let number = |name| progress.lookup::<u64>(name).ok().flatten();
        let text = |name| progress.lookup::<String>(name).ok().flatten();
        Ok(Enrolment {
            phase: text("phase").unwrap_or_default(),
            windows: number("windows").unwrap_or_default(),
            in_sitting: number("in_sitting"),
            wanted: number("wanted").unwrap_or_default(),
            sittings: number("sittings").unwrap_or_default(),
            at_rest: number("at_rest").unwrap_or_default(),
            message: text("message"),
        })
    }

    async fn call(&self, method: &str, arguments: Option<Variant>) -> Result<Variant, Refusal> {
        let proxy = self.proxy.borrow().clone();
        let proxy = proxy.ok_or_else(|| Refusal::Other("there is no system bus".into()))?;
        let timeout = match method {
            "EnrolmentStatus" | "CancelEnrolment" | "Resume" | "LabelLastLock" => TIMEOUT_MS,
            _ => TIMEOUT_WITH_SECRET_MS,
        };
        let flags = gio::DBusCallFlags::NO_AUTO_START;
        let called = proxy.call_future(method, arguments.as_ref(), flags, timeout);
        called.await.map_err(refusal)
    }
}

/// A connection of its own: the one that GIO shares ends the program with the bus.
async fn connect() -> Result<gio::DBusProxy, glib::Error> {
    let address = gio::dbus_address_get_for_bus_sync(gio::BusType::System, gio::Cancellable::NONE)?;
    let flags = gio::DBusConnectionFlags::AUTHENTICATION_CLIENT
        | gio::DBusConnectionFlags::MESSAGE_BUS_CONNECTION;
    let connection = gio::DBusConnection::for_address_future(&address, flags, None).await?;
    let flags = gio::DBusProxyFlags::DO_NOT_AUTO_START;
    gio::DBusProxy::new_future(&connection, flags, None, Some(BUS_NAME), BUS_PATH, BUS_NAME).await
}

/// Waits until the bus is gone.
async fn closed(connection: &gio::DBusConnection) {
    let waiting: Rc<RefCell<Option<Waker>>> = Rc::default();
    let woken = waiting.clone();
    let signal = connection.connect_local("closed", false, move |_| {
        if let Some(waker) = woken.take() {
            waker.wake();
        }
        None
    });
    poll_fn(|context| {
        if connection.is_closed() {
            return Poll::Ready(());
        }
        waiting.replace(Some(context.waker().clone()));
        Poll::Pending
    })
    .await;
    connection.disconnect(signal);
}

fn presence(proxy: &gio::DBusProxy) -> Presence {
    if proxy.connection().is_closed() {
        return Presence::NoBus;
    }
    if proxy.name_owner().is_none() {
        return Presence::NotRunning;
    }
    let property = |name| proxy.cached_property(name);
    let text = |name| property(name).and_then(|value| value.get::<String>());
    let truth = |name| property(name).and_then(|value| value.get::<bool>());
    // A name that has just come has no properties yet.
    let Some(state) = text("State") else {
        return Presence::Searching;
    };
    let until = property("PausedUntil").and_then(|value| value.get::<u64>());
    Presence::Running(Status {
        state,
        reason: text("Reason").unwrap_or_default(),
        mode: text("Mode").unwrap_or_default(),
        enrolled: truth("Enrolled").unwrap_or_default(),
        paused_until: until.filter(|_| truth("Paused").unwrap_or_default()),
        version: text("Version").unwrap_or_default(),
    })
}

fn refusal(mut error: glib::Error) -> Refusal {
    let name = gio::DBusError::remote_error(&error).unwrap_or_default();
    gio::DBusError::strip_remote_error(&mut error);
    match name.rsplit('.').next() {
        Some("NotAuthorized") => Refusal::NotAuthorized,
        Some("NoAuthority") => Refusal::NoAuthority,
        _ => Refusal::Other(error.message().to_owned()),
    }
}
