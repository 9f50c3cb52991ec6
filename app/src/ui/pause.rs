//! The group on the first page that begins and ends a pause, for which polkit asks for the secret.

use std::rc::Rc;

use adw::prelude::*;
use gtk::glib;

use super::parts;
use super::store::{Change, Store};

/// Lengths that are offered, in minutes.
const MINUTES: [u64; 3] = [10, 20, 60];

/// The group of the first page.
pub fn group(store: &Rc<Store>) -> adw::PreferencesGroup {
    let words = &store.words;
    let group = adw::PreferencesGroup::new();
    let offer = parts::row(&words.say("pause"), &words.say("pause-why"));
    let choices = gtk::Box::builder()
        .spacing(6)
        .homogeneous(true)
        .margin_top(12)
        .build();
    for minutes in MINUTES {
        choices.append(&choice(store, minutes));
    }
    let end = parts::row(&words.say("resume-title"), &words.say("resume-why"));
    let resume = parts::button(&words.say("resume"));
    resume.add_css_class("suggested-action");
    resume.connect_clicked(glib::clone!(
        #[weak]
        store,
        move |_| {
            glib::spawn_future_local(async move {
                match store.bus.resume().await {
                    Ok(()) => store.toast(&store.words.say("resumed")),
                    Err(refusal) => store.show_refusal(&refusal),
                }
            });
        }
    ));
    end.add_suffix(&resume);
    group.add(&offer);
    group.add(&end);
    group.add(&choices);

    let shown = Rc::downgrade(store);
    let of = group.clone();
    let show = move |change| {
        let Some(store) = shown.upgrade().filter(|_| change == Change::Presence) else {
            return;
        };
        let presence = store.presence();
        let status = presence.status();
        let paused = status.is_some_and(|status| status.paused_until.is_some());
        // Without an owner there is nothing to pause.
        of.set_visible(status.is_some_and(|status| status.enrolled));
        offer.set_visible(!paused);
        choices.set_visible(!paused);
        end.set_visible(paused);
        choices.set_sensitive(status.is_some_and(|status| status.state != "lock"));
    };
    show(Change::Presence);
    store.listen(show);
    group
}

fn choice(store: &Rc<Store>, minutes: u64) -> gtk::Button {
    let said = |key| store.words.with(key, [("minutes", minutes.into())]);
    let button = parts::button_in_full(&said("pause-minutes"), &said("pause-for"));
    button.connect_clicked(glib::clone!(
        #[weak]
        store,
        move |button| {
            let button = button.clone();
            // Nobody is asked for the secret twice at once.
            button.set_sensitive(false);
            glib::spawn_future_local(async move {
                if let Err(refusal) = store.bus.pause(minutes).await {
                    store.show_refusal(&refusal);
                }
                button.set_sensitive(true);
            });
        }
    ));
    button
}
