//! Box plots, one a row.

use grasp_chart::{Axis, Mark, Paint, Row, Rows, Shape, Svg};

use crate::summary::{Summary, finite_in_order};

/// Whiskers reach to the furthest value within this many times the length of
/// the box; what is beyond is drawn by itself (Tukey, Exploratory Data Analysis, 1977).
const REACH: f64 = 1.5;

/// How values of several groups are spread.
pub struct Boxes {
    /// What the chart shows.
    pub title: String,
    /// What the values are.
    pub x: Axis,
    /// From top to bottom.
    pub groups: Vec<BoxGroup>,
}

/// One box.
pub struct BoxGroup {
    /// Whose values these are.
    pub name: String,
    /// In any order; what is no number is left out.
    pub values: Vec<f64>,
}

impl Boxes {
    /// Draws it.
    pub fn svg(&self) -> Svg {
        let row = |group: &BoxGroup| Row {
            name: group.name.clone(),
            marks: self.marks(&group.values),
        };
        let rows = Rows {
            title: self.title.clone(),
            x: self.x.clone(),
            rows: self.groups.iter().map(row).collect(),
            reference: None,
            legend: Vec::new(),
        };
        rows.svg()
    }

    fn marks(&self, values: &[f64]) -> Vec<Mark> {
        let values = finite_in_order(values.iter().copied());
        let Some(summary) = Summary::of(values.iter().copied()) else {
            return Vec::new();
        };
        let [q1, median, q3] = [summary.quartile_1, summary.median, summary.quartile_3];
        let reach = REACH * (q3 - q1);
        let (inside, outside): (Vec<f64>, Vec<f64>) = values
            .into_iter()
            .partition(|value| (q1 - reach..=q3 + reach).contains(value));
        let text = |value: f64| self.x.format(value);
        let title = format!(
            "{} values from {} to {}: median {}, half of them from {} to {}",
            summary.count,
            text(summary.min),
            text(summary.max),
            text(median),
            text(q1),
            text(q3)
        );
        let mark = |shape, title: &str| Mark {
            paint: Paint::Series(0),
            shape,
            title: title.to_owned(),
        };
        let mut marks = Vec::new();
        if let (Some(&low), Some(&high)) = (inside.first(), inside.last()) {
            marks.push(mark(Shape::Span(low, high), &title));
        }
        marks.push(mark(Shape::Box(q1, q3), &title));
        marks.push(mark(Shape::Stroke(median), &title));
        let single = |at| {
            let dot = Shape::Dot {
                at,
                lane: 0.0,
                radius: 2.5,
            };
            mark(dot, &text(at))
        };
        marks.extend(outside.into_iter().map(single));
        marks
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_outlier_stands_by_itself_beyond_the_whisker() {
        let boxes = Boxes {
            title: "EER".into(),
            x: Axis::new("EER"),
            groups: vec![BoxGroup {
                name: "owner".into(),
                values: vec![1.0, 2.0, 3.0, 4.0, 30.0, f64::NAN],
            }],
        };
        let svg = boxes.svg().to_string();
        assert!(svg.contains("<title>30.00</title>"), "{svg}");
        assert!(
            svg.contains("5 values from 1.000 to 30.00: median 3.000"),
            "{svg}"
        );
    }
}
