//! Section on the training of the bundle, from its `history.csv`.

use grasp_chart::{Axis, Lines, Section, Series, Table};

use super::rate;
use crate::evaluate::plot_data::PlotData;
use crate::history::EpochRow;

/// A curve's name, and its value of an epoch.
type Named = (&'static str, fn(&EpochRow) -> Option<f64>);

/// Losses and error rates of pairs by epoch.
pub(super) fn history(plots: &PlotData) -> Section {
    let chart = |title: &str, y: Axis, of: [Named; 2]| Lines {
        title: title.into(),
        x: Axis::new("epoch"),
        y,
        series: of
            .map(|(name, of)| {
                let point = |row: &EpochRow| Some((f64::from(row.epoch), of(row)?));
                Series::new(name, plots.history.iter().filter_map(point).collect())
            })
            .into(),
        diagonal: false,
    };
    let losses = chart(
        "Training",
        Axis::new("contrastive loss").from(0.0),
        [
            ("training pairs", |row| row.training_loss),
            ("pairs of held-out sessions", |row| row.held_out_loss),
        ],
    );
    let section = Section::new("Training")
        .text("Held-out sessions are of the people that the network was trained on.")
        .figure(losses.svg(), "Loss by epoch.");
    let sets = |row: &EpochRow| {
        let sets = [("training", row.training), ("held out", row.held_out)];
        let epoch = row.epoch;
        sets.into_iter()
            .filter_map(move |(set, figures)| Some((epoch, set, figures?)))
    };
    let measured: Vec<_> = plots.history.iter().flat_map(sets).collect();
    if measured.is_empty() {
        return section;
    }
    let eers = chart(
        "Pairs told apart by distance",
        Axis::percent("EER").from(0.0),
        [
            ("training pairs", |row| row.training.map(|f| f.eer)),
            ("pairs of held-out sessions", |row| {
                row.held_out.map(|f| f.eer)
            }),
        ],
    );
    let header = [
        "epoch",
        "pairs",
        "AUC",
        "EER",
        "at distance",
        "accuracy",
        "F1",
    ];
    let table = Table::new("Pairs told apart by distance", header).rows(measured.into_iter().map(
        |(epoch, set, f)| {
            [
                epoch.to_string(),
                set.to_owned(),
                format!("{:.3}", f.auc),
                rate(f.eer),
                format!("{:.3}", f.threshold),
                rate(f.accuracy),
                format!("{:.3}", f.f1),
            ]
        },
    ));
    section
        .figure(
            eers.svg(),
            "Before the first epoch, and whenever it was measured.",
        )
        .table(table)
}
