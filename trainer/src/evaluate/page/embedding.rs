//! Section on the embedding itself: distances of pairs, and projections onto the plane.

use grasp_chart::{Section, Table};

use super::figures;
use crate::evaluate::distances::{Distances, Spread};
use crate::evaluate::plane_projection::PlaneProjection;
use crate::evaluate::plot_data::PlotData;

pub(super) fn embedding(plots: &PlotData) -> Section {
    let mut section = Section::new("The embedding")
        .text("What the network says by itself, about the people of the first fold.");
    if let Some(d) = &plots.distances {
        section = section
            .figure(
                figures::distances(d, plots.margin),
                "Genuine pairs should lie left, impostors' right.",
            )
            .figure(
                figures::classifier(&plots.classifier),
                "Without any one-class SVM.",
            )
            .table(distance_table(d));
    }
    if let Some(picture) = &plots.projection {
        section = pictures(section, picture);
    }
    section
}

/// Least, mean and greatest.
pub(super) fn distance_table(d: &Distances) -> Table {
    let row = |name: &str, s: Spread| {
        [
            name.to_owned(),
            format!("{:.3}", s.min),
            format!("{:.3}", s.mean),
            format!("{:.3}", s.max),
        ]
    };
    Table::new("Distances", ["pairs of", "least", "mean", "greatest"])
        .row(row("one person", d.genuine))
        .row(row("two people", d.impostor))
}

/// Both projections.
pub(super) fn pictures(section: Section, picture: &PlaneProjection) -> Section {
    let [first, second] = picture
        .explained
        .map(|share| format!("{:.0} % of the variance", 100.0 * share));
    let axes = [
        format!("first component, {first}"),
        format!("second component, {second}"),
    ];
    let pca = figures::scatter(
        "Embeddings, principal components",
        [&axes[0], &axes[1]],
        picture,
        &picture.pca,
    );
    let tsne = figures::scatter("Embeddings, t-SNE", ["", ""], picture, &picture.tsne);
    section
        .figure(pca, "Windows by person.")
        .figure(tsne, "Only who is near whom means anything, not how far.")
}
