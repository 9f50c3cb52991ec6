//! What the colours stand for.

use crate::svg::{Drawing, Paint, WIDTH, fitting, text_width};

const ROW: f64 = 17.0;
const SWATCH: f64 = 22.0;

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

/// Draws `entries` from `top` on, as many in a row as fit, and returns where they end.
pub(crate) fn draw(drawing: &mut Drawing, top: f64, entries: &[Entry]) -> f64 {
    let (mut x, mut y) = (4.0, top);
    for entry in entries {
        let name = fitting(&entry.name, WIDTH - SWATCH - 8.0);
        let width = SWATCH + text_width(&name) + 10.0;
        if x > 4.0 && x + width > WIDTH {
            (x, y) = (4.0, y + ROW);
        }
        let middle = y + ROW / 2.0;
        swatch(drawing, entry, [x, middle]);
        drawing.text("", [x + SWATCH, middle + 4.0], &name);
        x += width;
    }
    if entries.is_empty() {
        top
    } else {
        y + ROW + 3.0
    }
}

fn swatch(drawing: &mut Drawing, entry: &Entry, [x, y]: [f64; 2]) {
    let class = entry.paint.class();
    let mut rectangle = |kind: &str| {
        let class = format!("{kind} {class}");
        drawing.rectangle(&class, [x + 4.0, y - 5.0], [x + 16.0, y + 5.0], "");
    };
    match entry.swatch {
        Swatch::Box => rectangle("area"),
        Swatch::Band => rectangle("band"),
        Swatch::Line(number) => {
            let class = line_class(entry.paint, number);
            drawing.line(&class, [x, y], [x + 18.0, y], "");
        }
        Swatch::Stroke => {
            let class = format!("line {class}");
            drawing.line(&class, [x + 10.0, y - 5.0], [x + 10.0, y + 5.0], "");
        }
        Swatch::Sign(number) => sign(drawing, entry.paint, number, [x + 10.0, y], 4.5),
    }
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
