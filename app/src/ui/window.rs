//! The window: four pages, whose switcher is above them where there is room, and below where not.

use std::rc::Rc;

use adw::prelude::*;
use gtk::{gio, glib};

use super::named::named;
use super::store::Store;
use super::{health, learning, locks, now};

/// Opens it.
pub fn open(app: &adw::Application) {
    let toasts = adw::ToastOverlay::new();
    let store = Store::new(&toasts);
    let words = &store.words;
    let stack = adw::ViewStack::builder().vexpand(true).build();
    let add = |page: &gtk::ScrolledWindow, name, title: &str, icon| {
        stack
            .add_titled(page, Some(name), title)
            .set_icon_name(Some(icon));
    };
    let symbolic = "alt.graspd.App-symbolic";
    add(&now::page(&store), "now", &words.say("page-now"), symbolic);
    let lock = "changes-prevent-symbolic";
    add(
        &locks::page(&store),
        "locks",
        &words.say("page-locks"),
        lock,
    );
    let learn = "avatar-default-symbolic";
    add(
        &learning::page(&store),
        "learning",
        &words.say("page-learning"),
        learn,
    );
    let health_icon = "emblem-system-symbolic";
    add(
        &health::page(&store),
        "health",
        &words.say("page-health"),
        health_icon,
    );
    toasts.set_child(Some(&stack));

    let title = adw::ViewSwitcherTitle::builder()
        .stack(&stack)
        .title(words.say("app-name"))
        .build();
    let header = adw::HeaderBar::builder()
        .title_widget(&title)
        .centering_policy(adw::CenteringPolicy::Loose)
        .build();
    header.pack_end(&menu(&store));
    let below = adw::ViewSwitcherBar::builder().stack(&stack).build();
    title
        .bind_property("title-visible", &below, "reveal")
        .sync_create()
        .build();

    let content = gtk::Box::new(gtk::Orientation::Vertical, 0);
    content.append(&header);
    content.append(&toasts);
    content.append(&below);
    let window = adw::ApplicationWindow::builder()
        .application(app)
        .title(words.say("app-name"))
        .icon_name(crate::ID)
        .default_width(480)
        .default_height(760)
        .width_request(320)
        .height_request(294)
        .content(&content)
        .build();
    actions(&window, &stack, &store);
    window.present();
    store.start();
}

fn menu(store: &Store) -> gtk::MenuButton {
    let menu = gio::Menu::new();
    menu.append(Some(&store.words.say("menu-about")), Some("win.about"));
    let name = store.words.say("menu");
    let button: gtk::MenuButton = named(&name);
    button.set_icon_name("open-menu-symbolic");
    button.set_menu_model(Some(&menu));
    button.set_primary(true);
    button.set_tooltip_text(Some(&name));
    button
}

/// The window keeps what it shows: `store` lives as long as these actions.
fn actions(window: &adw::ApplicationWindow, stack: &adw::ViewStack, store: &Rc<Store>) {
    let about = gio::SimpleAction::new("about", None);
    about.connect_activate(glib::clone!(
        #[weak]
        window,
        #[strong]
        store,
        move |_, _| about_window(&window, &store)
    ));
    window.add_action(&about);
    let show = gio::SimpleAction::new("show", Some(glib::VariantTy::STRING));
    show.connect_activate(glib::clone!(
        #[weak]
        stack,
        move |_, name| {
            if let Some(name) = name.and_then(glib::Variant::str) {
                stack.set_visible_child_name(name);
            }
        }
    ));
    window.add_action(&show);
}

fn about_window(window: &adw::ApplicationWindow, store: &Store) {
    let about = adw::AboutWindow::builder()
        .transient_for(window)
        .modal(true)
        .application_name(store.words.say("app-name"))
        .application_icon(crate::ID)
        .version(env!("CARGO_PKG_VERSION"))
        .comments(store.words.say("about-comments"))
        .license_type(gtk::License::MitX11)
        .build();
    about.present();
}
