//! Parts that the pages are put together from. Each that can be used has a name for those who do
//! not see it.

use adw::prelude::*;

use super::named::named;

/// A page that is as wide as can be read, and scrolls.
pub fn page(told: &str, content: &impl IsA<gtk::Widget>) -> gtk::ScrolledWindow {
    let clamp = adw::Clamp::builder()
        .maximum_size(640)
        .tightening_threshold(400)
        .margin_top(18)
        .margin_bottom(24)
        .margin_start(12)
        .margin_end(12)
        .child(content)
        .build();
    let page: gtk::ScrolledWindow = named(told);
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

/// A row that is read, and not used.
pub fn row(title: &str, subtitle: &str) -> adw::ActionRow {
    let row = adw::ActionRow::builder().use_markup(false).build();
    tell(&row, title, subtitle);
    row
}

/// Says something else on a row.
pub fn tell(row: &adw::ActionRow, title: &str, subtitle: &str) {
    row.set_title(title);
    row.set_subtitle(subtitle);
}

/// A button with words on it, which are its name.
pub fn button(label: &str) -> gtk::Button {
    gtk::Button::builder()
        .label(label)
        .valign(gtk::Align::Center)
        .build()
}

/// A button whose words are short, and told in full to those who hear them alone.
pub fn told_button(label: &str, told: &str) -> gtk::Button {
    let button: gtk::Button = named(told);
    // As a child of its own, or its words would be told a second time.
    button.set_child(Some(&gtk::Label::new(Some(label))));
    button.set_valign(gtk::Align::Center);
    button
}

/// A button with a picture on it.
pub fn icon_button(icon: &str, told: &str) -> gtk::Button {
    let button: gtk::Button = named(told);
    button.set_icon_name(icon);
    button.set_tooltip_text(Some(told));
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

/// A bar, from nothing to all.
pub fn bar(told: &str) -> gtk::ProgressBar {
    let bar: gtk::ProgressBar = named(told);
    bar.set_valign(gtk::Align::Center);
    bar.add_css_class("sure");
    bar
}

/// Rows that are put up anew whenever they change.
#[derive(Clone)]
pub struct Rows {
    group: adw::PreferencesGroup,
    shown: std::rc::Rc<std::cell::RefCell<Vec<gtk::Widget>>>,
}

impl Rows {
    /// None yet, in this group.
    pub fn of(group: &adw::PreferencesGroup) -> Self {
        Self {
            group: group.clone(),
            shown: std::rc::Rc::default(),
        }
    }

    /// Takes all away.
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
