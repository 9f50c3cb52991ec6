//! The fourth page: what `graspd doctor` finds, and what to do about it.

use std::rc::Rc;

use adw::prelude::*;
use gtk::glib;

use super::named::named;
use super::parts::{self, Rows};
use super::store::{Change, Store};
use crate::ask_doctor;
use crate::doctor::{Finding, SortedFindings};

/// The page.
pub fn page(store: &Rc<Store>) -> gtk::ScrolledWindow {
    let words = &store.words;
    let group = parts::group(&words.say("health"));
    let again = parts::icon_button("view-refresh-symbolic", &words.say("health-again"));
    group.set_header_suffix(Some(&again));
    let rows = Rows::of(&group);
    let version = parts::text("");
    version.add_css_class("dim-label");
    let column = parts::column();
    column.append(&group);
    column.append(&version);

    let look = glib::clone!(
        #[weak]
        store,
        #[weak]
        again,
        move || {
            let rows = rows.clone();
            glib::spawn_future_local(async move {
                again.set_sensitive(false);
                rows.clear();
                rows.add(&parts::row(&store.words.say("health-looking"), ""));
                let found = ask_doctor::ask().await;
                rows.clear();
                match found {
                    Ok(sorted) => show(&store, &rows, &sorted),
                    Err(why) => {
                        let why = store.words.with("health-failed-why", [("why", why.into())]);
                        rows.add(&parts::row(&store.words.say("health-failed"), &why));
                    }
                }
                again.set_sensitive(true);
            });
        }
    );
    // It takes some seconds, so not before somebody looks.
    let scrolled = parts::page(&words.say("page-health"), &column);
    let first = std::cell::Cell::new(true);
    let looks = look.clone();
    scrolled.connect_map(move |_| {
        if first.replace(false) {
            looks();
        }
    });
    again.connect_clicked(move |_| look());

    let shown = Rc::downgrade(store);
    store.listen(move |change| {
        if let Some(store) = shown.upgrade().filter(|_| change == Change::Presence) {
            let presence = store.presence();
            let running = presence.status().map(|status| status.version.as_str());
            version.set_visible(running.is_some());
            let running = [("version", running.unwrap_or_default().into())];
            version.set_label(&store.words.with("health-version", running));
        }
    });
    scrolled
}

fn show(store: &Store, rows: &Rows, sorted: &SortedFindings) {
    let words = &store.words;
    let counted = |key: &str, count: usize| words.with(key, [("count", count.into())]);
    for finding in &sorted.mendable {
        rows.add(&finding_row(store, finding));
    }
    if sorted.mendable.is_empty() {
        let why = counted("health-nothing-why", sorted.passed);
        rows.add(&parts::row(&words.say("health-nothing"), &why));
    }
    if sorted.for_root > 0 {
        let title = counted("health-needs-root", sorted.for_root);
        rows.add(&parts::row(&title, &words.say("health-needs-root-why")));
    }
}

fn finding_row(store: &Store, finding: &Finding) -> adw::ActionRow {
    let words = &store.words;
    let mut said = finding.found.clone();
    if let Some(remedy) = &finding.remedy {
        said += "\n";
        said += &words.with("health-remedy", [("remedy", remedy.as_str().into())]);
    }
    let failed = finding.is_failure();
    let row = parts::row(&finding.check, &said);
    let (icon, class, meaning) = match failed {
        true => ("dialog-error-symbolic", "error", words.say("health-fail")),
        false => (
            "dialog-warning-symbolic",
            "warning",
            words.say("health-warn"),
        ),
    };
    let picture: gtk::Image = named(&meaning);
    picture.set_icon_name(Some(icon));
    picture.set_tooltip_text(Some(&meaning));
    picture.add_css_class(class);
    row.add_prefix(&picture);
    row
}
