//! The charts that evaluations share.

use grasp_chart::{Axis, Bars, Group, Histogram, Lines, Marker, Scatter, Series, Svg};

use crate::evaluate::distances::{Distances, ThresholdPoint};
use crate::evaluate::plane_projection::PlaneProjection;

/// Bins of a histogram of distances.
const BINS: usize = 40;

/// Distances of pairs, with the threshold of equal errors and the margin, if any.
pub fn distances(distances: &Distances, margin: Option<f64>) -> Svg {
    let most = distances
        .impostor
        .max
        .max(distances.genuine.max)
        .max(margin.unwrap_or(0.0));
    let width = most / BINS as f64;
    let counts = |values: &[f64]| {
        let mut counts = [0u64; BINS];
        for value in values {
            counts[((value / width) as usize).min(BINS - 1)] += 1;
        }
        counts
    };
    Histogram {
        title: "Distances of pairs of windows".into(),
        x: Axis::new("Euclidean distance of embeddings").from(0.0),
        edges: (0..=BINS).map(|edge| edge as f64 * width).collect(),
        series: vec![
            Bars::of_counts("one person", &counts(&distances.genuine_pairs)),
            Bars::of_counts("two people", &counts(&distances.impostor_pairs)),
        ],
        markers: [
            (Some(distances.eer_threshold), "equal errors"),
            (margin, "margin"),
        ]
        .into_iter()
        .filter_map(|(at, label)| {
            let label = label.into();
            Some(Marker { at: at?, label })
        })
        .collect(),
    }
    .svg()
}

/// The network alone as a classifier.
pub fn classifier(points: &[ThresholdPoint]) -> Svg {
    let series = |name: &str, of: fn(&ThresholdPoint) -> f64| {
        Series::new(
            name,
            points
                .iter()
                .map(|point| (point.threshold, of(point)))
                .collect(),
        )
    };
    Lines {
        title: "The network alone as a classifier".into(),
        x: Axis::new("threshold of the mean distance"),
        y: Axis::percent("share detected").from(0.0).to(1.0),
        series: vec![
            series("owner's windows accepted", |point| point.self_detected),
            series("impostors' windows rejected", |point| {
                point.impostors_detected
            }),
        ],
        diagonal: false,
    }
    .svg()
}

/// Embeddings in the plane, by person.
pub fn scatter(
    title: &str,
    axes: [&str; 2],
    picture: &PlaneProjection,
    points: &[[f64; 2]],
) -> Svg {
    let group = |person: usize| Group {
        name: picture.people[person].clone(),
        points: (points.iter().zip(&picture.of))
            .filter(|(_, of)| **of == person)
            .map(|([x, y], _)| (*x, *y))
            .collect(),
    };
    Scatter {
        title: title.into(),
        x: Axis::new(axes[0]),
        y: Axis::new(axes[1]),
        groups: (0..picture.people.len()).map(group).collect(),
        diagonal: false,
    }
    .svg()
}
