//! Legends of charts.

use maud::{Markup, html};

use crate::svg::{Drawing, Paint};

/// One entry of a legend.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The colour.
    pub paint: Paint,
    /// The sample drawn beside the name.
    pub swatch: Swatch,
    /// The name of the series.
    pub name: String,
}

/// The samples of legends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Swatch {
    /// A line with the dash pattern of the series with this number.
    Line(usize),
    /// A short stroke across a line.
    Stroke,
    /// A filled box.
    Box,
    /// A faint box, as filled behind periods.
    Band,
    /// The marker of the group of points with this number.
    Sign(usize),
}

/// The entries as an HTML list, which wraps.
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

/// The class of the line of the series with this number, which sets its dash pattern,
/// so that lines differ without colours too.
pub(crate) fn line_class(paint: Paint, number: usize) -> String {
    format!("line d{} {}", number % 4, paint.class())
}

/// Draws the marker of the group with this number: one of four shapes, which with seven
/// colours makes 28 markers.
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
