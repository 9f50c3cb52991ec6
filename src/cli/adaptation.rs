//! Describes what was learnt of use, for `graspd profile`, `graspd false-lock` and `graspd
//! watch`.

use std::time::{SystemTime, UNIX_EPOCH};

use super::profile::{PATIENCE, date};
use crate::enrol::adaptation::{KeptSessions, Label, NotKept, SessionRecord, UnixTime};
use crate::hidden_characters::plain;
use crate::publish::{Adaptation, AddedSession, Client, Event, Extensible, PublishError};

/// Lines for `graspd profile show`.
pub(super) fn describe_kept(kept: Result<&KeptSessions, &NotKept>, now: SystemTime) -> String {
    let kept = match kept {
        Ok(kept) => kept,
        Err(why) => return format!("{:<22} no: {why}", "learns of use"),
    };
    let now = now.duration_since(UNIX_EPOCH);
    let now = UnixTime(now.map_or(0, |span| span.as_secs()));
    let learnt = kept.records().filter(|record| record.learnt.is_some());
    let mut lines = vec![
        format!("{:<22} {}", "learnt sessions", learnt.count()),
        format!("{:<22} {}", "locks called false", kept.false_locks().len()),
    ];
    let line = |record: &SessionRecord| {
        let learnt = record.learnt.map(|at| at.0);
        let windows = record.windows;
        session(record.recorded.0, learnt, record.label) + &format!(", {windows} windows")
    };
    lines.extend(kept.records().map(line));
    lines.extend(kept.clock_trouble(now).map(str::to_owned));
    lines.join("\n")
}

/// A line for an `adaptation` event.
pub(super) fn adaptation_line(answer: &Adaptation) -> String {
    let newest = answer.added.last().map(|added| {
        let AddedSession {
            recorded_unix_s,
            learnt_unix_s,
            label,
        } = added;
        match label {
            Extensible::Known(label) => session(*recorded_unix_s, *learnt_unix_s, *label),
            Extensible::Other(word) => plain(word),
        }
    });
    let learnt = answer.added.iter().filter(|s| s.learnt_unix_s.is_some());
    let mut line = format!(
        "the profile is of {} sittings and {} sessions of use",
        answer.enrolled,
        learnt.count()
    );
    if let Some(newest) = newest {
        line += &format!("; the newest: {newest}");
    }
    if answer.learning {
        line += "; it is being made anew";
    }
    match &answer.message {
        Some(message) => format!("{}; {line}", plain(message)),
        None => line,
    }
}

/// Sends `request` and returns the answer as a line.
pub(super) fn ask_daemon(mut daemon: Client, request: &str) -> Result<String, PublishError> {
    daemon.wait_for(Some(PATIENCE))?;
    daemon.ask(request, |event| match event {
        Event::Adaptation(answer) => Some(adaptation_line(&answer)),
        _ => None,
    })
}

fn session(recorded: u64, learnt: Option<u64>, label: Label) -> String {
    let how = match label {
        Label::Undisturbed => "",
        Label::FalseLock => ", which ended in a false lock",
    };
    let recorded = date(recorded);
    match learnt {
        Some(at) => format!("session of {recorded}{how}, learnt {}", date(at)),
        None => format!("session of {recorded}{how}, waits to be learnt"),
    }
}
