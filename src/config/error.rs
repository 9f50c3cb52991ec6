//! Errors of the configuration file.

use std::fmt::Display;
use std::path::PathBuf;

use thiserror::Error;

use crate::decide::PolicyError;
use crate::hidden_characters::plain;
use crate::publish::PublishError;

/// A configuration that cannot be used.
#[derive(Debug, Error)]
#[error("config {}: {why}", path.display())]
pub struct ConfigError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    #[source]
    pub why: Mistake,
}

/// What is wrong with a configuration.
#[derive(Debug, Error)]
pub enum Mistake {
    /// The file cannot be read.
    #[error("cannot read it: {0}")]
    Io(std::io::Error),
    /// The text is not valid TOML, or has an unknown key or a value of another type.
    #[error("line {line}: {what}")]
    Parse {
        /// Line of the file, from 1.
        line: usize,
        /// The parser's message.
        what: String,
    },
    /// A text has characters that are not shown, and would control the terminal or log that
    /// it appears in.
    #[error("{key} is {found}, with characters that are not shown; write it without")]
    Hidden {
        /// Section and key.
        key: String,
        /// The value, with these characters escaped.
        found: String,
    },
    /// A value is out of its range.
    #[error("{key} is {found}, it must be {needed}")]
    Value {
        /// Section and key.
        key: &'static str,
        /// The value.
        found: String,
        /// The valid range or form.
        needed: &'static str,
    },
    /// Values of `[decide]` contradict one another.
    #[error("[decide] {0}")]
    Policy(#[from] PolicyError),
    /// A value of `[socket]` is invalid.
    #[error("[socket] {0}")]
    Socket(#[from] PublishError),
}

impl Mistake {
    pub(super) fn value(key: &'static str, found: impl Display, needed: &'static str) -> Self {
        Self::Value {
            key,
            found: found.to_string(),
            needed,
        }
    }

    pub(super) fn parsing(text: &str, error: &toml::de::Error) -> Self {
        let before = error.span().map_or(0, |span| span.start);
        Self::Parse {
            line: 1 + text[..before].matches('\n').count(),
            what: plain(&error.message().replace('\n', " ")),
        }
    }
}
