//! The legend of the chart's colours.

use adw::prelude::*;

use super::{parts, style};
use crate::words::Words;

/// Names beside their colours, in as many lines as they need.
pub fn legend(words: &Words) -> gtk::FlowBox {
    let flow = gtk::FlowBox::builder()
        .selection_mode(gtk::SelectionMode::None)
        .max_children_per_line(4)
        .column_spacing(6)
        .accessible_role(gtk::AccessibleRole::Presentation)
        .build();
    let entries = [
        (style::LOCK, words.say("legend-lock")),
        (style::LOCKED, words.say("legend-locked")),
        (style::AT_REST, words.say("legend-at-rest")),
        (style::UNDECIDED, words.say("legend-undecided")),
    ];
    for (colour, name) in entries {
        let entry = gtk::Box::new(gtk::Orientation::Horizontal, 6);
        entry.append(&swatch(colour));
        let label = parts::text(&name);
        label.add_css_class("caption");
        entry.append(&label);
        let child = gtk::FlowBoxChild::builder()
            .child(&entry)
            .focusable(false)
            .accessible_role(gtk::AccessibleRole::Presentation)
            .build();
        flow.insert(&child, -1);
    }
    flow
}

fn swatch((red, green, blue): (f64, f64, f64)) -> gtk::DrawingArea {
    let area = gtk::DrawingArea::builder()
        .content_width(12)
        .content_height(12)
        .valign(gtk::Align::Center)
        .accessible_role(gtk::AccessibleRole::Presentation)
        .build();
    area.set_draw_func(move |_, canvas, width, height| {
        canvas.set_source_rgb(red, green, blue);
        canvas.rectangle(0.0, 0.0, width.into(), height.into());
        // A canvas that fails has nothing more to show.
        let _ = canvas.fill();
    });
    area
}
