//! The notifications that the agent can show, with their urgency.

use std::time::Duration;

/// How long a warning is shown beyond the time at which the lock was to come.
const GRACE: Duration = Duration::from_secs(15);
/// How long one is shown that tells no time.
const SOON: Duration = Duration::from_secs(60);
/// The longest forecast that is told, in seconds: a longer one is too uncertain.
const FORECAST_MAX_S: f64 = 600.0;

/// A notification.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Notice {
    /// A lock is near; in so many seconds, if it goes on so.
    LockIsNear { seconds: Option<f64> },
    /// The screen was opened after a lock by evidence: was the lock false?
    WasItYou,
    /// The daemon's answer to what was answered.
    Answer(String),
    /// Why the daemon does not take what was answered.
    Refusal(String),
    /// A lock was asked for, and the screen may be open.
    ScreenIsOpen,
    /// No motion can be judged, because of this if it is known.
    NoMotion { fault: Option<String> },
    /// The daemon has ended.
    DaemonGone,
    /// The enrolment has as many windows as it wants.
    EnrolmentComplete,
}

/// Kinds of notices, of each of which one is shown at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Kind {
    LockIsNear,
    WasItYou,
    Answer,
    Refusal,
    ScreenIsOpen,
    NoMotion,
    DaemonGone,
    EnrolmentComplete,
}

/// How pressing a notice is; the numbers are those of the specification of notifications.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Urgency {
    Low = 0,
    Normal = 1,
    Critical = 2,
}

impl Notice {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::LockIsNear { .. } => Kind::LockIsNear,
            Self::WasItYou => Kind::WasItYou,
            Self::Answer(_) => Kind::Answer,
            Self::Refusal(_) => Kind::Refusal,
            Self::ScreenIsOpen => Kind::ScreenIsOpen,
            Self::NoMotion { .. } => Kind::NoMotion,
            Self::DaemonGone => Kind::DaemonGone,
            Self::EnrolmentComplete => Kind::EnrolmentComplete,
        }
    }

    /// The seconds to a lock, where they are worth telling.
    pub(crate) fn forecast_s(&self) -> Option<f64> {
        match self {
            Self::LockIsNear { seconds } => {
                seconds.filter(|seconds| (0.0..FORECAST_MAX_S).contains(seconds))
            }
            _ => None,
        }
    }

    /// After what time it is no longer true, whatever is heard: evidence that recovers is no event.
    /// A service shows what is critical until somebody takes it away.
    pub(crate) fn lasts(&self) -> Option<Duration> {
        let forecast = self.forecast_s().map(Duration::from_secs_f64);
        let near = self.kind() == Kind::LockIsNear;
        near.then(|| forecast.map_or(SOON, |forecast| forecast + GRACE))
    }
}

impl Kind {
    /// The key of its text.
    pub(crate) fn key(self) -> &'static str {
        match self {
            Self::LockIsNear => "lock-is-near",
            Self::WasItYou => "was-it-you",
            Self::Answer => "answer",
            Self::Refusal => "refusal",
            Self::ScreenIsOpen => "screen-is-open",
            Self::NoMotion => "no-motion",
            Self::DaemonGone => "nobody-watches",
            Self::EnrolmentComplete => "enough-gathered",
        }
    }

    pub(crate) fn urgency(self) -> Urgency {
        match self {
            Self::LockIsNear | Self::ScreenIsOpen | Self::DaemonGone => Urgency::Critical,
            Self::WasItYou | Self::NoMotion | Self::Refusal => Urgency::Normal,
            Self::Answer | Self::EnrolmentComplete => Urgency::Low,
        }
    }

    /// Its category, by which a phone chooses how it sounds, buzzes and blinks.
    pub(crate) fn category(self) -> &'static str {
        match self.is_fault() {
            true => "device.error",
            false => "device",
        }
    }

    /// Whether it says that the device is not protected, until that is mended.
    pub(crate) fn is_fault(self) -> bool {
        matches!(self, Self::ScreenIsOpen | Self::NoMotion | Self::DaemonGone)
    }

    /// Whether it is of no use once it has been seen.
    pub(crate) fn is_transient(self) -> bool {
        matches!(self, Self::LockIsNear | Self::Answer | Self::Refusal)
    }
}
