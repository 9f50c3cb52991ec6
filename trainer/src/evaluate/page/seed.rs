//! The page of `--protocol seed`.

use grasp_chart::{Axis, Fact, Report, Section, Table, Tone};

use super::boxes::{BoxGroup, Boxes};
use super::embedding::{distance_table, pictures};
use super::training::history;
use super::{figures, rate};
use crate::evaluate::plot_data::PlotData;
use crate::evaluate::seed::SeedResults;

/// The page.
pub fn page(results: &SeedResults, plots: &PlotData) -> Report {
    let r = results;
    let published = |name: &str| {
        let value = r.published.get(name).copied().unwrap_or(f64::NAN);
        format!("published: {}", rate(value))
    };
    let mut report = Report::new(format!(
        "{} on {}, the original protocol",
        r.model, r.dataset
    ))
    .label(
        Tone::Fail,
        "reproduced with its flaws: says nothing about strangers",
    )
    .headline(Fact::new("EER, common ν and γ", rate(r.eer_mean)).within(published("eer_mean")))
    .headline(
        Fact::new("accuracy, common ν and γ", rate(r.accuracy_mean))
            .within(published("accuracy_mean")),
    )
    .headline(
        Fact::new(
            "EER, best ν and γ per owner",
            rate(r.best_per_owner_eer_mean),
        )
        .within(published("best_per_owner_eer_mean")),
    );
    if let Some(eer) = r.training_pair_eer {
        let fact = Fact::new("EER, pairs that were learnt from", rate(eer));
        report = report.headline(fact.within(published("training_pair_eer")));
    }
    let flaws = Section::new("What is wrong with it")
        .text("The network is good at people that it was trained on. `--protocol unseen` asks about strangers.");
    report = report.section(r.flaws.iter().fold(flaws, |section, flaw| {
        section.notice(Tone::Fail, flaw.clone())
    }));
    report = report.section(owners(r)).section(boxes(r));
    let mut space = Section::new("The embedding").text("What the network says by itself.");
    if let Some(d) = &plots.distances {
        space = space
            .figure(
                figures::distances(d, plots.margin),
                "Genuine pairs lie left, impostors' right.",
            )
            .figure(
                figures::classifier(&plots.classifier),
                "Without any one-class SVM.",
            )
            .table(distance_table(d));
    }
    if let Some(picture) = &plots.projection {
        space = pictures(space, picture);
    }
    report = report.section(space);
    if !plots.history.is_empty() {
        report = report.section(history(plots));
    }
    report.section(Section::new("Again").lines(r.command.clone()))
}

fn owners(r: &SeedResults) -> Section {
    let header = [
        "owner",
        "best ν",
        "best γ",
        "best EER",
        "common EER",
        "accuracy",
        "EER of scores",
    ];
    let table = Table::new("Owners", header).rows(r.per_owner.iter().map(|owner| {
        [
            owner.owner.clone(),
            format!("{:.4}", owner.best.nu.get()),
            format!("{:.3}", owner.best.gamma.get()),
            rate(owner.best_rates.label_eer),
            rate(owner.common.label_eer),
            rate(owner.common.accuracy),
            rate(owner.common.score_eer),
        ]
    }));
    let s = &r.best_summary;
    let names = [
        "mean",
        "deviation",
        "least",
        "25 %",
        "median",
        "75 %",
        "greatest",
    ];
    let values = [
        s.mean,
        s.std,
        s.min,
        s.quartile_1,
        s.median,
        s.quartile_3,
        s.max,
    ];
    Section::new("Search of ν and γ")
        .text("Fifty draws for each owner, by the EER of labels on the owner's own test.")
        .table(table)
        .table(Table::new("Best EER over owners", names).row(values.map(rate)))
}

fn boxes(r: &SeedResults) -> Section {
    let groups = |of: fn(&crate::evaluate::random_search::Rates) -> f64| -> Vec<BoxGroup> {
        let group = |owner: &crate::evaluate::seed::SeedOwner| BoxGroup {
            name: owner.owner.clone(),
            values: owner.repeats.iter().map(of).collect(),
        };
        r.per_owner.iter().map(group).collect()
    };
    let chart = |title: &str, of: fn(&crate::evaluate::random_search::Rates) -> f64| Boxes {
        title: title.into(),
        x: Axis::percent(title),
        groups: groups(of),
    };
    Section::new("Common ν and γ")
        .text(format!(
            "ν = {}, γ = {} for all; test windows drawn ten times.",
            r.nu.get(),
            r.gamma.get()
        ))
        .figure(
            chart("EER of labels", |rates| rates.label_eer).svg(),
            "By owner.",
        )
        .figure(chart("accuracy", |rates| rates.accuracy).svg(), "By owner.")
}
