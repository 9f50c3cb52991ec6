//! Section on decisions: false locks, and time from a hand-over to the lock.

use grasp_chart::{Axis, Fact, Lines, Section, Series, Table, Tone};

use super::rate;
use crate::evaluate::decision::{
    DecisionFigures, GenuineFigures, HandOverFigures, OwnerDecisions, WATCHED_S,
};
use crate::evaluate::results::Results;
use crate::evaluate::wording::seconds;

pub(super) fn decisions(r: &Results) -> Section {
    let Some(d) = &r.decision else {
        return Section::default();
    };
    let chart = Lines {
        title: "Impostors not yet locked out".into(),
        x: Axis::new("seconds since the hand-over").from(0.0).to(300.0),
        y: Axis::percent("share not locked").from(0.0).to(1.0),
        series: d.hand_over_times.iter().map(survival).collect(),
        diagonal: false,
    };
    let section = Section::new("Decisions")
        .text(
            "The daemon's own pipeline and policy. Genuine use: each later session begins just \
             unlocked, and after a lock the owner unlocks at once. Changes of context: two \
             minutes of one session, two of one in which they walk (or sit) instead, and the \
             first again, without an unlock between. Hand-overs: the owner for 10 s, a minute \
             or five, then an impostor without a break, for five minutes.",
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
            used("the same without an unlock first", &d.untrusted_start),
            used("with changes of context", &d.context_changes),
            used("sessions and changes together", &d.with_changes),
            Fact::new("locks for other reasons", d.other_locks.to_string()),
            Fact::new(
                "longest genuine rejection",
                format!("{:.0} s", d.longest_genuine_rejection_s),
            ),
            Fact::new(
                "hand-overs",
                counted(d.hand_overs, d.locked_before, d.hand_overs_locked_otherwise),
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
    let section = section.table(scenarios(d));
    let header = [
        "owner",
        "hours",
        "false locks",
        "when contexts change",
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
                format!(
                    "{} in {:.1} h",
                    owner.context_changes.false_locks, owner.context_changes.hours
                ),
                format!("{:.0} s", owner.longest_genuine_rejection_s),
                counted(
                    owner.hand_overs,
                    owner.locked_before,
                    owner.hand_overs_locked_otherwise,
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

/// The share not locked over time, by when the device changed hands.
fn survival(figures: &HandOverFigures) -> Series {
    let mut steps = vec![(0.0, 1.0)];
    steps.extend(&figures.survival.0);
    steps.push((WATCHED_S, figures.survival.after(WATCHED_S)));
    Series::steps(&figures.scenario.to_string(), steps)
}

fn used(name: &str, figures: &GenuineFigures) -> Fact {
    let value = format!("{} in {:.1} h", figures.false_locks, figures.hours);
    let (low, high) = (figures.false_locks_ci95.0, figures.false_locks_ci95.1);
    let fact = Fact::new(name, value);
    match figures.hours > 0.0 {
        true => fact.within(format!("95 %: {low:.2} to {high:.2} an hour")),
        false => fact,
    }
}

/// Number of hand-overs, of those left out, and of those that another lock cut short.
fn counted(hand_overs: usize, before: usize, otherwise: usize) -> String {
    match otherwise {
        0 => format!("{hand_overs} ({before} locked before)"),
        _ => format!("{hand_overs} ({before} locked before, {otherwise} by rest or gaps)"),
    }
}

fn scenarios(d: &DecisionFigures) -> Table {
    let header = [
        "device changes hands",
        "hand-overs",
        "locked before",
        "by rest or gaps",
        "median to lock",
        "9 of 10",
        "not within 5 min",
    ];
    let all = d.hand_over_times.iter().chain(&d.impostor_first);
    Table::new("When the device changes hands", header).rows(all.map(|one| {
        [
            one.scenario.to_string(),
            one.hand_overs.to_string(),
            one.locked_before.to_string(),
            one.hand_overs_locked_otherwise.to_string(),
            seconds(one.seconds_to_lock_median),
            seconds(one.seconds_to_lock_p90),
            one.never_locked_5min.map_or_else(|| "none".into(), rate),
        ]
    }))
}
