//! Shows notices by the session's service of notifications, org.freedesktop.Notifications.
//! <https://specifications.freedesktop.org/notification-spec/>

use std::collections::HashMap;
use std::future::poll_fn;
use std::pin::Pin;
use std::time::Duration;

use tokio::time::timeout;
use zbus::export::futures_core::Stream;
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

/// A client of the session's service of notifications.
pub(crate) struct Notifier {
    bus: Connection,
    words: Words,
    /// What people do with notices.
    signals: MessageStream,
    /// Ids of what is shown, by kind: a newer notice takes the place of an older one.
    shown: HashMap<Kind, u32>,
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
                    .retain(|kind, id| *id != closed || *kind == Kind::WasItYou);
            }
            let Ok((id, key)) = body.deserialize::<(u32, &str)>() else {
                continue;
            };
            if self.shown.get(&Kind::WasItYou) != Some(&id) {
                continue;
            }
            match key {
                "yes" => return Ok(Answer::ItWasMe),
                "no" => return Ok(Answer::ItWasNot),
                _ => {}
            }
        }
    }

    async fn call(
        &self,
        method: &str,
        body: &(impl serde::Serialize + zbus::zvariant::DynamicType),
    ) -> zbus::Result<zbus::Message> {
        let call = self
            .bus
            .call_method(Some(NAME), PATH, Some(NAME), method, body);
        // A service that takes it and does not answer would stop everything else.
        timeout(TIMEOUT, call)
            .await
            .unwrap_or_else(|_| Err(zbus::Error::Failure("no answer".to_owned())))
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
        let before = self.shown.get(&kind).copied().unwrap_or(0);
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
        let answered = self.call("Notify", &body).await;
        match answered.and_then(|answer| answer.body().deserialize::<u32>()) {
            Ok(id) => {
                self.shown.insert(kind, id);
                Ok(())
            }
            Err(why) => Err(format!("{title}: {} (it cannot be shown: {why})", body.4)),
        }
    }

    async fn close(&mut self, kind: Kind) {
        if let Some(id) = self.shown.remove(&kind) {
            // Somebody may have closed it meanwhile.
            let _ = self.call("CloseNotification", &(id,)).await;
        }
    }
}
