//! The state that the pages share, with listeners for its changes.

use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::rc::Rc;
use std::time::Duration;

use graspd_client::{daemon, days};
use gtk::{gio, glib};

use crate::bus::{Bus, Refusal};
use crate::history::{self, Log};
use crate::owner_stream::{self, Reading};
use crate::status::Presence;
use crate::words::Words;

/// How often the days are read, if they have grown.
const READ_EVERY: Duration = Duration::from_secs(30);
/// How long the agent may take to write down what has just happened.
const AGENT_DELAY: Duration = Duration::from_secs(2);

/// What has changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Whether the daemon runs, its status, or whether a lock has left the screen open.
    Presence,
    /// The current evidence.
    Evidence,
    /// The history.
    Log,
}

type Listener = Box<dyn Fn(Change)>;

/// The state that the pages share.
pub struct Store {
    /// The texts.
    pub words: Words,
    /// The daemon's interface.
    pub bus: Bus,
    /// The folder of the days.
    pub folder: Option<PathBuf>,
    toasts: adw::ToastOverlay,
    presence: RefCell<Presence>,
    evidence: Cell<Option<f64>>,
    open_in_lock: Cell<bool>,
    log: RefCell<Option<Rc<Log>>>,
    stamp: Cell<u64>,
    listeners: RefCell<Vec<Listener>>,
}

impl Store {
    /// Nothing is known before [`Store::start`].
    pub fn new(toasts: &adw::ToastOverlay) -> Rc<Self> {
        Rc::new(Self {
            words: Words::of_environment(),
            bus: Bus::default(),
            folder: days::usual_folder(),
            toasts: toasts.clone(),
            presence: RefCell::default(),
            evidence: Cell::default(),
            open_in_lock: Cell::default(),
            log: RefCell::default(),
            stamp: Cell::default(),
            listeners: RefCell::default(),
        })
    }

    /// Follows the bus, the socket and the days from now on, until the window is gone.
    pub fn start(self: &Rc<Self>) {
        let store = Rc::downgrade(self);
        let bus = self.bus.clone();
        glib::spawn_future_local(async move {
            bus.follow(move |presence| {
                if let Some(store) = store.upgrade() {
                    store.set_presence(presence);
                }
            })
            .await;
        });
        let store = Rc::downgrade(self);
        glib::spawn_future_local(owner_stream::listen(
            daemon::usual_socket(),
            move |reading| {
                if let Some(store) = store.upgrade() {
                    store.set_reading(reading);
                }
            },
        ));
        let store = Rc::downgrade(self);
        glib::spawn_future_local(async move {
            while let Some(store) = store.upgrade() {
                store.read_days().await;
                drop(store);
                glib::timeout_future(READ_EVERY).await;
            }
        });
    }

    /// Has `listener` called with every change.
    pub fn listen(&self, listener: impl Fn(Change) + 'static) {
        self.listeners.borrow_mut().push(Box::new(listener));
    }

    /// Whether the daemon runs, and its status.
    pub fn presence(&self) -> Presence {
        self.presence.borrow().clone()
    }

    /// The current evidence; `None` where it is not known.
    pub fn evidence(&self) -> Option<f64> {
        self.evidence.get()
    }

    /// Whether the screen is open although a lock was asked for, as far as is known.
    pub fn is_open_in_lock(&self) -> bool {
        self.open_in_lock.get()
    }

    /// The history; `None` without any.
    pub fn log(&self) -> Option<Rc<Log>> {
        self.log.borrow().clone()
    }

    /// Shows a text for a moment.
    pub fn toast(&self, said: &str) {
        let toast = adw::Toast::new(&glib::markup_escape_text(said));
        self.toasts.add_toast(toast);
    }

    /// Shows why a call was refused.
    pub fn show_refusal(&self, refusal: &Refusal) {
        self.toast(&match refusal {
            Refusal::NotAuthorized => self.words.say("refused-not-authorized"),
            Refusal::NoAuthority => self.words.say("refused-no-authority"),
            Refusal::Other(why) => self.words.with("refused", [("why", why.as_str().into())]),
        });
    }

    /// Reads the days, if they have grown.
    pub async fn read_days(&self) {
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
            self.notify(Change::Log);
        }
    }

    fn set_presence(self: &Rc<Self>, presence: Presence) {
        if *self.presence.borrow() == presence {
            return;
        }
        self.presence.replace(presence);
        self.notify(Change::Presence);
        let store = Rc::downgrade(self);
        glib::spawn_future_local(async move {
            glib::timeout_future(AGENT_DELAY).await;
            if let Some(store) = store.upgrade() {
                store.read_days().await;
            }
        });
    }

    fn set_reading(&self, reading: Reading) {
        match reading {
            Reading::Evidence(evidence) => self.set_evidence(Some(evidence)),
            Reading::OpenInLock(open) => self.set_open_in_lock(open),
            Reading::Unavailable => {
                self.set_evidence(None);
                self.set_open_in_lock(false);
            }
        }
    }

    fn set_evidence(&self, evidence: Option<f64>) {
        if self.evidence.replace(evidence) != evidence {
            self.notify(Change::Evidence);
        }
    }

    fn set_open_in_lock(&self, open: bool) {
        if self.open_in_lock.replace(open) != open {
            self.notify(Change::Presence);
        }
    }

    fn notify(&self, change: Change) {
        for listener in self.listeners.borrow().iter() {
            listener(change);
        }
    }
}
