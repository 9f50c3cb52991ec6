//! The first page: is it on, and what does it believe?

use std::rc::Rc;

use adw::prelude::*;

use super::store::{Change, Store};
use super::{parts, pause, times, well};
use crate::belief::{self, Tone};

/// The page.
pub fn page(store: &Rc<Store>) -> gtk::ScrolledWindow {
    let column = parts::column();
    let hero = Hero::new(store);
    column.append(&hero.content);
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
    parts::page(&column)
}

/// What is seen first.
struct Hero {
    content: gtk::Box,
    icon: gtk::Image,
    title: gtk::Label,
    sentence: gtk::Label,
    observes: gtk::Label,
}

impl Hero {
    fn new(store: &Store) -> Self {
        let icon = gtk::Image::builder()
            .pixel_size(64)
            .halign(gtk::Align::Center)
            .accessible_role(gtk::AccessibleRole::Presentation)
            .margin_bottom(12)
            .build();
        icon.add_css_class("hero-icon");
        let line = |class: &str| {
            let line = parts::text("");
            line.set_justify(gtk::Justification::Center);
            line.add_css_class(class);
            line
        };
        let (title, sentence, observes) = (line("title-1"), line("body"), line("dim-label"));
        observes.set_label(&store.words.say("belief-observes"));
        let content = gtk::Box::new(gtk::Orientation::Vertical, 6);
        content.set_margin_top(12);
        content.append(&icon);
        for line in [&title, &sentence, &observes] {
            content.append(line);
        }
        Self {
            content,
            icon,
            title,
            sentence,
            observes,
        }
    }

    fn show(&self, store: &Store) {
        let presence = store.presence();
        let belief = belief::of(&presence);
        let standing = presence.standing();
        let until = standing.and_then(|standing| standing.paused_until);
        let until = times::clock(until.map_or(0, u64::cast_signed));
        self.icon.set_icon_name(Some(belief.icon));
        for (tone, class) in [
            (Tone::Good, "good"),
            (Tone::Calm, "calm"),
            (Tone::Alert, "alert"),
            (Tone::Off, "off"),
        ] {
            match belief.tone == tone {
                true => self.icon.add_css_class(class),
                false => self.icon.remove_css_class(class),
            }
        }
        self.title.set_label(&store.words.title(belief.key));
        let sentence = store.words.with(belief.key, [("until", until.into())]);
        self.sentence.set_label(&sentence);
        self.observes
            .set_visible(standing.is_some_and(|standing| standing.observes()));
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
        bar.set_width_request(110);
        row.add_suffix(&bar);
        group.add(&row);
        Self { group, row, bar }
    }

    fn show(&self, store: &Store) {
        let there = store
            .presence()
            .standing()
            .is_some_and(|standing| standing.enrolled);
        self.group.set_visible(there);
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
