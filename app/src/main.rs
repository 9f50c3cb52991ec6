//! `graspd-app`: graspd in a window, for the person who holds the device.
//!
//! It shows what the system bus tells everybody, what the socket tells the owner, what
//! `graspd-agent` has kept of the last days, and what `graspd doctor` finds; and it calls the
//! owner's methods. It decides nothing. docs/app.md

mod ask_doctor;
mod bus;
mod curve;
mod doctor;
mod enrolment;
mod forecast;
mod history;
mod owner_stream;
mod status;
mod status_text;
mod ui;
mod words;

use adw::prelude::*;
use gtk::glib;

/// The id that the desktop entry, the icons and the window have. docs/dbus.md says why `alt`.
const ID: &str = "alt.graspd.App";

fn main() -> glib::ExitCode {
    glib::set_application_name("graspd");
    let app = adw::Application::builder().application_id(ID).build();
    app.connect_startup(|_| ui::style::load());
    app.connect_activate(|app| match app.active_window() {
        Some(window) => window.present(),
        None => ui::window::open(app),
    });
    app.run()
}
