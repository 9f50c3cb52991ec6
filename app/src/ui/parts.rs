//! Widgets that several pages use. Those that take input have accessible names.

use adw::prelude::*;

use super::named::named;

/// A page that is as wide as can be read, and scrolls.
pub fn page(name: &str, content: &impl IsA<gtk::Widget>) -> gtk::ScrolledWindow {
    let clamp = adw::Clamp::builder()
        .maximum_size(640)
        .tightening_threshold(400)
        .margin_top(18)
        .margin_bottom(24)
        .margin_start(12)
        .margin_end(12)
        .child(content)
        .build();
    let page: gtk::ScrolledWindow = named(name);
    page.set_policy(gtk::PolicyType::Never, gtk::PolicyType::Automatic);
    page.set_vexpand(true);
    page.set_child(Some(&clamp));
    page
}

/// The column of a page.
pub fn column() -> gtk::Box {
    gtk::Box::new(gtk::Orientation::Vertical, 24)
}

/// Rows under a title.
pub fn group(title: &str) -> adw::PreferencesGroup {
    adw::PreferencesGroup::builder().title(title).build()
}

/// A row that takes no input.
pub fn row(title: &str, subtitle: &str) -> adw::ActionRow {
    let row = adw::ActionRow::builder().use_markup(false).build();
    set_text(&row, title, subtitle);
    row
}

/// Changes the text of a row.
pub fn set_text(row: &adw::ActionRow, title: &str, subtitle: &str) {
    row.set_title(title);
    row.set_subtitle(subtitle);
}

/// A button with a label, which is its accessible name.
pub fn button(label: &str) -> gtk::Button {
    gtk::Button::builder()
        .label(label)
        .valign(gtk::Align::Center)
        .build()
}

/// A button with a short label, and an accessible name that says the same in full.
pub fn button_in_full(label: &str, name: &str) -> gtk::Button {
    let button: gtk::Button = named(name);
    // As a child of its own, or a screen reader would read the label as well.
    button.set_child(Some(&gtk::Label::new(Some(label))));
    button.set_valign(gtk::Align::Center);
    button
}

/// A button with an icon.
pub fn icon_button(icon: &str, name: &str) -> gtk::Button {
    let button: gtk::Button = named(name);
    button.set_icon_name(icon);
    button.set_tooltip_text(Some(name));
    button.set_valign(gtk::Align::Center);
    button.add_css_class("flat");
    button
}

/// Text that wraps.
pub fn text(said: &str) -> gtk::Label {
    gtk::Label::builder()
        .label(said)
        .wrap(true)
        .wrap_mode(gtk::pango::WrapMode::WordChar)
        .natural_wrap_mode(gtk::NaturalWrapMode::None)
        .build()
}

/// A progress bar.
pub fn bar(name: &str) -> gtk::ProgressBar {
    let bar: gtk::ProgressBar = named(name);
    bar.set_valign(gtk::Align::Center);
    bar.add_css_class("thick-bar");
    bar
}

/// Rows of a group that are replaced whenever they change.
#[derive(Clone)]
pub struct Rows {
    group: adw::PreferencesGroup,
    shown: std::rc::Rc<std::cell::RefCell<Vec<gtk::Widget>>>,
}

impl Rows {
    /// None yet.
    pub fn of(group: &adw::PreferencesGroup) -> Self {
        Self {
            group: group.clone(),
            shown: std::rc::Rc::default(),
        }
    }

    /// Removes all.
    pub fn clear(&self) {
        for row in self.shown.take() {
            self.group.remove(&row);
        }
    }

    /// Adds one.
    pub fn add(&self, row: &impl IsA<gtk::Widget>) {
        self.group.add(row);
        self.shown.borrow_mut().push(row.clone().upcast());
    }
}
