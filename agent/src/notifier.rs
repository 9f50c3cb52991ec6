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

use super::notice::Notice;
use super::words::Words;

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// Shown as long as the service thinks right.
const DEFAULT_EXPIRY: i32 = -1;
/// How long the service may take to show something.
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
    invoked: MessageStream,
    /// Ids of what is shown, by kind: a newer notice takes the place of an older one.
    shown: HashMap<&'static str, u32>,
}

impl Notifier {
    pub(crate) async fn connect(words: Words) -> zbus::Result<Self> {
        let bus = Connection::session().await?;
        let rule = MatchRule::builder()
            .msg_type(message::Type::Signal)
            .interface(NAME)?
            .member("ActionInvoked")?
            .build();
        Ok(Self {
            invoked: MessageStream::for_match_rule(rule, &bus, None).await?,
            bus,
            words,
            shown: HashMap::new(),
        })
    }

    /// Shows a notice. Where there is no service, it goes to standard error.
    pub(crate) async fn show(&mut self, notice: &Notice) {
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
            ("urgency", Value::from(notice.urgency() as u8)),
            ("category", Value::from(notice.category())),
            ("transient", Value::from(notice.is_transient())),
            ("desktop-entry", Value::from("graspd-agent")),
        ]);
        let before = self.shown.get(notice.kind()).copied().unwrap_or(0);
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
        let call = self
            .bus
            .call_method(Some(NAME), PATH, Some(NAME), "Notify", &body);
        // A service that takes it and does not answer would stop everything else.
        let answered = timeout(TIMEOUT, call)
            .await
            .unwrap_or_else(|_| Err(zbus::Error::Failure("no answer".to_owned())));
        match answered.and_then(|answer| answer.body().deserialize::<u32>()) {
            Ok(id) => drop(self.shown.insert(notice.kind(), id)),
            Err(why) => eprintln!(
                "graspd-agent: {title}: {} (it cannot be shown: {why})",
                body.4
            ),
        }
    }

    /// The next answer; an error once the session's bus is gone.
    pub(crate) async fn answer(&mut self) -> zbus::Result<Answer> {
        loop {
            let mut stream = Pin::new(&mut self.invoked);
            let signal = poll_fn(|context| stream.as_mut().poll_next(context)).await;
            let signal =
                signal.ok_or_else(|| zbus::Error::Failure("no more signals".to_owned()))??;
            let body = signal.body();
            let Ok((id, key)) = body.deserialize::<(u32, &str)>() else {
                continue;
            };
            if self.shown.get(Notice::WasItYou.kind()) != Some(&id) {
                continue;
            }
            match key {
                "yes" => return Ok(Answer::ItWasMe),
                "no" => return Ok(Answer::ItWasNot),
                _ => {}
            }
        }
    }
}
