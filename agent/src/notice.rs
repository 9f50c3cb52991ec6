//! The notifications that the agent can show, with their urgency.

/// A notification.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Notice {
    /// A lock is near; in so many seconds, if it goes on so.
    LockIsNear { seconds: Option<f64> },
    /// The screen was opened after a lock by evidence: was the lock false?
    WasItYou,
    /// The daemon's answer to what was answered.
    Answer(String),
    /// A lock was asked for, and the screen may be open.
    ScreenIsOpen,
    /// No motion can be judged, because of this if it is known.
    NoMotion { fault: Option<String> },
    /// The daemon has ended.
    DaemonGone,
    /// The enrolment has as many windows as it wants.
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
    /// The name of its kind, which is the key of its text.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::LockIsNear { .. } => "lock-is-near",
            Self::WasItYou => "was-it-you",
            Self::Answer(_) => "answer",
            Self::ScreenIsOpen => "screen-is-open",
            Self::NoMotion { .. } => "no-motion",
            Self::DaemonGone => "nobody-watches",
            Self::EnrolmentComplete => "enough-gathered",
        }
    }

    pub(crate) fn urgency(&self) -> Urgency {
        match self {
            Self::LockIsNear { .. } | Self::ScreenIsOpen | Self::DaemonGone => Urgency::Critical,
            Self::WasItYou | Self::NoMotion { .. } => Urgency::Normal,
            Self::Answer(_) | Self::EnrolmentComplete => Urgency::Low,
        }
    }

    /// Its category, by which a phone chooses how it sounds, buzzes and blinks.
    pub(crate) fn category(&self) -> &'static str {
        match self {
            Self::ScreenIsOpen | Self::NoMotion { .. } | Self::DaemonGone => "device.error",
            Self::LockIsNear { .. }
            | Self::WasItYou
            | Self::Answer(_)
            | Self::EnrolmentComplete => "device",
        }
    }

    /// Whether it is of no use once it has been seen.
    pub(crate) fn is_transient(&self) -> bool {
        matches!(self, Self::LockIsNear { .. } | Self::Answer(_))
    }
}
