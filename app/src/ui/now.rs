//! The first page: is it on, and what does it believe?

use std::rc::Rc;

use adw::prelude::*;

use super::headline::{Headline, centred};
use super::store::{Change, Store};
use super::{parts, pause, times, well};
use crate::belief;
use crate::standing::Standing;

/// The page.
pub fn page(store: &Rc<Store>) -> gtk::ScrolledWindow {
    let column = parts::column();
    let hero = Hero::new(store);
    column.append(&hero.headline.content);
    let sure = Sure::new(store);
    column.append(&sure.group);
    column.append(&pause::group(store));
    column.append(&well::group(store));
    let shown = Rc::downgrade(store);
    let show = move |change| {
        let Some(store) = shown.upgrade() else { return };
        match change {
            Change::Presence => {
                hero.show(&store);
                sure.show(&store);
            }
            Change::Evidence => sure.show(&store),
            Change::Log => {}
        }
    };
    show(Change::Presence);
    store.listen(show);
    parts::page(&store.words.say("page-now"), &column)
}

/// What is seen first.
struct Hero {
    headline: Headline,
    observes: gtk::Label,
}

impl Hero {
    fn new(store: &Store) -> Self {
        let headline = Headline::new();
        let observes = centred("dim-label");
        observes.set_label(&store.words.say("belief-observes"));
        headline.content.append(&observes);
        Self { headline, observes }
    }

    fn show(&self, store: &Store) {
        let presence = store.presence();
        let belief = belief::of(&presence);
        let standing = presence.standing();
        let until = standing.and_then(|standing| standing.paused_until);
        let until = times::clock(until.map_or(0, u64::cast_signed));
        let title = store.words.title(belief.key);
        let sentence = store.words.with(belief.key, [("until", until.into())]);
        self.headline
            .show(belief.icon, belief.tone, &title, &sentence);
        let observes = standing.is_some_and(Standing::observes);
        self.observes.set_visible(observes);
    }
}

/// How sure it is, which only the owner is told.
struct Sure {
    group: adw::PreferencesGroup,
    row: adw::ActionRow,
    bar: gtk::ProgressBar,
}

impl Sure {
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
        let decides = store.presence().standing().is_some_and(Standing::decides);
        self.group.set_visible(decides);
        let evidence = store.evidence();
        self.bar.set_visible(evidence.is_some());
        let Some(evidence) = evidence else {
            parts::tell(&self.row, &store.words.say("evidence-unknown"), "");
            return;
        };
        let said = store.words.say(belief::of_evidence(evidence));
        parts::tell(&self.row, &said, "");
        self.bar.set_fraction(evidence.clamp(0.0, 1.0));
    }
}
