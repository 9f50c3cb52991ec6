//! How well it works for its owner so far.

use std::rc::Rc;

use super::parts::{self, Rows};
use super::store::{Change, Store};
use crate::history::Tally;
use crate::promise;

/// The group of the first page.
pub fn group(store: &Rc<Store>) -> adw::PreferencesGroup {
    let group = parts::group(&store.words.say("well"));
    let rows = Rows::of(&group);
    let shown = Rc::downgrade(store);
    let show = move |change| {
        if let Some(store) = shown.upgrade().filter(|_| change == Change::Log) {
            rows.clear();
            for (title, subtitle) in sentences(&store) {
                rows.add(&parts::row(&title, &subtitle));
            }
        }
    };
    show(Change::Log);
    store.listen(show);
    group
}

/// Titles and what is to be said below.
fn sentences(store: &Store) -> Vec<(String, String)> {
    let words = &store.words;
    let Some(log) = store.log() else {
        return vec![(words.say("well-none"), words.say("locks-no-history-why"))];
    };
    let tally = Tally::of(&log);
    let counted = |key: &str, count: u64| words.with(key, [("count", count.into())]);
    let hours = words.tenths(tally.hours);
    let answers = [
        ("false", tally.false_ones.into()),
        ("right", tally.right_ones.into()),
        ("unanswered", tally.unanswered.into()),
    ];
    let answers = match tally.by_evidence {
        0 => String::new(),
        _ => words.with("well-answers", answers),
    };
    let said = store.folder.as_deref().and_then(promise::kept);
    let promised = said.as_deref().and_then(promise::false_locks_an_hour);
    let promised = match promised {
        Some(an_hour) => {
            let expected = words.tenths(tally.expected(an_hour));
            words.with("well-promise", [("count", expected.into())])
        }
        None => words.say("well-promise-none"),
    };
    let watched = words.with("well-watched", [("hours", hours.into())]);
    let mut sentences = vec![
        (watched, promised),
        (
            words.with("well-locks", [("count", tally.by_evidence.into())]),
            answers,
        ),
    ];
    if tally.others > 0 {
        let why = words.say("well-others-why");
        sentences.push((counted("well-others", tally.others), why));
    }
    if tally.would_be > 0 {
        let why = words.say("well-would-be-why");
        sentences.push((counted("well-would-be", tally.would_be), why));
    }
    sentences
}
