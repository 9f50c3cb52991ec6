//! SVG, element by element. Colours are classes of the page's style.

use std::fmt::Write as _;

/// Units across a drawing: few, so that its text can be read on a phone.
pub(super) const WIDTH: f64 = 400.0;

/// A drawing in the making.
#[derive(Debug, Default)]
pub(super) struct Drawing(String);

impl Drawing {
    /// A straight line.
    pub fn line(&mut self, class: &str, [x1, y1]: [f64; 2], [x2, y2]: [f64; 2], title: &str) {
        let [x1, y1, x2, y2] = [x1, y1, x2, y2].map(short);
        self.titled(
            "line",
            &format!("class=\"{class}\" x1=\"{x1}\" y1=\"{y1}\" x2=\"{x2}\" y2=\"{y2}\""),
            title,
        );
    }

    /// A filled rectangle between two corners.
    pub fn bar(&mut self, class: &str, [x1, y1]: [f64; 2], [x2, y2]: [f64; 2], title: &str) {
        let [x, y, width, height] = [x1, y1, x2 - x1, y2 - y1].map(short);
        self.titled(
            "rect",
            &format!("class=\"{class}\" x=\"{x}\" y=\"{y}\" width=\"{width}\" height=\"{height}\""),
            title,
        );
    }

    /// A path through points, each either joined to the one before or not. One
    /// that stands alone is drawn as long as its line is thick.
    pub fn path(&mut self, class: &str, points: impl IntoIterator<Item = ([f64; 2], bool)>) {
        let mut steps = String::new();
        for (k, ([x, y], joined)) in points.into_iter().enumerate() {
            let [x, y] = [x, y].map(short);
            // Writing to a string cannot fail.
            let _ = match joined && k > 0 {
                true => write!(steps, "L{x} {y}"),
                false => write!(steps, "M{x} {y}h0"),
            };
        }
        self.titled("path", &format!("class=\"{class}\" d=\"{steps}\""), "");
    }

    /// A line of text. `class` says how it is set.
    pub fn text(&mut self, class: &str, [x, y]: [f64; 2], text: &str) {
        let ([x, y], text) = ([x, y].map(short), escape(text));
        let _ = writeln!(
            self.0,
            "<text class=\"{class}\" x=\"{x}\" y=\"{y}\">{text}</text>"
        );
    }

    /// The drawing, `height` units high; `label` says what it shows to those
    /// who do not see it.
    pub fn finish(self, height: f64, label: &str) -> String {
        let (height, label) = (short(height), escape(label));
        format!(
            "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{label}\">\n{}</svg>\n",
            self.0
        )
    }

    /// An element; a `title` is told when it is pointed at.
    fn titled(&mut self, tag: &str, attributes: &str, title: &str) {
        let _ = match title {
            "" => writeln!(self.0, "<{tag} {attributes}/>"),
            title => writeln!(
                self.0,
                "<{tag} {attributes}><title>{}</title></{tag}>",
                escape(title)
            ),
        };
    }
}

/// A tenth of a unit is finer than anyone sees.
fn short(number: f64) -> f64 {
    // Adding nought makes nought of its negative.
    (number * 10.0).round() / 10.0 + 0.0
}

/// Text as HTML and SVG take it, in attributes too, without control characters.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars().filter(|character| !character.is_control()) {
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
