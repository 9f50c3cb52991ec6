//! The chart of a day: evidence, states and locks.

use std::cell::RefCell;
use std::rc::Rc;

use adw::prelude::*;
use gtk::cairo::{self, Context};

use super::named::named;
use super::{style, times};
use crate::curve;
use crate::history::{Kind, Log};
use crate::words::Words;

/// Room for the times below, in pixels.
const BELOW: f64 = 22.0;
/// The least time that is drawn, in seconds.
const SHORTEST: i64 = 600;
/// Room that a time needs, in pixels.
const TIME_WIDTH: f64 = 64.0;

/// What is drawn.
#[derive(Clone)]
struct Shown {
    log: Rc<Log>,
    ends: (i64, i64),
}

/// The drawing.
#[derive(Clone)]
pub struct Chart {
    /// The widget.
    pub area: gtk::DrawingArea,
    shown: Rc<RefCell<Option<Shown>>>,
}

impl Chart {
    /// Nothing yet.
    pub fn new(words: &Words) -> Self {
        let area: gtk::DrawingArea = named(&words.say("curve"));
        area.set_content_height(190);
        area.set_hexpand(true);
        area.set_property("accessible-role", gtk::AccessibleRole::Img);
        let shown: Rc<RefCell<Option<Shown>>> = Rc::default();
        let drawn = shown.clone();
        area.set_draw_func(move |area, canvas, width, height| {
            if let Some(shown) = drawn.borrow().as_ref() {
                let size = (f64::from(width), f64::from(height));
                // A canvas that fails has nothing more to show.
                let _ = draw(area, canvas, size, shown);
            }
        });
        Self { area, shown }
    }

    /// Shows what is between these times; the same in words, if there is anything.
    pub fn show(&self, words: &Words, log: &Rc<Log>, (from, to): (i64, i64)) -> Option<String> {
        let ends = log.ends_within(from, to);
        let shown = ends.map(|(first, last)| Shown {
            log: log.clone(),
            ends: (first, last.max(first + SHORTEST)),
        });
        let summary = shown.as_ref().map(|shown| summary(words, shown));
        self.shown.replace(shown);
        self.area.queue_draw();
        summary
    }
}

/// The chart in words.
fn summary(words: &Words, shown: &Shown) -> String {
    let (from, to) = shown.ends;
    let within = |at: i64| (from..=to).contains(&at);
    let mut points = shown.log.points.iter().filter(|point| within(point.at));
    let hundredths = |evidence: f64| ((evidence * 100.0).round() as u64).into();
    let lowest = points
        .clone()
        .map(|point| point.evidence)
        .fold(1.0, f64::min);
    let newest = points.next_back().map_or(0.0, |point| point.evidence);
    let locks = shown
        .log
        .locks
        .iter()
        .filter(|lock| within(lock.at))
        .count();
    words.with(
        "curve-in-words",
        [
            ("from", times::clock(from).into()),
            ("to", times::clock(to).into()),
            ("lowest", hundredths(lowest)),
            ("newest", hundredths(newest)),
            ("locks", locks.into()),
        ],
    )
}

fn draw(
    area: &gtk::DrawingArea,
    canvas: &Context,
    (width, height): (f64, f64),
    shown: &Shown,
) -> Result<(), cairo::Error> {
    let ink = area.style_context().color();
    let ink = |alpha: f64| {
        canvas.set_source_rgba(
            ink.red().into(),
            ink.green().into(),
            ink.blue().into(),
            alpha,
        );
    };
    let (from, to) = shown.ends;
    let (top, bottom) = (6.0, height - BELOW);
    let length = (to - from).max(1) as f64;
    let x = |at: i64| ((at - from) as f64 / length).clamp(0.0, 1.0) * width;
    let y = |evidence: f64| bottom - evidence * (bottom - top);

    for span in shown
        .log
        .spans()
        .filter(|span| span.to >= from && span.from <= to)
    {
        let (red, green, blue) = match span.kind {
            Kind::Locked => style::LOCKED,
            Kind::AtRest => style::AT_REST,
            Kind::Undecided => style::UNDECIDED,
        };
        canvas.set_source_rgba(red, green, blue, 0.25);
        let (left, right) = (x(span.from), x(span.to));
        canvas.rectangle(left, top, (right - left).max(1.0), bottom - top);
        canvas.fill()?;
    }
    canvas.set_line_width(1.0);
    for level in [0.0, 0.5, 1.0] {
        ink(0.15);
        canvas.move_to(0.0, y(level).round() + 0.5);
        canvas.line_to(width, y(level).round() + 0.5);
        canvas.stroke()?;
    }
    let most = (width / TIME_WIDTH).max(1.0) as usize;
    for at in curve::ticks(shown.ends, most, times::offset(from)) {
        let text = area.create_pango_layout(Some(&times::clock(at)));
        let text_width = f64::from(text.pixel_size().0);
        let left = (x(at) - text_width / 2.0).clamp(0.0, width - text_width);
        ink(0.15);
        canvas.move_to(x(at).round() + 0.5, bottom);
        canvas.line_to(x(at).round() + 0.5, bottom + 4.0);
        canvas.stroke()?;
        ink(0.6);
        canvas.move_to(left, bottom + 3.0);
        pangocairo::functions::show_layout(canvas, &text);
    }

    let (red, green, blue) = style::EVIDENCE;
    canvas.set_source_rgb(red, green, blue);
    canvas.set_line_width(2.0);
    canvas.set_line_join(cairo::LineJoin::Round);
    canvas.set_line_cap(cairo::LineCap::Round);
    for line in curve::lines(&shown.log.points, shown.ends, width as usize) {
        for (n, (along, evidence)) in line.iter().enumerate() {
            let at = (along * width, y(*evidence));
            match n {
                0 => canvas.move_to(at.0, at.1),
                _ => canvas.line_to(at.0, at.1),
            }
        }
        if let [(along, evidence)] = line[..] {
            canvas.line_to(along * width, y(evidence));
        }
        canvas.stroke()?;
    }
    let (red, green, blue) = style::LOCK;
    canvas.set_source_rgb(red, green, blue);
    let within = |at: i64| (from..=to).contains(&at);
    for lock in shown.log.locks.iter().filter(|lock| within(lock.at)) {
        canvas.move_to(x(lock.at), top);
        canvas.line_to(x(lock.at), bottom);
        canvas.stroke()?;
    }
    Ok(())
}
