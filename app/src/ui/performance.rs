//! Hours watched, locks and answers of the last days, beside the false locks that were expected.

use std::rc::Rc;

use super::parts::{self, Rows};
use super::store::{Change, Store};
use crate::forecast;
use crate::history::Tally;

/// The group of the first page.
pub fn group(store: &Rc<Store>) -> adw::PreferencesGroup {
    let group = parts::group(&store.words.say("performance"));
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

/// Titles and subtitles of the rows.
fn sentences(store: &Store) -> Vec<(String, String)> {
    let words = &store.words;
    let Some(log) = store.log() else {
        return vec![(
            words.say("performance-none"),
            words.say("locks-no-history-why"),
        )];
    };
    let tally = Tally::of(&log);
    let counted = |key: &str, count: u64| words.with(key, [("count", count.into())]);
    let hours = words.tenths(tally.hours);
    let answers = [
        ("false", tally.answered_false.into()),
        ("right", tally.answered_right.into()),
        ("unanswered", tally.unanswered.into()),
    ];
    let answers = match tally.by_evidence {
        0 => String::new(),
        _ => words.with("performance-answers", answers),
    };
    let text = store.folder.as_deref().and_then(forecast::kept);
    let rate = text.as_deref().and_then(forecast::false_locks_an_hour);
    let forecast = match rate {
        Some(an_hour) => {
            let expected = words.tenths(tally.expected(an_hour));
            words.with("performance-expected", [("count", expected.into())])
        }
        None => words.say("performance-expected-unknown"),
    };
    let watched = words.with("performance-watched", [("hours", hours.into())]);
    let mut sentences = vec![
        (watched, forecast),
        (
            words.with("performance-locks", [("count", tally.by_evidence.into())]),
            answers,
        ),
    ];
    if tally.others > 0 {
        let why = words.say("performance-others-why");
        sentences.push((counted("performance-others", tally.others), why));
    }
    if tally.would_be > 0 {
        let why = words.say("performance-would-be-why");
        sentences.push((counted("performance-would-be", tally.would_be), why));
    }
    sentences
}
