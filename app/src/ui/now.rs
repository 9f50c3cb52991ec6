//! The first page: the status, the evidence, the pause, and how well it works.

use std::rc::Rc;

use adw::prelude::*;

use super::headline::{Headline, centred};
use super::store::{Change, Store};
use super::{parts, pause, performance, times};
use crate::status::Status;
use crate::status_text;

/// The page.
pub fn page(store: &Rc<Store>) -> gtk::ScrolledWindow {
    let column = parts::column();
    let status = StatusHeadline::new(store);
    column.append(&status.headline.content);
    let evidence = EvidenceGroup::new(store);
    column.append(&evidence.group);
    column.append(&pause::group(store));
    column.append(&performance::group(store));
    let shown = Rc::downgrade(store);
    let show = move |change| {
        let Some(store) = shown.upgrade() else { return };
        match change {
            Change::Presence => {
                status.show(&store);
                evidence.show(&store);
            }
            Change::Evidence => evidence.show(&store),
            Change::Log => {}
        }
    };
    show(Change::Presence);
    store.listen(show);
    parts::page(&store.words.say("page-now"), &column)
}

/// The status.
struct StatusHeadline {
    headline: Headline,
    observes: gtk::Label,
}

impl StatusHeadline {
    fn new(store: &Store) -> Self {
        let headline = Headline::new();
        let observes = centred("dim-label");
        observes.set_label(&store.words.say("status-observes"));
        headline.content.append(&observes);
        Self { headline, observes }
    }

    fn show(&self, store: &Store) {
        let presence = store.presence();
        let text = status_text::of(&presence, store.is_open_in_lock());
        let status = presence.status();
        let until = status.and_then(|status| status.paused_until);
        let until = times::clock(until.map_or(0, u64::cast_signed));
        let title = store.words.title(text.key);
        let sentence = store.words.with(text.key, [("until", until.into())]);
        self.headline.show(text.icon, text.tone, &title, &sentence);
        let observes = status.is_some_and(Status::observes);
        self.observes.set_visible(observes);
    }
}

/// The evidence, which only the owner is told.
struct EvidenceGroup {
    group: adw::PreferencesGroup,
    row: adw::ActionRow,
    bar: gtk::ProgressBar,
}

impl EvidenceGroup {
    fn new(store: &Store) -> Self {
        let title = store.words.say("evidence");
        let group = parts::group(&title);
        let row = parts::row("", "");
        let bar = parts::bar(&title);
        bar.set_width_request(96);
        row.add_suffix(&bar);
        group.add(&row);
        Self { group, row, bar }
    }

    fn show(&self, store: &Store) {
        let decides = store.presence().status().is_some_and(Status::decides);
        self.group.set_visible(decides);
        let evidence = store.evidence();
        self.bar.set_visible(evidence.is_some());
        let Some(evidence) = evidence else {
            parts::set_text(&self.row, &store.words.say("evidence-unknown"), "");
            return;
        };
        let said = store.words.say(status_text::of_evidence(evidence));
        parts::set_text(&self.row, &said, "");
        self.bar.set_fraction(evidence.clamp(0.0, 1.0));
    }
}
