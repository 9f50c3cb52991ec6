//! graspd on the system bus: what holds, what happens, and what its owner may ask.
//!
//! Properties and signals come from the same place as the socket's lines, and methods end in
//! the same commands. What the owner asks that could serve a thief is done only once polkit
//! has asked for the secret ([`authority`]). Without a bus the daemon runs as before.
//! docs/dbus.md describes the interface for its users.

mod asking;
mod authority;
mod caller;
pub mod client;
mod interface;
mod progress;
mod refusal;
mod sittings;

use std::collections::HashMap;
use std::time::Duration;

use serde::Serialize;
use tokio::time::sleep;
use zbus::export::futures_core::Stream;
use zbus::names::InterfaceName;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::Value;
use zbus::{Connection, MatchRule, MessageStream, connection, fdo, message};

use crate::publish::{Event, Followed, Publisher, Standing};
use interface::Graspd;
use sittings::Sittings;

/// The daemon's name on the system bus. graspd has no domain of its own; nobody can have one
/// under `alt`, which RFC 9476 sets aside for names that are not the DNS's.
pub const NAME: &str = "alt.graspd.Graspd1";
/// Path of its one object.
pub const PATH: &str = "/alt/graspd/Graspd1";

/// The first wait before the bus is tried again.
const FIRST_TRY: Duration = Duration::from_secs(1);
/// The longest such wait; it doubles from [`FIRST_TRY`] up to this.
const RARE_TRY: Duration = Duration::from_secs(60);

/// The daemon's end of the bus.
#[derive(Debug)]
pub struct Bus {
    publisher: Publisher,
}

impl Bus {
    /// Will serve what `publisher` publishes.
    pub fn new(publisher: Publisher) -> Self {
        Self { publisher }
    }

    /// Serves until the daemon's last event, and looks for a bus while there is none.
    pub async fn run(self) {
        let mut pause = FIRST_TRY;
        let mut said = false;
        loop {
            let why = match self.connect().await {
                Ok((bus, sittings)) => {
                    (pause, said) = (FIRST_TRY, false);
                    match self.serve(&bus, &sittings).await {
                        Ok(()) => return,
                        Err(why) => why,
                    }
                }
                Err(why) => why,
            };
            if !said {
                tracing::warn!(%why, "not on the system bus as {NAME}; the socket is served all the same");
                said = true;
            }
            sleep(pause).await;
            pause = (2 * pause).min(RARE_TRY);
        }
    }

    async fn connect(&self) -> zbus::Result<(Connection, Sittings)> {
        let sittings = Sittings::new(self.publisher.clone());
        let object = Graspd::new(self.publisher.clone(), sittings.clone());
        let bus = connection::Builder::system()?
            .serve_at(PATH, object)?
            .name(NAME)?
            .build()
            .await?;
        Ok((bus, sittings))
    }

    /// Emits signals until the last event; an error once the bus is gone.
    async fn serve(&self, bus: &Connection, sittings: &Sittings) -> zbus::Result<()> {
        let departures = MatchRule::builder()
            .msg_type(message::Type::Signal)
            .sender("org.freedesktop.DBus")?
            .member("NameOwnerChanged")?
            .arg(2, "")?
            .build();
        let mut departures = MessageStream::for_match_rule(departures, bus, None).await?;
        let mut follower = self.publisher.follow();
        let emitter = SignalEmitter::new(bus, PATH)?;
        let mut shown = None;
        loop {
            tokio::select! {
                departed = next(&mut departures) => {
                    let departed = departed.ok_or(zbus::Error::InputOutput(
                        std::sync::Arc::new(std::io::ErrorKind::BrokenPipe.into()),
                    ))??;
                    if let Ok((name, _, _)) = departed.body().deserialize::<(&str, &str, &str)>() {
                        sittings.departed(name);
                    }
                }
                followed = follower.next() => match followed {
                    Followed::Event(Event::Bye { .. }) => return Ok(()),
                    Followed::Event(event) => {
                        let mode = word(&self.publisher.standing().mode);
                        signal(&emitter, &event, &mode).await?;
                    }
                    Followed::Standing(standing) => {
                        changed(&emitter, shown.as_ref(), &standing).await?;
                        shown = Some(standing);
                    }
                },
            }
        }
    }
}

/// The next message; `None` once the bus is gone.
async fn next(stream: &mut MessageStream) -> Option<zbus::Result<zbus::Message>> {
    let mut stream = std::pin::Pin::new(stream);
    std::future::poll_fn(|context| stream.as_mut().poll_next(context)).await
}

/// Emits the signal of `event`, if it has one.
async fn signal(emitter: &SignalEmitter<'_>, event: &Event, mode: &str) -> zbus::Result<()> {
    match event {
        Event::Warning(warning) => Graspd::warning(emitter, &word(&warning.reason), mode).await,
        Event::Lock(lock) => Graspd::lock(emitter, &word(&lock.reason), mode).await,
        Event::LockConfirmed { attempts, .. } => Graspd::lock_confirmed(emitter, *attempts).await,
        Event::LockUnconfirmed {
            attempts, reason, ..
        } => Graspd::lock_unconfirmed(emitter, *attempts, &word(reason)).await,
        _ => Ok(()),
    }
}

/// Emits `PropertiesChanged` with what differs; nothing for the first.
async fn changed(
    emitter: &SignalEmitter<'_>,
    before: Option<&Standing>,
    now: &Standing,
) -> zbus::Result<()> {
    let Some(before) = before else {
        return Ok(());
    };
    let before = properties(before);
    let mut changed = properties(now);
    changed.retain(|name, value| before.get(name) != Some(value));
    let interface = InterfaceName::from_static_str_unchecked(NAME);
    if changed.is_empty() {
        return Ok(());
    }
    fdo::Properties::properties_changed(emitter, interface, changed, [].as_slice().into()).await
}

/// The properties that may change.
fn properties(standing: &Standing) -> HashMap<&'static str, Value<'static>> {
    HashMap::from([
        ("State", Value::from(standing.state.name())),
        ("Reason", Value::from(word(&standing.reason))),
        ("Mode", Value::from(word(&standing.mode))),
        ("Enrolled", Value::from(standing.owner.is_some())),
        ("Paused", Value::from(standing.paused_until.is_some())),
        (
            "PausedUntil",
            Value::from(standing.paused_until.unwrap_or_default()),
        ),
    ])
}

/// A word of the protocol, as the socket has it.
fn word(of: &impl Serialize) -> String {
    match serde_json::to_value(of) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}
