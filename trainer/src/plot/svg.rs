//! SVG, element by element.

use std::fmt::{self, Write as _};

use super::axis::Axis;

/// Units across a drawing.
pub(super) const WIDTH: f64 = 400.0;

/// A finished drawing, to be put into a page as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Svg(String);

impl fmt::Display for Svg {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What something is drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// The colour of the series with this number, of [`Paint::COLOURS`] that
    /// people who see colours differently can tell apart.
    Series(usize),
    /// The colour of text.
    Ink,
    /// For what stands back.
    Faint,
}

impl Paint {
    /// How many colours there are before they come round again.
    pub const COLOURS: usize = 7;

    /// The class that has the colour.
    pub(super) fn class(self) -> String {
        match self {
            Self::Series(number) => format!("c{}", number % Self::COLOURS),
            Self::Ink => "ink".into(),
            Self::Faint => "faint".into(),
        }
    }
}

/// A drawing in the making.
#[derive(Debug, Default)]
pub(super) struct Drawing(String);

impl Drawing {
    /// An element with numbers for attributes. A `title` is told when it is
    /// pointed at; an empty one is not.
    pub fn shape(&mut self, tag: &str, class: &str, numbers: &[(&str, f64)], title: &str) {
        let _ = write!(self.0, "<{tag} class=\"{class}\"");
        for (name, number) in numbers {
            let _ = write!(self.0, " {name}=\"{}\"", short(*number));
        }
        self.end(tag, title);
    }

    /// A straight line.
    pub fn line(&mut self, class: &str, [x1, y1]: [f64; 2], [x2, y2]: [f64; 2], title: &str) {
        let ends = [("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2)];
        self.shape("line", class, &ends, title);
    }

    /// A filled circle.
    pub fn dot(&mut self, paint: Paint, [x, y]: [f64; 2], radius: f64, title: &str) {
        let class = format!("fill {}", paint.class());
        let at = [("cx", x), ("cy", y), ("r", radius)];
        self.shape("circle", &class, &at, title);
    }

    /// A filled rectangle by two of its corners.
    pub fn bar(&mut self, class: &str, [x1, y1]: [f64; 2], [x2, y2]: [f64; 2], title: &str) {
        let numbers = [
            ("x", x1.min(x2)),
            ("y", y1.min(y2)),
            ("width", (x2 - x1).abs()),
            ("height", (y2 - y1).abs()),
        ];
        self.shape("rect", class, &numbers, title);
    }

    /// A path through `points`, in pieces, each closed where `closed` says so.
    pub fn path<'a>(
        &mut self,
        class: &str,
        pieces: impl IntoIterator<Item = &'a [[f64; 2]]>,
        closed: bool,
        title: &str,
    ) {
        let _ = write!(self.0, "<path class=\"{class}\" d=\"");
        for piece in pieces {
            for (k, [x, y]) in piece.iter().enumerate() {
                let step = if k == 0 { "M" } else { "L" };
                let _ = write!(self.0, "{step}{} {}", short(*x), short(*y));
            }
            if closed {
                self.0.push('Z');
            }
        }
        self.0.push('"');
        self.end("path", title);
    }

    /// A line of text. `class` says how it is set.
    pub fn text(&mut self, class: &str, [x, y]: [f64; 2], text: &str) {
        let (x, y, text) = (short(x), short(y), escape(text));
        let _ = writeln!(
            self.0,
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{text}</text>"
        );
    }

    /// What `draw` draws, as one thing with one title.
    pub fn group(&mut self, title: &str, draw: impl FnOnce(&mut Self)) {
        let _ = writeln!(self.0, "<g><title>{}</title>", escape(title));
        draw(self);
        self.0 += "</g>\n";
    }

    /// The drawing, `height` units high; `label` says what it shows to those who
    /// do not see it.
    pub fn finish(self, height: f64, label: &str) -> Svg {
        let (height, label) = (short(height), escape(label));
        Svg(format!(
            "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{label}\">\n{}</svg>\n",
            self.0
        ))
    }

    fn end(&mut self, tag: &str, title: &str) {
        let _ = if title.is_empty() {
            writeln!(self.0, "/>")
        } else {
            writeln!(self.0, "><title>{}</title></{tag}>", escape(title))
        };
    }
}

/// What is drawn where there is nothing to draw.
pub(super) fn no_data(label: &str) -> Svg {
    let mut drawing = Drawing::default();
    drawing.text("middle", [WIDTH / 2.0, 34.0], "no data");
    drawing.finish(60.0, &format!("{label}: no data"))
}

/// A point of a chart as its title tells it.
pub(super) fn point_title(name: &str, x: (&Axis, f64), y: (&Axis, f64)) -> String {
    let told = |(axis, value): (&Axis, f64)| format!("{} {}", axis.label, axis.told(value));
    format!("{name}: {}, {}", told(x), told(y))
}

/// Width of `text`, for the widest fonts that pages are commonly set in: which
/// one it will be is not known here.
pub(super) fn text_width(text: &str) -> f64 {
    text.chars().count() as f64 * 7.6
}

/// `text`, or as much of it as `width` units hold.
pub(super) fn fitting(text: &str, width: f64) -> String {
    if text_width(text) <= width {
        return text.to_owned();
    }
    let most = (width / text_width("x")).max(1.0) as usize - 1;
    text.chars().take(most).chain(['…']).collect()
}

/// A tenth of a unit is finer than anyone sees.
fn short(number: f64) -> f64 {
    // Adding nought makes nought of its negative.
    (number * 10.0).round() / 10.0 + 0.0
}

/// Text as HTML and SVG take it, in attributes too.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped += "&amp;",
            '<' => escaped += "&lt;",
            '>' => escaped += "&gt;",
            '"' => escaped += "&quot;",
            '\'' => escaped += "&#39;",
            other => escaped.push(other),
        }
    }
    escaped
}
