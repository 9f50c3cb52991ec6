//! How far an enrolment is, as the bus tells it: a dictionary with `phase` (s), `windows`,
//! `wanted`, `sittings`, `at_rest` (t), and where there are any `in_sitting` (t), `owner` (u) and
//! `message` (s).

use std::collections::HashMap;

use serde_json::json;
use zbus::zvariant::{OwnedValue, Value};

use super::word;
use crate::publish::{Enrolment, Extensible};

/// As the daemon tells it.
pub(super) type Progress = HashMap<&'static str, Value<'static>>;

pub(super) fn told(of: Enrolment) -> Progress {
    let mut progress = HashMap::from([
        ("phase", Value::from(word(&of.phase))),
        ("windows", Value::from(of.windows)),
        ("wanted", Value::from(of.wanted)),
        ("sittings", Value::from(of.sittings)),
        ("at_rest", Value::from(of.at_rest)),
    ]);
    progress.extend(
        of.in_sitting
            .map(|count| ("in_sitting", Value::from(count))),
    );
    progress.extend(of.owner.map(|owner| ("owner", Value::from(owner))));
    progress.extend(of.message.map(|message| ("message", Value::from(message))));
    progress
}

/// What was told; what is missing, or of another type, is 0 or none.
pub(super) fn heard(mut progress: HashMap<String, OwnedValue>) -> Enrolment {
    let mut take = |name: &str| progress.remove(name);
    let mut count = |name| take(name).and_then(|it| it.try_into().ok()).unwrap_or(0);
    let [windows, wanted, sittings, at_rest] =
        ["windows", "wanted", "sittings", "at_rest"].map(&mut count);
    let phase: Option<String> = take("phase").and_then(|it| it.try_into().ok());
    let phase = phase.unwrap_or_default();
    Enrolment {
        phase: serde_json::from_value(json!(phase)).unwrap_or(Extensible::Other(phase)),
        windows,
        wanted,
        sittings,
        at_rest,
        in_sitting: take("in_sitting").and_then(|it| it.try_into().ok()),
        owner: take("owner").and_then(|it| it.try_into().ok()),
        message: take("message").and_then(|it| it.try_into().ok()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::publish::Phase;

    #[test]
    fn what_is_told_is_heard() {
        let of = Enrolment {
            phase: Phase::Gathering.into(),
            windows: 7,
            wanted: 300,
            sittings: 2,
            at_rest: 9,
            in_sitting: Some(3),
            owner: Some(1000),
            message: Some("a word".into()),
        };
        for of in [
            of.clone(),
            Enrolment {
                phase: Extensible::Other("new".into()),
                in_sitting: None,
                owner: None,
                message: None,
                ..of
            },
        ] {
            let sent = told(of.clone()).into_iter();
            let received = sent.map(|(name, value)| (name.to_owned(), value.try_into().unwrap()));
            assert_eq!(heard(received.collect()), of);
        }
        assert_eq!(heard(HashMap::new()).windows, 0);
    }
}
