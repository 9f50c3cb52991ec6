//! graspd on the system bus: properties, signals, and the methods that its owner may call.
//!
//! Properties and signals come from the same place as the socket's lines, and methods end in
//! the same commands. What the owner asks that could serve a thief is done only once polkit
//! has asked for the secret ([`authority`]). Without a bus the daemon runs as before.
//! docs/dbus.md describes the interface for its users.

mod authority;
mod caller;
pub mod client;
mod interface;
mod open_prompts;
mod progress;
mod refusal;
mod sittings;

use std::collections::HashMap;
use std::time::Duration;

use serde::Serialize;
use tokio::time::{sleep, timeout};
use zbus::export::futures_core::Stream;
use zbus::names::InterfaceName;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::Value;
use zbus::{Connection, MatchRule, MessageStream, connection, fdo, message};

use crate::publish::{Event, FollowerUpdate, Publisher, Snapshot};
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
/// Time limit of joining the bus. One that has stopped takes connections, and says nothing.
const JOIN: Duration = Duration::from_secs(5);

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
            let joined = match connection::Builder::system() {
                Ok(builder) => self.connect(builder).await,
                Err(why) => Err(why),
            };
            let why = match joined {
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

    /// Joins the bus that `builder` names. Neither takes the name from whoever has it nor lets
    /// another take it: whoever asks there believes what the name's owner says.
    async fn connect(
        &self,
        builder: connection::Builder<'_>,
    ) -> zbus::Result<(Connection, Sittings)> {
        let sittings = Sittings::new(self.publisher.clone());
        let object = Graspd::new(self.publisher.clone(), sittings.clone());
        let joining = builder
            .serve_at(PATH, object)?
            .allow_name_replacements(false)
            .replace_existing_names(false)
            .name(NAME)?
            .build();
        let bus = timeout(JOIN, joining)
            .await
            .map_err(|_| bus_is_silent())??;
        Ok((bus, sittings))
    }

    /// Emits signals until the last event; an error once the bus or the name is gone.
    async fn serve(&self, bus: &Connection, sittings: &Sittings) -> zbus::Result<()> {
        let told_by_bus = |member: &'static str| {
            let rule = MatchRule::builder().msg_type(message::Type::Signal);
            rule.sender("org.freedesktop.DBus")?.member(member)
        };
        let departures = told_by_bus("NameOwnerChanged")?.arg(2, "")?.build();
        let losses = told_by_bus("NameLost")?.arg(0, NAME)?.build();
        let mut departures = MessageStream::for_match_rule(departures, bus, None).await?;
        let mut losses = MessageStream::for_match_rule(losses, bus, None).await?;
        let mut follower = self.publisher.follow();
        let emitter = SignalEmitter::new(bus, PATH)?;
        let mut shown = None;
        loop {
            tokio::select! {
                lost = next(&mut losses) => {
                    lost.ok_or_else(bus_is_gone)??;
                    return Err(zbus::Error::Failure("the bus has taken the name away".into()));
                }
                departed = next(&mut departures) => {
                    let departed = departed.ok_or_else(bus_is_gone)??;
                    if let Ok((name, _, _)) = departed.body().deserialize::<(&str, &str, &str)>() {
                        sittings.departed(name);
                    }
                }
                followed = follower.next() => match followed {
                    FollowerUpdate::Event(Event::Bye { .. }) => return Ok(()),
                    FollowerUpdate::Event(event) => {
                        let mode = word(&self.publisher.snapshot().mode);
                        signal(&emitter, &event, &mode).await?;
                    }
                    FollowerUpdate::Snapshot(snapshot) => {
                        changed(&emitter, shown.as_ref(), &snapshot).await?;
                        shown = Some(snapshot);
                    }
                },
            }
        }
    }
}

fn bus_is_silent() -> zbus::Error {
    let silent = std::io::Error::from(std::io::ErrorKind::TimedOut);
    zbus::Error::InputOutput(silent.into())
}

fn bus_is_gone() -> zbus::Error {
    let gone = std::io::Error::from(std::io::ErrorKind::BrokenPipe);
    zbus::Error::InputOutput(gone.into())
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
    before: Option<&Snapshot>,
    now: &Snapshot,
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
fn properties(snapshot: &Snapshot) -> HashMap<&'static str, Value<'static>> {
    HashMap::from([
        ("State", Value::from(snapshot.state.name())),
        ("Reason", Value::from(word(&snapshot.reason))),
        ("Mode", Value::from(word(&snapshot.mode))),
        ("Enrolled", Value::from(snapshot.owner.is_some())),
        ("Paused", Value::from(snapshot.paused_until.is_some())),
        (
            "PausedUntil",
            Value::from(snapshot.paused_until.unwrap_or_default()),
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

#[cfg(test)]
mod tests {
    use std::future::pending;
    use std::io::{BufRead, BufReader};
    use std::process::{Child, Command, Stdio};

    use super::*;
    use crate::decide::{Reason, State};
    use crate::publish::{Hello, Mode, Server, SocketConfig};

    /// A bus daemon, ended when dropped.
    struct Daemon(Child);

    impl Drop for Daemon {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    /// `None`, with a notice, where there is no dbus-daemon.
    fn start() -> Option<(Daemon, String)> {
        let started = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address"])
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut daemon) = started else {
            skipped::because("there is no dbus-daemon, so the bus was NOT tested");
            return None;
        };
        let mut address = String::new();
        let output = daemon.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut address).unwrap();
        Some((Daemon(daemon), address.trim().to_owned()))
    }

    /// A daemon's end of the bus, and what it serves.
    fn graspd(folder: &std::path::Path) -> (Server, Bus) {
        let socket = SocketConfig {
            path: folder.join("socket"),
            ..SocketConfig::default()
        };
        let hello = Hello::new(Mode::Live, None, State::Inconclusive, Reason::WarmUp);
        let server = Server::bind(&socket, None, hello).unwrap();
        let graspd = Bus::new(server.publisher());
        (server, graspd)
    }

    #[tokio::test]
    async fn a_bus_that_says_nothing_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let (_server, graspd) = graspd(folder.path());
        let path = folder.path().join("bus");
        // The kernel completes connections that nobody has accepted.
        let _stopped = std::os::unix::net::UnixListener::bind(&path).unwrap();
        let address = format!("unix:path={}", path.display());
        let there = connection::Builder::address(address.as_str()).unwrap();
        let joined = graspd.connect(there).await.map(|_| ());
        assert!(
            matches!(joined, Err(zbus::Error::InputOutput(_))),
            "{joined:?}"
        );
    }

    #[tokio::test]
    async fn whoever_loses_the_name_notices_so_that_it_is_asked_for_again() {
        let Some((_daemon, address)) = start() else {
            return;
        };
        let folder = tempfile::tempdir().unwrap();
        let (_server, graspd) = graspd(folder.path());
        let there = || connection::Builder::address(address.as_str()).unwrap();
        let (bus, sittings) = graspd.connect(there()).await.unwrap();
        let another = graspd.connect(there()).await.map(|_| ());
        assert!(
            matches!(another, Err(zbus::Error::NameTaken)),
            "{another:?}"
        );
        let name_is_taken_away = async {
            // Once the signals are listened to, which the bus does in order.
            sleep(Duration::from_millis(300)).await;
            assert!(bus.release_name(NAME).await.unwrap());
            pending::<()>().await;
        };
        let why = tokio::select! {
            served = graspd.serve(&bus, &sittings) => served.unwrap_err(),
            () = name_is_taken_away => unreachable!(),
        };
        assert!(why.to_string().contains("taken the name away"), "{why}");
        let again = graspd.connect(there()).await.map(|_| ());
        assert!(again.is_ok(), "{again:?}");
    }
}
