//! Makes widgets with an accessible name. The bindings can give one from GTK 4.10 on, GtkBuilder in
//! every GTK 4.

use adw::prelude::*;
use gtk::glib::{self, object::IsClass};

/// A widget with this accessible name.
pub fn named<T: IsA<glib::Object> + IsClass>(name: &str) -> T {
    let described = format!(
        "<interface><object class='{}' id='it'><accessibility><property name='label'>{}</property>\
         </accessibility></object></interface>",
        T::static_type().name(),
        glib::markup_escape_text(name)
    );
    let built = gtk::Builder::from_string(&described).object("it");
    built.unwrap_or_else(glib::Object::new)
}
