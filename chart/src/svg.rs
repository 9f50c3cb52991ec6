//! Builds SVG elements.

use std::fmt::{self, Write as _};

use maud::{Markup, PreEscaped, Render, html};

/// Width of every drawing in units of its view box.
pub(crate) const WIDTH: f64 = 400.0;

/// A finished drawing, with its legend under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Svg(String);

impl fmt::Display for Svg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Render for Svg {
    fn render(&self) -> Markup {
        PreEscaped(self.0.clone())
    }
}

/// A colour by its role; the style sheet defines it for light and for dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// The colour of the series with this number, of [`Paint::COLOURS`] that can be
    /// told apart with colour blindness too.
    Series(usize),
    /// The colour of text.
    Ink,
    /// For elements in the background.
    Faint,
}

impl Paint {
    /// Number of colours before they repeat.
    pub const COLOURS: usize = 7;

    /// The class of the colour in the style sheet.
    pub(crate) fn class(self) -> String {
        match self {
            Self::Series(number) => format!("c{}", number % Self::COLOURS),
            Self::Ink => "ink".into(),
            Self::Faint => "faint".into(),
        }
    }
}

/// A drawing in progress. A `title` is shown as a tooltip; an empty one is left out.
#[derive(Debug, Default)]
pub(crate) struct Drawing(String);

impl Drawing {
    /// A straight line.
    pub fn line(&mut self, class: &str, from: [f64; 2], to: [f64; 2], title: &str) {
        let ([x1, y1], [x2, y2]) = (from.map(short), to.map(short));
        self.add(html! {
            line class=(class) x1=(x1) y1=(y1) x2=(x2) y2=(y2) { (tooltip(title)) }
        });
    }

    /// A filled circle.
    pub fn dot(&mut self, paint: Paint, at: [f64; 2], radius: f64, title: &str) {
        let ([x, y], class) = (at.map(short), paint.class());
        self.add(html! {
            circle class={ "fill " (class) } cx=(x) cy=(y) r=(short(radius)) { (tooltip(title)) }
        });
    }

    /// A rectangle by two of its corners.
    pub fn rectangle(&mut self, class: &str, one: [f64; 2], other: [f64; 2], title: &str) {
        let [x, y] = [0, 1].map(|k| short(one[k].min(other[k])));
        let [width, height] = [0, 1].map(|k| short((one[k] - other[k]).abs()));
        self.add(html! {
            rect class=(class) x=(x) y=(y) width=(width) height=(height) { (tooltip(title)) }
        });
    }

    /// A path through the points of each piece, closed if `closed`. A piece of one
    /// point is drawn as a dot of the line's width.
    pub fn path<'a>(
        &mut self,
        class: &str,
        pieces: impl IntoIterator<Item = &'a [[f64; 2]]>,
        closed: bool,
        title: &str,
    ) {
        let mut steps = String::new();
        for piece in pieces {
            for (k, point) in piece.iter().enumerate() {
                let step = if k == 0 { "M" } else { "L" };
                let [x, y] = point.map(short);
                // Writing to a string cannot fail.
                let _ = write!(steps, "{step}{x} {y}");
            }
            match piece.len() {
                1 => steps += "h0",
                _ if closed => steps += "Z",
                _ => {}
            }
        }
        self.add(html! { path class=(class) d=(steps) { (tooltip(title)) } });
    }

    /// A line of text.
    pub fn text(&mut self, class: &str, at: [f64; 2], text: &str) {
        let [x, y] = at.map(short);
        self.add(html! { text class=(class) x=(x) y=(y) { (text) } });
    }

    /// Groups what `draw` draws under one tooltip.
    pub fn group(&mut self, title: &str, draw: impl FnOnce(&mut Self)) {
        let mut group = Self::default();
        draw(&mut group);
        self.add(html! { g { (tooltip(title)) (PreEscaped(group.0)) } });
    }

    /// Finishes the drawing, `height` units high, with `legend` under it. `label` describes
    /// it for screen readers.
    pub fn finish(self, height: f64, label: &str, legend: Markup) -> Svg {
        let height = short(height);
        let svg = html! {
            svg viewBox={ "0 0 " (WIDTH) " " (height) } role="img" aria-label=(label) {
                "\n" (PreEscaped(self.0))
            }
            (legend)
        };
        Svg(svg.into_string())
    }

    /// The elements without the surrounding `svg`.
    pub fn elements(self) -> Markup {
        PreEscaped(self.0)
    }

    fn add(&mut self, element: Markup) {
        self.0 += &element.into_string();
        self.0.push('\n');
    }
}

fn tooltip(title: &str) -> Markup {
    html! {
        @if !title.is_empty() {
            title { (title) }
        }
    }
}

/// The drawing shown where there are no values.
pub(crate) fn no_data(label: &str) -> Svg {
    let mut drawing = Drawing::default();
    drawing.text("middle", [WIDTH / 2.0, 34.0], "no data");
    drawing.finish(60.0, &format!("{label}: no data"), html! {})
}

/// Width of `text` at 12 units. It is an upper estimate for common fonts, as the
/// reader's font is not known.
pub(crate) fn text_width(text: &str) -> f64 {
    text.chars().map(advance).sum()
}

/// `text`, shortened with an ellipsis if it is wider than `width` units.
pub(crate) fn fitting(text: &str, width: f64) -> String {
    if text_width(text) <= width {
        return text.to_owned();
    }
    let mut room = width - advance('…');
    let fits = |character: &char| {
        room -= advance(*character);
        room >= 0.0
    };
    text.chars().take_while(fits).chain(['…']).collect()
}

/// Upper estimate of a character's width at 12 units, from DejaVu Sans.
fn advance(character: char) -> f64 {
    match character {
        'm' | 'w' | 'M' | 'W' | '%' | '@' | '…' => 12.0,
        'i' | 'j' | 'l' | ' ' | '.' | ',' | ':' | ';' | '\'' | '|' => 4.2,
        'A'..='Z' => 9.4,
        _ => 7.7,
    }
}

/// Rounded to a tenth of a unit, which is not visible.
fn short(number: f64) -> f64 {
    // Adding 0 turns -0 into 0.
    (number * 10.0).round() / 10.0 + 0.0
}
