//! The page of `--protocol unseen`.

use grasp_chart::{
    Axis, Fact, Interval, Intervals, Lines, Paint, Report, Section, Series, Table, Tone,
};

use super::{figures, rate, seconds, within};
use crate::evaluate::decision::{OwnerDecisions, WATCHED_S};
use crate::evaluate::distances::Distances;

use crate::evaluate::plane_projection::PlaneProjection;
use crate::evaluate::plot_data::PlotData;
use crate::evaluate::results::Results;
use crate::history::EpochRow;

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
                "the network was taught on {} of them: no fair test",
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
        .headline(Fact::new(format!("EER, {window}"), rate(r.eer_mean)).within(within(r.eer_ci95)))
        .headline(Fact::new("EER, 30 s", rate(r.eer_30s_mean)).within(within(r.eer_30s_ci95)));
    if let Some(d) = &r.decision {
        report = report
            .headline(
                Fact::new(
                    "false locks in 4 h",
                    format!("{:.1}", 4.0 * d.false_locks_per_hour),
                )
                .within(format!(
                    "95 %: {:.1} to {:.1}",
                    4.0 * d.false_locks_ci95.0,
                    4.0 * d.false_locks_ci95.1
                )),
            )
            .headline(
                Fact::new("hand-over to lock", seconds(d.seconds_to_lock_median))
                    .within(format!("9 of 10: {}", seconds(d.seconds_to_lock_p90))),
            );
    }
    report = report.section(who(r)).section(owners(r)).section(rates(r));
    report = report.section(enrolment(r));
    if r.decision.is_some() {
        report = report.section(decisions(r));
    }
    report = report.section(controls(r)).section(space(plots));
    if !plots.history.is_empty() {
        report = report.section(history(plots));
    }
    if let Some(against) = &r.against {
        let signed = |value: f64| format!("{:+.1} points", 100.0 * value);
        let fact = |name: String, value: f64, (low, high): (f64, f64)| {
            Fact::new(name, signed(value)).within(format!(
                "95 %: {} to {}",
                signed(low),
                signed(high)
            ))
        };
        let ci = |interval: crate::evaluate::bootstrap::Interval| (interval.0, interval.1);
        let mut section = Section::new(format!("Against {}", against.model)).text(
            "The same owners and sessions, drawn anew together. Less is better for this bundle.",
        );
        if !against.seen.is_empty() {
            let seen = against.seen.join(", ");
            let unfair = format!("{} was taught on {seen}: no fair comparison", against.model);
            section = section.notice(Tone::Fail, unfair);
        }
        report = report.section(section.facts([
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
        ]));
    }
    report.section(Section::new("Again").lines(r.command.clone()))
}

fn window(r: &Results) -> String {
    format!("{} s", r.window_s)
}

fn who(r: &Results) -> Section {
    let table = Table::new("Who was taught and who was tested", ["tested", "taught on"])
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

fn owners(r: &Results) -> Section {
    let dot = |name: String, at: f64, number: usize| Interval {
        name,
        at,
        interval: None,
        paint: Paint::Series(number),
    };
    let mut sorted: Vec<_> = r.per_owner.iter().collect();
    sorted.sort_by(|a, b| b.eer.total_cmp(&a.eer));
    let mut rows: Vec<Interval> = vec![Interval {
        interval: Some([r.eer_ci95.0, r.eer_ci95.1]),
        ..dot("mean".into(), r.eer_mean, 1)
    }];
    rows.extend(
        sorted
            .iter()
            .map(|owner| dot(owner.owner.clone(), owner.eer, 0)),
    );
    let chart = Intervals {
        title: "EER of each owner, worst first".into(),
        x: Axis::percent(&format!("EER per window of {}", window(r))).from(0.0),
        rows,
        reference: Some(0.5),
    };
    let header = [
        "owner", "EER", "EER 30 s", "AUC", "rho", "gamma", "sessions", "windows",
    ];
    let table = Table::new("Owners, worst first", header).rows(sorted.iter().map(|owner| {
        [
            owner.owner.clone(),
            rate(owner.eer),
            owner.eer_30s.map_or_else(|| "none".into(), rate),
            format!("{:.3}", owner.auc),
            owner
                .rho
                .map_or_else(|| "none".into(), |rho| format!("{rho:.2}")),
            format!("{:.3}", owner.gamma),
            owner.sessions.to_string(),
            format!("{} + {}", owner.genuine_windows, owner.impostor_windows),
        ]
    }));
    Section::new("Owners")
        .text("A mean hides whom it fails for. The interval is of the mean, by drawing owners and then sessions again.")
        .figure(chart.svg(), "The line is chance.")
        .table(table)
}

fn rates(r: &Results) -> Section {
    let series = r
        .per_owner
        .iter()
        .map(|owner| Series::new(&owner.owner, owner.det.clone()));
    let det = Lines {
        title: "Detection error trade-off of each owner".into(),
        x: Axis::probit("false acceptances"),
        y: Axis::probit("false rejections"),
        series: series.take(8).collect(),
        diagonal: true,
    };
    let mut facts = vec![
        Fact::new("EER, one threshold for all", rate(r.eer_global_threshold)),
        Fact::new("EER, impostors move as much", rate(r.eer_matched_motion)),
        Fact::new(
            "EER, another handset each session",
            rate(r.eer_handset_randomised),
        ),
        Fact::new("the same, 30 s", rate(r.eer_30s_handset_randomised)),
        Fact::new(
            "rho, share of score variance of a session",
            format!("{:.2}", r.rho),
        ),
    ];
    facts.extend(
        r.far_at_frr
            .iter()
            .map(|(frr, far)| Fact::new(format!("FAR at FRR {frr}"), rate(*far))),
    );
    Section::new("Error rates")
        .text("Scores are continuous; every threshold is on the curve. Below the diagonal means that impostors look more like the owner than the owner does.")
        .figure(det.svg(), format!("Per window of {}, on normal-deviate axes. At most eight owners are drawn.", window(r)))
        .facts(facts)
}

fn enrolment(r: &Results) -> Section {
    let mut points = r.enrolment_curve.clone();
    points.sort_by_key(|point| point.windows);
    let series = |name: &str, of: fn(&crate::evaluate::results::EnrolmentPoint) -> f64| {
        Series::new(
            name,
            points
                .iter()
                .map(|p| (p.windows as f64 * r.window_s / 60.0, of(p)))
                .collect(),
        )
    };
    let chart = Lines {
        title: "EER by length of enrolment".into(),
        x: Axis::log("minutes of enrolment"),
        y: Axis::percent("EER").from(0.0).to(0.5),
        series: vec![
            series(&window(r), |point| point.eer_mean),
            series("30 s", |point| point.eer_30s_mean),
        ],
        diagonal: false,
    };
    Section::new("Enrolment")
        .text("Windows are spread evenly over the owner's earlier sessions.")
        .figure(chart.svg(), "Mean over owners.")
}

fn decisions(r: &Results) -> Section {
    let Some(d) = &r.decision else {
        return Section::default();
    };
    let mut steps = vec![(0.0, 1.0)];
    steps.extend(&d.survival.0);
    steps.push((WATCHED_S, d.never_locked_5min));
    let chart = Lines {
        title: "Impostors not yet locked out".into(),
        x: Axis::new("seconds since the hand-over").from(0.0).to(300.0),
        y: Axis::percent("share not locked").from(0.0).to(1.0),
        series: vec![Series::steps("impostors", steps)],
        diagonal: false,
    };
    let section = Section::new("Decisions")
        .text(
            "The daemon's own pipeline and policy. Genuine use: each later session begins just \
             unlocked, and after a lock the owner unlocks at once. Hand-overs: a minute of the \
             owner, then an impostor without a break, for five minutes.",
        )
        .figure(
            chart.svg(),
            "Kaplan-Meier estimate: recordings that end early count while they last.",
        )
        .facts([
            Fact::new("genuine use", format!("{:.1} h", d.hours)),
            Fact::new("false locks", d.false_locks.to_string()),
            Fact::new(
                "false locks an hour",
                format!("{:.2}", d.false_locks_per_hour),
            )
            .within(format!(
                "95 %, exact Poisson: {:.2} to {:.2}",
                d.false_locks_ci95.0, d.false_locks_ci95.1
            )),
            Fact::new("locks for other reasons", d.other_locks.to_string()),
            Fact::new(
                "longest genuine rejection",
                format!("{:.0} s", d.longest_genuine_rejection_s),
            ),
            Fact::new(
                "hand-overs",
                format!("{} ({} locked before)", d.hand_overs, d.locked_before),
            ),
            Fact::new("median to lock", seconds(d.seconds_to_lock_median)),
            Fact::new("90 % locked within", seconds(d.seconds_to_lock_p90)),
            Fact::new("not locked within 5 min", rate(d.never_locked_5min)),
        ]);
    let section = match &r.decision_handset_randomised {
        Some(d) => section.facts([
            Fact::new(
                "another handset each session: false locks an hour",
                format!("{:.2}", d.false_locks_per_hour),
            ),
            Fact::new("median to lock", seconds(d.seconds_to_lock_median)),
            Fact::new("90 % locked within", seconds(d.seconds_to_lock_p90)),
            Fact::new("not locked within 5 min", rate(d.never_locked_5min)),
        ]),
        None => section,
    };
    let header = [
        "owner",
        "hours",
        "false locks",
        "longest rejection",
        "hand-overs",
        "median to lock",
        "not within 5 min",
    ];
    let mut sorted: Vec<_> = d.per_owner.iter().collect();
    sorted.sort_by(|a, b| {
        let missed = |owner: &OwnerDecisions| owner.never_locked_5min.unwrap_or(0.0);
        (b.false_locks.cmp(&a.false_locks)).then(missed(b).total_cmp(&missed(a)))
    });
    let table = Table::new("Decisions by owner, most false locks first", header).rows(
        sorted.iter().map(|owner| {
            let watched = owner.hand_overs > 0;
            [
                owner.owner.clone(),
                format!("{:.2}", owner.hours),
                owner.false_locks.to_string(),
                format!("{:.0} s", owner.longest_genuine_rejection_s),
                format!(
                    "{} ({} locked before)",
                    owner.hand_overs, owner.locked_before
                ),
                match watched {
                    true => seconds(owner.seconds_to_lock_median),
                    false => "none".into(),
                },
                owner.never_locked_5min.map_or_else(|| "none".into(), rate),
            ]
        }),
    );
    let section = section.table(table);
    d.refused.iter().fold(section, |section, refused| {
        let why = format!(
            "Enrolment of {} would be refused: {}",
            refused.owner, refused.why
        );
        section.notice(Tone::Warn, why)
    })
}

fn controls(r: &Results) -> Section {
    let c = &r.controls;
    let probe = |p: crate::evaluate::controls::Probe| {
        format!("{} right, chance {}", rate(p.accuracy), rate(p.chance))
    };
    Section::new("Controls")
        .text("What has to be so if the figures above mean anything.")
        .table(
            Table::new("Controls", ["control", "came out", "should be"])
                .text_columns(3)
                .row([
                    "identities shuffled".into(),
                    rate(c.shuffled),
                    "50 %".into(),
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

fn space(plots: &PlotData) -> Section {
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
    let row = |name: &str, s: crate::evaluate::distances::Spread| {
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
        .text("Held-out sessions are of the people that the network was taught on.")
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
