//! Section on what enrolment promised against what came.

use grasp_chart::{Axis, Fact, Group, Interval, Intervals, Paint, Scatter, Section, Table};

use super::rate;
use crate::evaluate::bootstrap;
use crate::evaluate::decision::PromiseFigures;
use crate::evaluate::results::Results;

/// Enrolments up to which each has rows of its own in the chart.
const MOST_ROWS: usize = 12;
/// Hours that false locks are given for.
const HOURS: f64 = 4.0;

pub(super) fn promise(r: &Results) -> Section {
    let decision = r.decision.as_ref();
    let Some((d, summary)) = decision.and_then(|d| Some((d, d.promise.as_ref()?))) else {
        return Section::default();
    };
    let promised: Vec<&PromiseFigures> = d.promises.iter().filter(|p| p.kept.is_some()).collect();
    let mut section = Section::new("What enrolment promised")
        .text(
            "Everyone is an owner in turn, and is told at enrolment what to expect. Here it \
             stands against what came, in their later sessions and with changes of context. A \
             promise is kept if no more and no fewer false locks came than its 95 % interval \
             allows, chance included.",
        )
        .facts([
            Fact::new(
                "promises kept",
                format!("{} of {}", summary.kept, summary.promises),
            ),
            Fact::new(
                "false locks expected",
                format!("{:.1}", summary.expected_false_locks),
            ),
            Fact::new("false locks that came", summary.false_locks.to_string()),
            Fact::new(
                "expected never to be locked",
                rate(summary.expected_never_locked),
            ),
            Fact::new("never locked", rate(summary.never_locked)),
        ]);
    if promised.len() <= MOST_ROWS {
        section = section.figure(
            intervals(&promised).svg(),
            "Lines are the promised interval, and the exact Poisson interval of what came.",
        );
    }
    section
        .figure(
            false_locks(&promised).svg(),
            "Calibration. On the dashed line as many came as were expected; above it, more.",
        )
        .figure(
            never_locked(&promised).svg(),
            "Calibration. Impostors not locked within five minutes of the hand-over.",
        )
        .table(table(&promised))
}

fn per_hours(count: f64, promise: &PromiseFigures) -> f64 {
    HOURS * count / promise.hours
}

fn intervals(promised: &[&PromiseFigures]) -> Intervals {
    let mut rows = Vec::new();
    for promise in promised {
        let of = |interval: bootstrap::Interval| {
            [interval.0, interval.1].map(|count| per_hours(count, promise))
        };
        rows.push(Interval {
            name: format!("{} promised", promise.owner),
            at: per_hours(promise.expected_false_locks.unwrap_or(f64::NAN), promise),
            interval: promise.expected_false_locks_ci95.map(of),
            paint: Paint::Series(0),
        });
        rows.push(Interval {
            name: format!("{} came", promise.owner),
            at: per_hours(promise.false_locks as f64, promise),
            interval: Some(of(promise.false_locks_ci95)),
            paint: Paint::Series(1),
        });
    }
    Intervals {
        title: "False locks in 4 h, promised and come".into(),
        x: Axis::new("false locks in 4 h").from(0.0),
        rows,
        reference: None,
    }
}

fn false_locks(promised: &[&PromiseFigures]) -> Scatter {
    let points = promised.iter().filter_map(|promise| {
        let expected = per_hours(promise.expected_false_locks?, promise);
        let came = per_hours(promise.false_locks as f64, promise);
        Some((promise.owner.as_str(), (expected, came)))
    });
    Scatter {
        title: "False locks in 4 h, expected and come".into(),
        x: Axis::new("expected").from(0.0),
        y: Axis::new("came").from(0.0),
        groups: by_owner(points),
        diagonal: true,
    }
}

fn never_locked(promised: &[&PromiseFigures]) -> Scatter {
    let points = promised.iter().filter_map(|promise| {
        let both = (promise.expected_never_locked?, promise.never_locked?);
        Some((promise.owner.as_str(), both))
    });
    Scatter {
        title: "Impostors never locked, expected and come".into(),
        x: Axis::percent("expected").from(0.0).to(1.0),
        y: Axis::percent("came").from(0.0).to(1.0),
        groups: by_owner(points),
        diagonal: true,
    }
}

/// One group an owner, or one for all where there are too many to tell apart.
fn by_owner<'a>(points: impl Iterator<Item = (&'a str, (f64, f64))>) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (owner, point) in points {
        match groups.iter_mut().find(|group| group.name == owner) {
            Some(group) => group.points.push(point),
            None => groups.push(Group {
                name: owner.to_owned(),
                points: vec![point],
            }),
        }
    }
    if groups.len() <= MOST_ROWS {
        return groups;
    }
    vec![Group {
        name: "owners".into(),
        points: groups.into_iter().flat_map(|group| group.points).collect(),
    }]
}

fn table(promised: &[&PromiseFigures]) -> Table {
    let header = [
        "owner",
        "impostors",
        "hours",
        "expected",
        "95 %",
        "came",
        "kept",
        "never locked, expected",
        "came",
    ];
    let mut sorted = promised.to_vec();
    let excess = |p: &PromiseFigures| p.false_locks as f64 - p.expected_false_locks.unwrap_or(0.0);
    sorted.sort_by(|a, b| excess(b).total_cmp(&excess(a)));
    let none = || "none".to_owned();
    let rows = sorted.into_iter().map(|promise| {
        let number = |value: Option<f64>| value.map_or_else(none, |value| format!("{value:.1}"));
        [
            promise.owner.clone(),
            match promise.impostors.len() {
                0..=2 => promise.impostors.join(", "),
                many => format!("{many} people"),
            },
            format!("{:.1}", promise.hours),
            number(promise.expected_false_locks),
            promise
                .false_locks_within
                .map_or_else(none, |(few, many)| format!("{few} to {many}")),
            promise.false_locks.to_string(),
            match promise.kept {
                Some(true) => "yes".into(),
                _ => "no".to_owned(),
            },
            promise.expected_never_locked.map_or_else(none, rate),
            promise.never_locked.map_or_else(none, rate),
        ]
    });
    Table::new("Promises, the most broken first", header)
        .rows(rows)
        .text_columns(2)
}
