//! The row that asks whether the newest lock by evidence was false; graspd takes an answer for no
//! other.

use std::rc::Rc;

use adw::prelude::*;
use gtk::glib;

use super::store::Store;
use super::{parts, times};
use crate::history;

/// The row below the lock at this time.
pub fn row(store: &Rc<Store>, at: i64) -> adw::ActionRow {
    let words = &store.words;
    let time = times::clock(at);
    let why = words.with("was-it-you-why", [("time", time.into())]);
    let row = parts::row(&words.say("was-it-you"), &why);
    for (label, in_full, was_false) in [
        (words.say("yes"), words.say("yes-in-full"), true),
        (words.say("no"), words.say("no-in-full"), false),
    ] {
        let button = parts::button_in_full(&label, &in_full);
        button.connect_clicked(glib::clone!(
            #[weak]
            store,
            #[weak]
            row,
            move |_| {
                row.set_sensitive(false);
                glib::spawn_future_local(async move {
                    answer(&store, was_false).await;
                    row.set_sensitive(true);
                });
            }
        ));
        row.add_suffix(&button);
    }
    row
}

async fn answer(store: &Store, was_false: bool) {
    match store.bus.label_last_lock(was_false).await {
        Ok(said) => store.toast(&store.words.with("answered", [("said", said.into())])),
        Err(refusal) => return store.show_refusal(&refusal),
    }
    let now = times::now();
    if let Some(folder) = &store.folder {
        // graspd has it; here it would only be shown as not answered.
        let _ = history::answer(folder, &times::day_of_utc(now), now, was_false);
    }
    store.read_days().await;
}
