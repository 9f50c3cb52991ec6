//! The second page: the locks of a day with their reasons, and its evidence.

use std::cell::Cell;
use std::rc::Rc;

use adw::prelude::*;
use gtk::glib;

use super::chart::Chart;
use super::headline::Headline;
use super::legend::legend;
use super::parts::{self, Rows};
use super::store::{Change, Store};
use super::{question, times};
use crate::history::{Lock, Log};
use crate::status_text::Tone;

/// The most locks of a day that are listed.
const MOST: usize = 50;

/// The page.
pub fn page(store: &Rc<Store>) -> gtk::ScrolledWindow {
    let page = Rc::new(Page::new(store));
    for (button, days) in [(&page.earlier, -1), (&page.later, 1)] {
        let turned = Rc::downgrade(&page);
        button.connect_clicked(glib::clone!(
            #[weak]
            store,
            move |_| {
                if let Some(page) = turned.upgrade() {
                    page.turn(days);
                    page.show(&store);
                }
            }
        ));
    }
    let scrolled = parts::page(&store.words.say("page-locks"), &page.content);
    let shown = Rc::downgrade(store);
    page.show(store);
    store.listen(move |change| {
        if let Some(store) = shown.upgrade().filter(|_| change != Change::Evidence) {
            page.show(&store);
        }
    });
    scrolled
}

struct Page {
    content: gtk::Stack,
    earlier: gtk::Button,
    later: gtk::Button,
    day_name: gtk::Label,
    chart: Chart,
    plot: gtk::Box,
    summary: gtk::Label,
    empty: gtk::Label,
    locks: Rows,
    /// A second within the day that is shown; `None` for today.
    day: Cell<Option<i64>>,
}

impl Page {
    fn new(store: &Rc<Store>) -> Self {
        let words = &store.words;
        let none = Headline::new();
        let (icon, why) = ("document-open-recent-symbolic", "locks-no-history-why");
        let title = words.say("locks-no-history");
        none.show(icon, Tone::Calm, &title, &words.say(why));
        let earlier = parts::icon_button("go-previous-symbolic", &words.say("locks-earlier"));
        let later = parts::icon_button("go-next-symbolic", &words.say("locks-later"));
        let day_name = parts::text("");
        day_name.set_hexpand(true);
        day_name.set_justify(gtk::Justification::Center);
        day_name.add_css_class("title-2");
        let days = gtk::Box::new(gtk::Orientation::Horizontal, 6);
        days.append(&earlier);
        days.append(&day_name);
        days.append(&later);

        let chart = Chart::new(words);
        let heading = parts::text(&words.say("curve"));
        heading.set_xalign(0.0);
        heading.add_css_class("heading");
        let plot = gtk::Box::new(gtk::Orientation::Vertical, 9);
        plot.add_css_class("card");
        plot.add_css_class("plot");
        plot.append(&heading);
        plot.append(&chart.area);
        plot.append(&legend(words));
        let summary = parts::text("");
        summary.set_xalign(0.0);
        summary.add_css_class("caption");
        summary.add_css_class("dim-label");
        plot.append(&summary);
        let empty = parts::text(&words.say("curve-empty"));
        empty.add_css_class("dim-label");

        let group = parts::group(&words.say("locks-of-day"));
        let column = parts::column();
        column.append(&days);
        column.append(&plot);
        column.append(&empty);
        column.append(&group);
        let content = gtk::Stack::builder()
            .hhomogeneous(false)
            .vhomogeneous(false)
            .build();
        content.add_named(&none.content, Some("none"));
        content.add_named(&column, Some("days"));
        Self {
            content,
            earlier,
            later,
            day_name,
            chart,
            plot,
            summary,
            empty,
            locks: Rows::of(&group),
            day: Cell::default(),
        }
    }

    /// Goes to another day.
    fn turn(&self, days: i64) {
        let now = times::now();
        let shown = times::midnight(self.day.get().unwrap_or(now));
        // Noon, because days have 23 to 25 hours.
        let next = shown + days * 86_400 + 43_200;
        let today = times::midnight(next) >= times::midnight(now);
        self.day.set((!today).then_some(next));
    }

    fn show(&self, store: &Rc<Store>) {
        let log = store.log();
        let named = if log.is_some() { "days" } else { "none" };
        self.content.set_visible_child_name(named);
        let Some(log) = log else { return };
        let now = times::now();
        let at = self.day.get().unwrap_or(now);
        let (from, to) = (times::midnight(at), times::next_midnight(at));
        let first = log
            .ends_within(i64::MIN, i64::MAX)
            .map_or(now, |(first, _)| first);
        self.earlier.set_sensitive(first < from);
        self.later.set_sensitive(to <= now);
        let yesterday = times::midnight(times::midnight(now) - 3600);
        self.day_name.set_label(&match from {
            from if from == times::midnight(now) => store.words.say("locks-today"),
            from if from == yesterday => store.words.say("locks-yesterday"),
            from => times::day(from),
        });
        let summary = self.chart.show(&store.words, &log, (from, to));
        self.plot.set_visible(summary.is_some());
        self.empty.set_visible(summary.is_none());
        self.summary.set_label(&summary.unwrap_or_default());
        self.list(store, &log, (from, to));
    }

    fn list(&self, store: &Rc<Store>, log: &Log, (from, to): (i64, i64)) {
        let words = &store.words;
        self.locks.clear();
        let open = store
            .presence()
            .status()
            .is_some_and(|status| status.state != "lock");
        let asked = log.unanswered().filter(|_| open).map(|lock| lock.at);
        let those = log
            .locks
            .iter()
            .rev()
            .filter(|lock| (from..to).contains(&lock.at));
        let count = those.clone().count();
        for lock in those.take(MOST) {
            let is_asked = asked == Some(lock.at) && lock.is_by_evidence();
            self.locks.add(&lock_row(store, lock, is_asked));
            if is_asked {
                self.locks.add(&question::row(store, lock.at));
            }
        }
        if count == 0 {
            self.locks.add(&parts::row(&words.say("locks-none"), ""));
        } else if count > MOST {
            let more = [("count", (count - MOST).into())];
            self.locks
                .add(&parts::row(&words.with("locks-more", more), ""));
        }
    }
}

fn lock_row(store: &Store, lock: &Lock, is_asked: bool) -> adw::ActionRow {
    let words = &store.words;
    let reason = match lock.reason_key() {
        Some(key) => words.say(key),
        None => lock.reason.clone(),
    };
    let time = times::clock(lock.at);
    let title = words.with(
        "lock-row",
        [("time", time.into()), ("reason", reason.into())],
    );
    let answer = lock
        .answer_key()
        .filter(|_| !is_asked)
        .map(|key| words.say(key));
    let outcome = words.say(lock.outcome_key());
    let said: Vec<_> = [Some(outcome), answer].into_iter().flatten().collect();
    parts::row(&title, &said.join(" "))
}
