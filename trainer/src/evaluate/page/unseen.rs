//! The page of `--protocol unseen`.

use grasp_chart::{Fact, Report, Section, Table, Tone};

use super::decisions::decisions;
use super::embedding::embedding;
use super::error_rates::{enrolment, owners, rates, window};
use super::pairs::pairs;
use super::promise::promise;
use super::training::history;
use super::{rate, within};
use crate::evaluate::bootstrap;
use crate::evaluate::controls::Probe;
use crate::evaluate::plot_data::PlotData;
use crate::evaluate::results::{ModelComparison, Results};
use crate::evaluate::wording::seconds;

/// The page. `plots` is what `results.json` leaves out.
pub fn page(results: &Results, plots: &PlotData) -> Report {
    let r = results;
    let window = window(r);
    let mut report = Report::new(format!("{} on {}", r.model, r.dataset));
    report = match r.seen.is_empty() {
        true => report.label(Tone::Ok, "people that the network never saw"),
        false => report.label(
            Tone::Fail,
            format!(
                "the network was trained on {} of them: no fair test",
                r.seen.len()
            ),
        ),
    };
    for failure in &r.failures {
        report = report.label(Tone::Fail, failure.clone());
    }
    for warning in &r.warnings {
        report = report.label(Tone::Warn, warning.clone());
    }
    report = report
        .headline(
            Fact::new(format!("EER, {window}"), rate(r.eer_mean))
                .within(within(r.eer_crossed_ci95)),
        )
        .headline(
            Fact::new("EER, 30 s", rate(r.eer_30s_mean)).within(within(r.eer_30s_crossed_ci95)),
        );
    if let Some(d) = &r.decision {
        report = report
            .headline(
                Fact::new(
                    "false locks in 4 h",
                    format!("{:.1}", 4.0 * d.with_changes.false_locks_per_hour),
                )
                .within(format!(
                    "95 %: {:.1} to {:.1}",
                    4.0 * d.with_changes.false_locks_ci95.0,
                    4.0 * d.with_changes.false_locks_ci95.1
                )),
            )
            .headline(
                Fact::new("hand-over to lock", seconds(d.seconds_to_lock_median))
                    .within(format!("9 of 10: {}", seconds(d.seconds_to_lock_p90))),
            );
    }
    report = report
        .section(who(r))
        .section(owners(r))
        .section(pairs(r))
        .section(rates(r));
    report = report.section(enrolment(r));
    if r.decision.is_some() {
        report = report.section(decisions(r));
        if r.decision.as_ref().is_some_and(|d| d.promise.is_some()) {
            report = report.section(promise(r));
        }
    }
    report = report.section(controls(r)).section(embedding(plots));
    if !plots.history.is_empty() {
        report = report.section(history(plots));
    }
    if let Some(against) = &r.against {
        report = report.section(comparison(against, &window));
    }
    report.section(Section::new("Again").lines(r.command.clone()))
}

fn who(r: &Results) -> Section {
    let table = Table::new(
        "Who was tested, and who was trained on",
        ["tested", "trained on"],
    )
    .rows(
        r.folds
            .iter()
            .map(|fold| [fold.tested.join(", "), fold.taught.join(", ")]),
    )
    .text_columns(2);
    Section::new("Who")
        .text(format!(
            "Each of {} owners is enrolled on the earlier half of their sessions ({} windows of {}, \
             spread over them) and tested on the later half. Impostors are the other people of the \
             fold, by their later sessions. {} windows were tested; {} more were not scored because \
             the device lay still.",
            r.owners, r.enrolment_windows, window(r), r.windows, r.abstained
        ))
        .table(table)
}

fn controls(r: &Results) -> Section {
    let c = &r.controls;
    let probe = |p: Probe| format!("{} right, chance {}", rate(p.accuracy), rate(p.chance));
    Section::new("Controls")
        .text("What has to be so if the figures above mean anything.")
        .table(
            Table::new("Controls", ["control", "came out", "should be"])
                .text_columns(3)
                .row([
                    "identities shuffled".into(),
                    rate(c.shuffled.eer),
                    format!("50 %, within {}", rate(c.shuffled.tolerance())),
                ])
                .row([
                    "channel means alone".into(),
                    rate(c.gravity_only),
                    "worse than the model".to_owned(),
                ])
                .row([
                    "changing what comes before or after a window".into(),
                    format!("{} windows score the same to the bit", c.causal_windows),
                    "all of them".into(),
                ])
                .row([
                    "telling one person's sessions apart".into(),
                    probe(c.session_probe),
                    "chance".into(),
                ])
                .row([
                    "telling handsets apart".into(),
                    probe(c.handset_probe),
                    "chance".to_owned(),
                ]),
        )
}

fn comparison(against: &ModelComparison, window: &str) -> Section {
    let signed = |value: f64| format!("{:+.1} points", 100.0 * value);
    let fact = |name: String, value: f64, (low, high): (f64, f64)| {
        Fact::new(name, signed(value)).within(format!("95 %: {} to {}", signed(low), signed(high)))
    };
    let ci = |interval: bootstrap::Interval| (interval.0, interval.1);
    let mut section = Section::new(format!("Against {}", against.model))
        .text("The same owners and sessions, drawn anew together. Less is better for this bundle.");
    if !against.seen.is_empty() {
        let seen = against.seen.join(", ");
        let unfair = format!(
            "{} was trained on {seen}: no fair comparison",
            against.model
        );
        section = section.notice(Tone::Fail, unfair);
    }
    section.facts([
        fact(
            format!("EER, {window}"),
            against.difference,
            ci(against.difference_ci95),
        ),
        fact(
            "EER, 30 s".into(),
            against.difference_30s,
            ci(against.difference_30s_ci95),
        ),
    ])
}
