//! A survey as a table of text.

use graspd::examine::Doubt;

use super::{PersonSurvey, Rest, SessionSurvey, Survey};

/// Column headings.
pub(super) const HEADINGS: [&str; 9] = [
    "person",
    "sessions",
    "minutes",
    "acc Hz",
    "gyro Hz",
    "gaps",
    "dropped",
    "rest |a| m/s²",
    "gyro offset mrad/s",
];

/// A summary line of the data set, and a table with one row a person.
pub fn text(survey: &Survey) -> String {
    let rows: Vec<_> = [HEADINGS.map(str::to_owned)]
        .into_iter()
        .chain(survey.people.iter().map(cells))
        .collect();
    let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
    let widths: [usize; HEADINGS.len()] = std::array::from_fn(|k| width(k).unwrap_or(0));
    let mut text = summary(survey) + "\n";
    for row in &rows {
        let mut line = String::new();
        for (k, (cell, width)) in row.iter().zip(widths).enumerate() {
            line += &match k {
                0 => format!("{cell:<width$}"),
                _ => format!("  {cell:>width$}"),
            };
        }
        text += line.trim_end();
        text.push('\n');
    }
    for (person, session, doubt) in doubts(survey) {
        text += &format!("warning: {person}, session {session}: {doubt}\n");
    }
    text
}

/// What speaks against whose sessions.
pub(super) fn doubts(survey: &Survey) -> impl Iterator<Item = (&str, &str, &Doubt)> {
    survey.people.iter().flat_map(|person| {
        person.sessions.iter().flat_map(move |session| {
            let doubts = session.doubts.iter();
            doubts.map(move |doubt| (person.id.as_str(), session.name.as_str(), doubt))
        })
    })
}

/// The summary line.
pub(super) fn summary(survey: &Survey) -> String {
    let minutes: f64 = survey.sessions().map(|session| session.minutes).sum();
    format!(
        "{}: {} people, {} sessions ({} skipped), {minutes:.1} minutes; terms: {}",
        survey.set,
        survey.people.len(),
        survey.sessions().count(),
        survey.skipped.len(),
        survey.terms
    )
}

/// A person's row under [`HEADINGS`].
pub(super) fn cells(person: &PersonSurvey) -> [String; HEADINGS.len()] {
    let sessions = &person.sessions;
    let sum = |of: &dyn Fn(&SessionSurvey) -> u64| sessions.iter().map(of).sum::<u64>().to_string();
    let minutes: f64 = sessions.iter().map(|session| session.minutes).sum();
    let rest = |of: &dyn Fn(&Rest) -> String| person.rest.as_ref().map_or("-".into(), of);
    [
        person.id.clone(),
        sessions.len().to_string(),
        format!("{minutes:.1}"),
        rates(sessions, 0),
        rates(sessions, 1),
        sum(&|session| session.align.gaps),
        sum(&SessionSurvey::dropped),
        rest(&|rest| format!("{:.3}", rest.acceleration)),
        rest(&|rest| {
            let mrad = rest
                .gyroscope_offset
                .map(|rate| format!("{:+.1}", rate * 1e3));
            mrad.join(" ")
        }),
    ]
}

/// Sampling rates of one sensor over the sessions: one figure, or a range.
fn rates(sessions: &[SessionSurvey], sensor: usize) -> String {
    let rates = || {
        sessions
            .iter()
            .filter_map(|session| session.rates_hz[sensor])
    };
    let lowest = format!("{:.1}", rates().fold(f64::INFINITY, f64::min));
    let highest = format!("{:.1}", rates().fold(0.0, f64::max));
    if rates().next().is_none() {
        "-".into()
    } else if lowest == highest {
        lowest
    } else {
        format!("{lowest}–{highest}")
    }
}
