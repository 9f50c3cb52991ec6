//! The page of `--protocol life`.

use grasp_chart::{Axis, Fact, Lines, Report, Section, Series, Table, Tone};

use super::rate;
use crate::evaluate::life::{Intruder, Intrusion, LifeErrors, LifeOwner, LifeResults};

/// Lives that are drawn one by one at most.
const DRAWN: usize = 7;

/// The page.
pub fn page(r: &LifeResults) -> Report {
    let mut report = Report::new(format!("A life with {} on {}", r.model, r.dataset));
    report = match r.seen.is_empty() {
        true => report.label(Tone::Ok, "people that the network never saw"),
        false => report.label(Tone::Fail, "the network was trained on some: no fair test"),
    };
    let window = format!("{} s", r.window_s);
    report = report
        .headline(
            Fact::new(format!("EER, {window}"), rate(r.mean.eer))
                .within("all sessions after the enrolment"),
        )
        .headline(Fact::new("EER, 30 s", rate(r.mean.eer_30s)))
        .section(sessions(r))
        .section(owners(r));
    if let Some(intruder) = r.intruder {
        report = report.section(intrusions(intruder, &r.intrusions));
    }
    report.section(Section::new("Again").lines(r.command.clone()))
}

fn sessions(r: &LifeResults) -> Section {
    let numbered = |eers: &mut dyn Iterator<Item = Option<f64>>| -> Vec<(f64, f64)> {
        let numbered = (1..).zip(eers);
        let drawn = numbered.filter_map(|(number, eer)| Some((f64::from(number), eer?)));
        drawn.collect()
    };
    let means = numbered(&mut r.mean.eer_by_session.iter().map(|eer| Some(*eer)));
    let mut series = vec![Series::new("mean", means)];
    if r.per_owner.len() <= DRAWN {
        series.extend(r.per_owner.iter().map(|owner| {
            let eers = owner.sessions.iter().map(|session| session.eer);
            Series::new(&owner.owner, numbered(&mut eers.into_iter()))
        }));
    }
    let chart = Lines {
        title: "EER of each session after the enrolment".into(),
        x: Axis::new("session after the enrolment"),
        y: Axis::percent("EER").from(0.0),
        series,
        diagonal: false,
    };
    let m = &r.mean;
    Section::new("Session by session")
        .text(format!(
            "Everyone enrols in {} sittings of {} windows at most, their first sessions. Each later \
             session is scored in order of time, by the profile as it then is. How the profile \
             changes with use: {}.",
            r.sittings, r.windows_a_sitting, r.adaptation
        ))
        .figure(
            chart.svg(),
            "Against the later sessions of the other people of the fold.",
        )
        .facts([
            Fact::new("EER, later half of the sessions", rate(m.eer_later_half)),
            Fact::new("the same, 30 s", rate(m.eer_30s_later_half)),
            Fact::new("enrolled on the earlier half", rate(m.eer_half_enrolled)),
            Fact::new("the same, 30 s", rate(m.eer_30s_half_enrolled)),
        ])
}

fn owners(r: &LifeResults) -> Section {
    let header = [
        "owner",
        "sessions",
        "learnt",
        "EER",
        "as enrolled",
        "EER 30 s",
        "as enrolled",
        "later half",
        "enrolled on half",
    ];
    let told = |eer: Option<f64>| eer.map_or_else(|| "none".into(), rate);
    let rows = r.per_owner.iter().map(|owner: &LifeOwner| {
        let learnt = owner.sessions.iter().filter(|one| one.learnt).count();
        let fixed = |of: fn(&LifeErrors) -> Option<f64>, unchanged| {
            told(owner.as_enrolled.as_ref().map_or(unchanged, of))
        };
        [
            owner.owner.clone(),
            owner.sessions.len().to_string(),
            learnt.to_string(),
            told(owner.eer),
            fixed(|errors| errors.eer, owner.eer),
            told(owner.eer_30s),
            fixed(|errors| errors.eer_30s, owner.eer_30s),
            told(owner.eer_later_half),
            told(owner.eer_half_enrolled),
        ]
    });
    Section::new("Owners").table(Table::new("Owners", header).rows(rows))
}

fn intrusions(kind: Intruder, all: &[Intrusion]) -> Section {
    let header = [
        "owner",
        "intruder",
        "sessions",
        "joined",
        "from day",
        "the owner's joined",
        "windows that pass",
        "after the last day",
    ];
    let rows = all.iter().map(|one| {
        let first = one.first_joined_day;
        [
            one.owner.clone(),
            one.intruder.clone(),
            one.sessions.to_string(),
            one.joined.to_string(),
            first.map_or_else(|| "never".into(), |day| day.to_string()),
            one.owner_joined.to_string(),
            rate(one.passes_as_enrolled),
            rate(one.passes_after),
        ]
    });
    let days = all.first().map_or(0, |one| one.days);
    Section::new("Somebody else who knows the secret")
        .text(format!(
            "A {} enters the secret at the start of every session and at once after every lock, for \
             {days} days: sessions that would make them the owner are those that join.",
            kind.name()
        ))
        .table(Table::new("Intruders", header).rows(rows))
}
