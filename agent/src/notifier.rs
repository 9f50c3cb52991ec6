//! Shows notices by the session's service of notifications, org.freedesktop.Notifications.
//! <https://specifications.freedesktop.org/notification-spec/>

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use tokio::time::timeout;
use zbus::export::futures_core::Stream;
use zbus::names::OwnedUniqueName;
use zbus::zvariant::Value;
use zbus::{Connection, MatchRule, MessageStream, message};

use super::display::Service;
use super::notice::{Kind, Notice};
use super::words::Words;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// Shown as long as the service thinks right.
const DEFAULT_EXPIRY: i32 = -1;
/// How long the service may take to show something, or to take it away.
const TIMEOUT: Duration = Duration::from_secs(5);

/// What somebody answered to [`Notice::WasItYou`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Answer {
    ItWasMe,
    ItWasNot,
}

/// A notification that is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shown {
    id: u32,
    /// The service's own name on the bus: another's ids may be those of other programs' notices.
    by: Option<OwnedUniqueName>,
}

/// A client of the session's service of notifications.
pub(crate) struct Notifier {
    bus: Connection,
    words: Words,
    /// What people do with notices.
    signals: MessageStream,
    /// What is shown, by kind: a newer notice takes the place of an older one.
    shown: HashMap<Kind, Shown>,
}

impl Notifier {
    pub(crate) async fn connect(words: Words) -> zbus::Result<Self> {
        let bus = Connection::session().await?;
        let rule = MatchRule::builder()
            .msg_type(message::Type::Signal)
            .interface(NAME)?
            .build();
        Ok(Self {
            signals: MessageStream::for_match_rule(rule, &bus, None).await?,
            bus,
            words,
            shown: HashMap::new(),
        })
    }

    /// The next answer; an error once the session's bus is gone.
    pub(crate) async fn answer(&mut self) -> zbus::Result<Answer> {
        loop {
            let mut stream = Pin::new(&mut self.signals);
            let signal = poll_fn(|context| stream.as_mut().poll_next(context)).await;
            let signal =
                signal.ok_or_else(|| zbus::Error::Failure("no more signals".to_owned()))??;
            let body = signal.body();
            if let Ok((closed, _)) = body.deserialize::<(u32, u32)>() {
                // Its id may be that of another program's next, but for a question: the answer to it
                // may follow.
                self.shown
                    .retain(|kind, shown| shown.id != closed || *kind == Kind::WasItYou);
            }
            let Ok((id, key)) = body.deserialize::<(u32, &str)>() else {
                continue;
            };
            if self.shown.get(&Kind::WasItYou).map(|shown| shown.id) != Some(id) {
                continue;
            }
            match key {
                "yes" => return Ok(Answer::ItWasMe),
                "no" => return Ok(Answer::ItWasNot),
                _ => {}
            }
        }
    }

    /// `None` without an answer in time: a service that takes it and does not answer would stop
    /// everything else.
    async fn call(
        &self,
        service: &str,
        method: &str,
        body: &(impl serde::Serialize + zbus::zvariant::DynamicType),
    ) -> Option<zbus::Result<zbus::Message>> {
        let call = self
            .bus
            .call_method(Some(service), PATH, Some(NAME), method, body);
        timeout(TIMEOUT, call).await.ok()
    }
}

impl Service for Notifier {
    async fn show(&mut self, notice: &Notice) -> Result<(), String> {
        let kind = notice.kind();
        let (title, body) = self.words.of_notice(notice);
        let labels = ["yes", "no"].map(|key| (key, self.words.button(key)));
        let actions: Vec<&str> = match notice {
            Notice::WasItYou => labels
                .iter()
                .flat_map(|(key, label)| [*key, label])
                .collect(),
            _ => Vec::new(),
        };
        let hints = HashMap::from([
            ("urgency", Value::from(kind.urgency() as u8)),
            ("category", Value::from(kind.category())),
            ("transient", Value::from(kind.is_transient())),
            ("desktop-entry", Value::from("graspd-agent")),
        ]);
        let before = self.shown.get(&kind).map_or(0, |shown| shown.id);
        let icon = "dialog-password-symbolic";
        let body = (
            "graspd",
            before,
            icon,
            &title,
            &body,
            actions,
            hints,
            DEFAULT_EXPIRY,
        );
        // It is shown later, when the service comes to it, and once more if it were asked again.
        let Some(answered) = self.call(NAME, "Notify", &body).await else {
            return Ok(());
        };
        let shown = answered.and_then(|answer| {
            let id = answer.body().deserialize::<u32>()?;
            let by = answer.header().sender().map(|name| name.to_owned().into());
            Ok(Shown { id, by })
        });
        match shown {
            Ok(shown) => {
                self.shown.insert(kind, shown);
                Ok(())
            }
            Err(why) => Err(format!("{title}: {} (it cannot be shown: {why})", body.4)),
        }
    }

    async fn close(&mut self, kind: Kind) {
        if let Some(Shown { id, by: Some(by) }) = self.shown.remove(&kind) {
            // Somebody may have closed it meanwhile, and the service may be gone.
            let _ = self.call(&by, "CloseNotification", &(id,)).await;
        }
    }
}
