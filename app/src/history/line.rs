//! One event in a day's file.

use serde::Deserialize;

/// What is looked at of an event; members that it does not have are `None`.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct Line {
    /// The event's name.
    pub event: String,
    /// When it was heard, in seconds since 1970.
    pub unix_s: Option<i64>,
    pub state: Option<String>,
    pub reason: Option<String>,
    pub mode: Option<String>,
    pub evidence: Option<f64>,
    /// What was answered of the newest lock.
    pub was_false: Option<bool>,
}

impl Line {
    /// The line, if it is an event with a time.
    pub fn parse(text: &str) -> Option<Self> {
        let line: Self = serde_json::from_str(text).ok()?;
        line.unix_s.is_some().then_some(line)
    }
}
