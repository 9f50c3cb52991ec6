//! What the pages show, and who has to know when it changes.

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use graspd_client::{daemon, days};
use gtk::{gio, glib};

use crate::bus::{Bus, Refusal};
use crate::history::{self, Log};
use crate::live::{self, Heard};
use crate::standing::Presence;
use crate::words::Words;

/// How often the days are looked at.
const LOOK: Duration = Duration::from_secs(30);
/// How long the agent may take to write down what has just happened.
const AFTER: Duration = Duration::from_secs(2);

/// What has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Whether it is there, and what holds.
    Presence,
    /// How sure it is.
    Evidence,
    /// The last days.
    Log,
}

type Listener = Box<dyn Fn(Change)>;

/// All that is known.
pub struct Store {
    /// What is said.
    pub words: Words,
    /// Whom to ask.
    pub bus: Bus,
    /// Where the days are.
    pub folder: Option<PathBuf>,
    toasts: adw::ToastOverlay,
    presence: RefCell<Presence>,
    evidence: Cell<Option<f64>>,
    log: RefCell<Option<Rc<Log>>>,
    stamp: Cell<u64>,
    listeners: RefCell<Vec<Listener>>,
}

impl Store {
    /// Nothing is known yet.
    pub fn new(toasts: &adw::ToastOverlay) -> Rc<Self> {
        Rc::new(Self {
            words: Words::of_environment(),
            bus: Bus::default(),
            folder: days::usual_folder(),
            toasts: toasts.clone(),
            presence: RefCell::default(),
            evidence: Cell::default(),
            log: RefCell::default(),
            stamp: Cell::default(),
            listeners: RefCell::default(),
        })
    }

    /// Looks at everything from now on, until the window is gone.
    pub fn start(self: &Rc<Self>) {
        let store = Rc::downgrade(self);
        let bus = self.bus.clone();
        glib::spawn_future_local(async move {
            bus.follow(move |presence| {
                if let Some(store) = store.upgrade() {
                    store.has_presence(presence);
                }
            })
            .await;
        });
        let store = Rc::downgrade(self);
        glib::spawn_future_local(live::listen(daemon::usual_socket(), move |heard| {
            if let Some(store) = store.upgrade() {
                store.hears(heard);
            }
        }));
        let store = Rc::downgrade(self);
        glib::spawn_future_local(async move {
            while let Some(store) = store.upgrade() {
                store.look().await;
                drop(store);
                glib::timeout_future(LOOK).await;
            }
        });
    }

    /// Has `listener` called with everything that changes.
    pub fn listen(&self, listener: impl Fn(Change) + 'static) {
        self.listeners.borrow_mut().push(Box::new(listener));
    }

    /// Whether it is there, and what holds.
    pub fn presence(&self) -> Presence {
        self.presence.borrow().clone()
    }

    /// How sure it is; `None` where nobody tells.
    pub fn evidence(&self) -> Option<f64> {
        self.evidence.get()
    }

    /// The last days; `None` without any.
    pub fn log(&self) -> Option<Rc<Log>> {
        self.log.borrow().clone()
    }

    /// Says something for a moment.
    pub fn toast(&self, said: &str) {
        let toast = adw::Toast::new(&glib::markup_escape_text(said));
        self.toasts.add_toast(toast);
    }

    /// Says why something was not done.
    pub fn refused(&self, refusal: &Refusal) {
        self.toast(&match refusal {
            Refusal::NotAuthorized => self.words.say("refused-not-authorized"),
            Refusal::NoAuthority => self.words.say("refused-no-authority"),
            Refusal::Because(why) => self.words.with("refused", [("why", why.as_str().into())]),
        });
    }

    /// Reads the days, if they have grown.
    pub async fn look(&self) {
        let Some(folder) = self.folder.clone() else {
            return;
        };
        let before = self.stamp.get();
        let reading = gio::spawn_blocking(move || {
            let stamp = history::stamp(&folder);
            (stamp != before).then(|| (stamp, history::read(&folder).ok()))
        });
        if let Ok(Some((stamp, log))) = reading.await {
            self.stamp.set(stamp);
            self.log.replace(log.map(Rc::new));
            self.tell(Change::Log);
        }
    }

    fn has_presence(self: &Rc<Self>, presence: Presence) {
        if *self.presence.borrow() == presence {
            return;
        }
        self.presence.replace(presence);
        self.tell(Change::Presence);
        let store = Rc::downgrade(self);
        glib::spawn_future_local(async move {
            glib::timeout_future(AFTER).await;
            if let Some(store) = store.upgrade() {
                store.look().await;
            }
        });
    }

    fn hears(&self, heard: Heard) {
        let evidence = match heard {
            Heard::Evidence(evidence) => Some(evidence),
            Heard::Nothing => None,
        };
        if self.evidence.replace(evidence) != evidence {
            self.tell(Change::Evidence);
        }
    }

    fn tell(&self, change: Change) {
        for listener in self.listeners.borrow().iter() {
            listener(change);
        }
    }
}
