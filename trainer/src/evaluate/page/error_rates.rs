//! Sections on error rates of windows: by owner, by threshold, by length of enrolment.

use grasp_chart::{Axis, Fact, Interval, Intervals, Lines, Paint, Section, Series, Table};

use super::rate;
use crate::evaluate::results::{EnrolmentPoint, OwnerFigures, Results};

pub(super) fn owners(r: &Results) -> Section {
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
        "owner",
        "EER",
        "EER 30 s",
        "AUC",
        "rho",
        "gamma",
        "sessions",
        "tested after",
        "windows",
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
            tested_after(owner),
            format!("{} + {}", owner.genuine_windows, owner.impostor_windows),
        ]
    }));
    Section::new("Owners")
        .text("A mean hides whom it fails for. The interval is of the mean, by drawing owners and then sessions again.")
        .text("Tested after: hours from the last session of the enrolment to the first that is tested, by when they began, and how many of the tested sessions began within 12 hours, so on the same day.")
        .figure(chart.svg(), "The line is chance.")
        .table(table)
}

fn tested_after(owner: &OwnerFigures) -> String {
    match (owner.hours_to_first_test, owner.sessions_within_12_h) {
        (Some(hours), Some(soon)) => format!("{hours:.1} h, {soon}"),
        _ => "no date".into(),
    }
}

pub(super) fn rates(r: &Results) -> Section {
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

pub(super) fn enrolment(r: &Results) -> Section {
    let mut points = r.enrolment_curve.clone();
    points.sort_by_key(|point| point.windows);
    let series = |name: &str, of: fn(&EnrolmentPoint) -> f64| {
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

/// Length of a window, for headings.
pub(super) fn window(r: &Results) -> String {
    format!("{} s", r.window_s)
}
