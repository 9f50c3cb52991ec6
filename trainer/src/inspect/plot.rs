//! Plots as SVG: a row for each person, values along it.

use std::fmt::Write as _;

/// One mark in a row. `class` says how the page draws it.
pub(super) struct Mark {
    pub class: &'static str,
    pub shape: Shape,
    /// What is told when it is pointed at.
    pub title: String,
}

/// What is drawn, in the unit of the axis.
pub(super) enum Shape {
    /// A bar from one value to another.
    Bar(f64, f64),
    /// A dot at a value; `lane` from -1 to 1 says where across the row.
    Dot { at: f64, lane: f64, radius: f64 },
}

const ROW: f64 = 18.0;
const LEFT: f64 = 76.0;
const WIDTH: f64 = 640.0;
const RIGHT: f64 = 16.0;
const FOOT: f64 = 24.0;

/// `rows` under one axis, which reaches from the least to the greatest value.
/// A line is drawn at `reference`.
pub(super) fn rows(label: &str, rows: &[(String, Vec<Mark>)], reference: f64) -> String {
    let marks = || rows.iter().flat_map(|(_, marks)| marks);
    let ends = marks().flat_map(|mark| match mark.shape {
        Shape::Bar(from, to) => [from, to],
        Shape::Dot { at, .. } => [at, at],
    });
    let (low, high) = ends
        .filter(|end| end.is_finite())
        .fold((reference, reference), |(low, high), end| {
            (low.min(end), high.max(end))
        });
    let step = round_step(high - low);
    let (low, high) = ((low / step).floor() * step, (high / step).ceil() * step);
    let span = (high - low).max(step);
    let x = |value: f64| LEFT + (value - low) / span * WIDTH;
    let (width, foot) = (LEFT + WIDTH + RIGHT, rows.len() as f64 * ROW);
    let mut svg = format!(
        "<svg viewBox=\"0 0 {width} {}\" role=\"img\" aria-label=\"{}\">\n",
        foot + FOOT,
        escape(label)
    );
    let line = |class: &str, at: f64| {
        format!("<line class=\"{class}\" x1=\"{at:.1}\" x2=\"{at:.1}\" y1=\"0\" y2=\"{foot}\"/>\n")
    };
    let places = (-step.log10().floor()).max(0.0) as usize;
    for tick in 0..=(span / step).round() as u32 {
        let value = low + f64::from(tick) * step;
        let (at, y) = (x(value), foot + 15.0);
        svg += &line("grid", at);
        let _ = writeln!(
            svg,
            "<text class=\"tick\" x=\"{at:.1}\" y=\"{y}\">{value:.places$}</text>"
        );
    }
    svg += &line("reference", x(reference));
    for (row, (name, marks)) in rows.iter().enumerate() {
        let middle = (row as f64 + 0.5) * ROW;
        let (end, base) = (LEFT - 8.0, middle + 4.0);
        let _ = writeln!(
            svg,
            "<text class=\"name\" x=\"{end}\" y=\"{base}\">{}</text>",
            escape(name)
        );
        for mark in marks {
            svg += &drawn(mark, middle, x);
        }
    }
    svg + "</svg>\n"
}

fn drawn(mark: &Mark, middle: f64, x: impl Fn(f64) -> f64) -> String {
    let (class, title) = (mark.class, escape(&mark.title));
    match mark.shape {
        Shape::Bar(from, to) => {
            // A hair's breadth between neighbours.
            let (left, width) = (x(from), (x(to) - x(from) - 1.0).max(0.5));
            let (top, height) = (middle - ROW * 0.35, ROW * 0.7);
            format!(
                "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" \
                 height=\"{height:.1}\"><title>{title}</title></rect>\n"
            )
        }
        Shape::Dot { at, lane, radius } if at.is_finite() => format!(
            "<circle class=\"{class}\" cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius}\">\
             <title>{title}</title></circle>\n",
            x(at),
            middle + lane * ROW * 0.3
        ),
        Shape::Dot { .. } => String::new(),
    }
}

/// 1, 2 or 5 times a power of ten, so that `span` has about eight of them.
fn round_step(span: f64) -> f64 {
    if !(span.is_finite() && span > 0.0) {
        return 1.0;
    }
    let rough = span / 8.0;
    let power = 10_f64.powf(rough.log10().floor());
    let factors = [1.0, 2.0, 5.0];
    let round = factors.into_iter().find(|factor| factor * power >= rough);
    round.unwrap_or(10.0) * power
}

/// Text as HTML and SVG take it, in attributes too.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_round() {
        for (span, step) in [
            (8.0, 1.0),
            (9.0, 2.0),
            (0.3, 0.05),
            (700.0, 100.0),
            (0.0, 1.0),
        ] {
            let found = round_step(span);
            assert!((found - step).abs() < 1e-12, "{span}: {found}");
        }
    }

    #[test]
    fn names_and_odd_values_cannot_break_the_drawing() {
        let dot = |at| Mark {
            class: "dot",
            shape: Shape::Dot {
                at,
                lane: 0.0,
                radius: 2.0,
            },
            title: "\"<b>".into(),
        };
        let row = ("<script>".to_owned(), vec![dot(f64::NAN), dot(1.0)]);
        let svg = rows("a & b", &[row], 0.0);
        assert!(!svg.contains("<script>") && !svg.contains("<b>"), "{svg}");
        assert!(!svg.contains("NaN") && svg.contains("a &amp; b"), "{svg}");
        assert!(rows("nobody", &[], 0.0).ends_with("</svg>\n"));
    }
}
