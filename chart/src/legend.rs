//! What the colours stand for.

use maud::{Markup, html};

use crate::svg::{Drawing, Paint};

/// One line of a legend.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The colour.
    pub paint: Paint,
    /// What it is drawn with.
    pub swatch: Swatch,
    /// What it stands for.
    pub name: String,
}

/// What a series looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swatch {
    /// A line with the dashes of the series with this number.
    Line(usize),
    /// A stroke across a line.
    Stroke,
    /// A filled box.
    Box,
    /// A faint box, as time spans are filled.
    Band,
    /// The sign of the group of points with this number.
    Sign(usize),
}

/// The entries as a list, in which the page breaks lines.
pub(crate) fn list(entries: &[Entry]) -> Markup {
    html! {
        @if !entries.is_empty() {
            ul.legend {
                @for entry in entries {
                    li {
                        svg.swatch viewBox="0 0 18 12" aria-hidden="true" { (swatch(entry)) }
                        (entry.name)
                    }
                }
            }
        }
    }
}

fn swatch(entry: &Entry) -> Markup {
    let mut drawing = Drawing::default();
    let class = entry.paint.class();
    match entry.swatch {
        Swatch::Box | Swatch::Band => {
            let kind = if entry.swatch == Swatch::Box {
                "area"
            } else {
                "band"
            };
            let class = format!("{kind} {class}");
            drawing.rectangle(&class, [3.0, 0.0], [15.0, 12.0], "");
        }
        Swatch::Line(number) => {
            let class = line_class(entry.paint, number);
            drawing.line(&class, [0.0, 6.0], [18.0, 6.0], "");
        }
        Swatch::Stroke => {
            let class = format!("stroke {class}");
            drawing.line(&class, [9.0, 0.0], [9.0, 12.0], "");
        }
        Swatch::Sign(number) => sign(&mut drawing, entry.paint, number, [9.0, 6.0], 4.5),
    }
    drawing.elements()
}

/// The class of the line of the series with this number: dashes tell lines
/// apart where colours do not.
pub(crate) fn line_class(paint: Paint, number: usize) -> String {
    format!("line d{} {}", number % 4, paint.class())
}

/// A small shape, one of four, that with one of seven colours makes 28.
pub(crate) fn sign(drawing: &mut Drawing, paint: Paint, number: usize, at: [f64; 2], size: f64) {
    let [x, y] = at;
    let corners: &[[f64; 2]] = match number % 4 {
        0 => return drawing.dot(paint, at, size * 0.9, ""),
        1 => &[[-0.8, -0.8], [0.8, -0.8], [0.8, 0.8], [-0.8, 0.8]],
        2 => &[[0.0, -1.1], [1.0, 0.8], [-1.0, 0.8]],
        _ => &[[0.0, -1.15], [1.15, 0.0], [0.0, 1.15], [-1.15, 0.0]],
    };
    let corners: Vec<_> = corners
        .iter()
        .map(|[dx, dy]| [x + dx * size, y + dy * size])
        .collect();
    let class = format!("fill {}", paint.class());
    drawing.path(&class, [corners.as_slice()], true, "");
}
