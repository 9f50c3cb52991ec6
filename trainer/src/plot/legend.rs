//! What the colours stand for.

use super::svg::{Drawing, Paint, WIDTH, fitting, text_width};

const ROW: f64 = 17.0;
const SWATCH: f64 = 22.0;

/// One line of a legend.
pub(super) struct Entry {
    pub paint: Paint,
    pub swatch: Swatch,
    pub name: String,
}

/// What a series looks like.
#[derive(Clone, Copy)]
pub(super) enum Swatch {
    /// A line with the dashes of the series with this number.
    Line(usize),
    /// A stroke across a line.
    Tick,
    /// A filled box.
    Box,
    /// The sign of the cloud with this number.
    Sign(usize),
}

/// Draws `entries` from `top` on, as many in a row as fit, and returns where they end.
pub(super) fn draw(drawing: &mut Drawing, top: f64, entries: &[Entry]) -> f64 {
    let (mut x, mut y) = (4.0, top);
    for entry in entries {
        let name = fitting(&entry.name, WIDTH - SWATCH - 8.0);
        let width = SWATCH + text_width(&name) + 10.0;
        if x > 4.0 && x + width > WIDTH {
            (x, y) = (4.0, y + ROW);
        }
        let middle = y + ROW / 2.0;
        match entry.swatch {
            Swatch::Line(number) => {
                let class = line_class(entry.paint, number);
                drawing.line(&class, [x, middle], [x + 18.0, middle], "");
            }
            Swatch::Tick => {
                let class = format!("line {}", entry.paint.class());
                drawing.line(
                    &class,
                    [x + 10.0, middle - 5.0],
                    [x + 10.0, middle + 5.0],
                    "",
                );
            }
            Swatch::Box => {
                let class = format!("area {}", entry.paint.class());
                drawing.bar(
                    &class,
                    [x + 4.0, middle - 5.0],
                    [x + 16.0, middle + 5.0],
                    "",
                );
            }
            Swatch::Sign(number) => sign(drawing, entry.paint, number, [x + 10.0, middle], 4.5),
        }
        drawing.text("", [x + SWATCH, middle + 4.0], &name);
        x += width;
    }
    if entries.is_empty() {
        top
    } else {
        y + ROW + 3.0
    }
}

/// The class of the line of the series with this number: dashes tell lines
/// apart where colours do not.
pub(super) fn line_class(paint: Paint, number: usize) -> String {
    format!("line d{} {}", number % 4, paint.class())
}

/// A small shape, one of four, that with one of seven colours makes 28.
pub(super) fn sign(drawing: &mut Drawing, paint: Paint, number: usize, at: [f64; 2], size: f64) {
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
