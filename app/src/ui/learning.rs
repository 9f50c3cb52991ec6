//! The third page: enrolment, with its progress and what to expect.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use adw::prelude::*;
use gtk::glib;

use super::advice;
use super::headline::{Headline, centred};
use super::parts::{self, Rows};
use super::store::{Change, Store};
use crate::bus::Refusal;
use crate::enrolment::Enrolment;
use crate::forecast;
use crate::status::Presence;
use crate::status_text::Tone;

/// How often the progress is asked for, while that changes.
const POLL: Duration = Duration::from_secs(1);

/// The page.
pub fn page(store: &Rc<Store>) -> gtk::ScrolledWindow {
    let page = Rc::new(Page::new(store));
    page.connect(store);
    page.show(store);
    let scrolled = parts::page(&store.words.say("page-learning"), &page.column);
    let shown = Rc::downgrade(store);
    store.listen(move |change| {
        if let Some(store) = shown.upgrade().filter(|_| change == Change::Presence) {
            page.poll(&store);
        }
    });
    scrolled
}

struct Page {
    column: gtk::Box,
    headline: Headline,
    at_rest: gtk::Label,
    bar: gtk::ProgressBar,
    begin: gtk::Button,
    finish: gtk::Button,
    cancel: gtk::Button,
    said_group: adw::PreferencesGroup,
    said: Rows,
    /// `None` where it is another's.
    enrolment: RefCell<Option<Enrolment>>,
    polling: Cell<bool>,
}

impl Page {
    fn new(store: &Store) -> Self {
        let words = &store.words;
        let headline = Headline::new();
        let at_rest = centred("dim-label");
        let bar = parts::bar(&words.say("learning-progress"));
        bar.set_margin_top(12);
        let begin = parts::button(&words.say("learning-begin"));
        let finish = parts::button(&words.say("learning-finish"));
        let cancel = parts::button(&words.say("learning-cancel"));
        cancel.add_css_class("flat");
        let buttons = gtk::Box::new(gtk::Orientation::Vertical, 9);
        buttons.set_halign(gtk::Align::Center);
        buttons.set_margin_top(12);
        for button in [&begin, &finish, &cancel] {
            button.add_css_class("pill");
            buttons.append(button);
        }
        let top = &headline.content;
        top.append(&at_rest);
        top.append(&bar);
        top.append(&buttons);

        let said_group = parts::group(&words.say("learning-said"));
        let column = parts::column();
        column.append(top);
        column.append(&said_group);
        column.append(&advice::group(store));
        Self {
            column,
            headline,
            at_rest,
            bar,
            begin,
            finish,
            cancel,
            said: Rows::of(&said_group),
            said_group,
            enrolment: RefCell::new(Some(Enrolment::default())),
            polling: Cell::default(),
        }
    }

    fn connect(self: &Rc<Self>, store: &Rc<Store>) {
        for (button, method) in [
            (&self.begin, "BeginEnrolment"),
            (&self.finish, "FinishEnrolment"),
        ] {
            let page = Rc::downgrade(self);
            button.connect_clicked(glib::clone!(
                #[weak]
                store,
                move |_| {
                    if let Some(page) = page.upgrade() {
                        page.call(&store, method);
                    }
                }
            ));
        }
        let page = Rc::downgrade(self);
        self.cancel.connect_clicked(glib::clone!(
            #[weak]
            store,
            move |button| {
                if let Some(page) = page.upgrade() {
                    page.confirm_cancel(&store, button);
                }
            }
        ));
    }

    /// Has it confirmed that what was gathered is thrown away.
    fn confirm_cancel(self: &Rc<Self>, store: &Rc<Store>, button: &gtk::Button) {
        let words = &store.words;
        let dialog = adw::MessageDialog::builder()
            .heading(words.say("learning-cancel-sure"))
            .body(words.say("learning-cancel-why"))
            .modal(true)
            .close_response("keep")
            .build();
        let window = button.root().and_downcast::<gtk::Window>();
        dialog.set_transient_for(window.as_ref());
        dialog.add_response("keep", &words.say("keep"));
        dialog.add_response("cancel", &words.say("learning-cancel"));
        dialog.set_response_appearance("cancel", adw::ResponseAppearance::Destructive);
        let page = Rc::downgrade(self);
        dialog.connect_response(
            Some("cancel"),
            glib::clone!(
                #[weak]
                store,
                move |_, _| {
                    if let Some(page) = page.upgrade() {
                        page.call(&store, "CancelEnrolment");
                    }
                }
            ),
        );
        dialog.present();
    }

    /// Calls a method of the daemon, and shows the progress after it.
    fn call(self: &Rc<Self>, store: &Rc<Store>, method: &'static str) {
        let (page, store) = (self.clone(), store.clone());
        glib::spawn_future_local(async move {
            match store.bus.enrolment(method).await {
                Ok(enrolment) => page.set_enrolment(&store, Some(enrolment)),
                Err(refusal) => store.show_refusal(&refusal),
            }
            page.poll(&store);
        });
    }

    /// Asks for the progress, again and again while that changes.
    fn poll(self: &Rc<Self>, store: &Rc<Store>) {
        if self.polling.replace(true) {
            return;
        }
        let (page, store) = (self.clone(), Rc::downgrade(store));
        glib::spawn_future_local(async move {
            while let Some(store) = store.upgrade() {
                let answer = store.bus.enrolment("EnrolmentStatus").await;
                let enrolled = store.presence().status().is_some_and(|it| it.enrolled);
                match answer {
                    Ok(enrolment) => page.set_enrolment(&store, Some(enrolment)),
                    // Who is not the owner sees nothing of an enrolment; without an owner there
                    // may be none.
                    Err(Refusal::NotAuthorized) if enrolled => page.set_enrolment(&store, None),
                    // A sitting goes on although one answer was late.
                    Err(_) if page.is_changing() && store.presence().status().is_some() => {}
                    Err(_) => page.set_enrolment(&store, Some(Enrolment::default())),
                }
                if !page.is_changing() {
                    break;
                }
                drop(store);
                glib::timeout_future(POLL).await;
            }
            page.polling.set(false);
        });
    }

    fn is_changing(&self) -> bool {
        let enrolment = self.enrolment.borrow();
        enrolment.as_ref().is_some_and(Enrolment::is_changing)
    }

    fn set_enrolment(&self, store: &Rc<Store>, enrolment: Option<Enrolment>) {
        let finished = enrolment.as_ref().filter(|now| now.phase == "finished");
        let said = finished.and_then(|now| now.message.as_deref());
        if let (Some(folder), Some(said)) = (&store.folder, said) {
            // Where it cannot be kept, the first page says that it is not known.
            let _ = forecast::keep(folder, said);
        }
        // The next profile has another.
        let changing = enrolment.as_ref().is_some_and(Enrolment::is_changing);
        if let (Some(folder), true) = (&store.folder, changing) {
            forecast::forget(folder);
        }
        self.enrolment.replace(enrolment);
        self.show(store);
    }

    fn show(&self, store: &Store) {
        let words = &store.words;
        let presence = store.presence();
        let status = presence.status();
        let enrolment = self.enrolment.borrow();
        let now = enrolment.clone().unwrap_or_default();
        let key = match (&presence, enrolment.as_ref()) {
            (Presence::Running(_), None) => "learning-another",
            (Presence::Running(status), Some(now)) => match now.key() {
                "learning-none" if status.enrolled => "learning-known",
                key => key,
            },
            _ => "learning-no-daemon",
        };
        let arguments = [
            ("windows", now.towards_goal().into()),
            ("wanted", now.wanted.into()),
            ("sittings", now.sittings.into()),
            ("minutes", now.minutes_left().into()),
        ];
        let sentence = words.with(key, arguments);
        let tone = match key {
            "learning-refused" => Tone::Alert,
            "learning-no-daemon" => Tone::Off,
            "learning-known" | "learning-finished" => Tone::Good,
            _ => Tone::Calm,
        };
        self.headline.show(
            "avatar-default-symbolic",
            tone,
            &words.title(key),
            &sentence,
        );
        let at_rest = [("count", now.at_rest.into())];
        self.at_rest
            .set_label(&words.with("learning-at-rest", at_rest));
        self.at_rest.set_visible(now.at_rest > 0 && now.windows > 0);
        self.bar.set_visible(now.windows > 0 || now.is_changing());
        self.bar.set_fraction(now.fraction());

        let mine = status.is_some() && enrolment.is_some();
        let begin = if now.windows > 0 {
            "learning-go-on"
        } else {
            "learning-begin"
        };
        self.begin.set_label(&words.say(begin));
        self.begin.set_visible(mine && now.may_begin());
        self.finish.set_visible(mine && now.may_finish());
        self.cancel.set_visible(mine && now.may_cancel());
        let done = key == "learning-enough";
        suggest(&self.finish, done);
        suggest(
            &self.begin,
            !done && key != "learning-known" && key != "learning-finished",
        );

        self.said.clear();
        let sentences = now.sentences();
        self.said_group.set_visible(!sentences.is_empty());
        for sentence in sentences {
            self.said.add(&parts::row(&sentence, ""));
        }
    }
}

fn suggest(button: &gtk::Button, suggested: bool) {
    match suggested {
        true => button.add_css_class("suggested-action"),
        false => button.remove_css_class("suggested-action"),
    }
}
