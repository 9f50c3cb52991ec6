//! The group on the third page with advice on what to expect.

use adw::prelude::*;

use super::parts;
use super::store::Store;

/// The group below how far an enrolment is.
pub fn group(store: &Store) -> adw::PreferencesGroup {
    let words = &store.words;
    let group = parts::group(&words.say("advice"));
    for (title, why) in [
        (words.say("advice-days"), words.say("advice-days-why")),
        (words.say("advice-walk"), words.say("advice-walk-why")),
        (
            words.say("advice-mistakes"),
            words.say("advice-mistakes-why"),
        ),
        (words.say("advice-secret"), words.say("advice-secret-why")),
    ] {
        group.add(&parts::row(&title, &why));
    }
    group
}
