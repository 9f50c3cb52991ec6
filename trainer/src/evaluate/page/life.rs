//! The page of `--protocol life`.

use grasp_chart::{Axis, Fact, Lines, Report, Section, Series, Table, Tone};

use super::rate;
use crate::evaluate::life::{LifeOwner, LifeResults};

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
    report
        .headline(
            Fact::new(format!("EER, {window}"), rate(r.mean.eer))
                .within("all sessions after the enrolment"),
        )
        .headline(Fact::new("EER, 30 s", rate(r.mean.eer_30s)))
        .section(sessions(r))
        .section(owners(r))
        .section(Section::new("Again").lines(r.command.clone()))
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
        "EER 30 s",
        "later half",
        "enrolled on half",
    ];
    let told = |eer: Option<f64>| eer.map_or_else(|| "none".into(), rate);
    let rows = r.per_owner.iter().map(|owner: &LifeOwner| {
        [
            owner.owner.clone(),
            owner.sessions.len().to_string(),
            owner
                .sessions
                .iter()
                .filter(|one| one.learnt)
                .count()
                .to_string(),
            told(owner.eer),
            told(owner.eer_30s),
            told(owner.eer_later_half),
            told(owner.eer_half_enrolled),
        ]
    });
    Section::new("Owners").table(Table::new("Owners", header).rows(rows))
}
