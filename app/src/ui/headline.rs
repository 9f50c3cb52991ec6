//! The headline of a page: an icon, a title and a sentence.

use adw::prelude::*;

use super::parts;
use crate::status_text::Tone;

/// Pixels of the icon.
const SIZE: i32 = 64;

/// The widgets of it.
pub struct Headline {
    /// All of it; more may be appended.
    pub content: gtk::Box,
    icon: gtk::Image,
    title: gtk::Label,
    sentence: gtk::Label,
}

impl Headline {
    /// Without words yet.
    pub fn new() -> Self {
        let icon = gtk::Image::builder()
            .pixel_size(SIZE)
            .halign(gtk::Align::Center)
            .accessible_role(gtk::AccessibleRole::Presentation)
            .margin_bottom(12)
            .build();
        icon.add_css_class("headline-icon");
        let (title, sentence) = (centred("title-1"), centred("body"));
        let content = gtk::Box::new(gtk::Orientation::Vertical, 6);
        content.set_margin_top(12);
        content.append(&icon);
        content.append(&title);
        content.append(&sentence);
        Self {
            content,
            icon,
            title,
            sentence,
        }
    }

    /// Shows these.
    pub fn show(&self, icon: &str, tone: Tone, title: &str, sentence: &str) {
        self.icon.set_icon_name(Some(icon));
        for (of, class) in [
            (Tone::Good, "good"),
            (Tone::Calm, "calm"),
            (Tone::Alert, "alert"),
            (Tone::Off, "off"),
        ] {
            match of == tone {
                true => self.icon.add_css_class(class),
                false => self.icon.remove_css_class(class),
            }
        }
        self.title.set_label(title);
        self.sentence.set_label(sentence);
    }
}

/// Text in the middle, in a style.
pub fn centred(class: &str) -> gtk::Label {
    let text = parts::text("");
    text.set_justify(gtk::Justification::Center);
    text.add_css_class(class);
    text
}
