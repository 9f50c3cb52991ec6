//! Surveys as a page of plots that needs nothing but itself.

use grasp_chart::{Axis, Mark, Paint, Report, Row, Rows, Section, Shape, Svg, Table};

use super::{PersonSurvey, Rest, SessionSurvey, Survey, table};

/// Standard gravity, m/s².
const GRAVITY: f64 = 9.80665;

/// The whole page.
pub fn html(surveys: &[Survey]) -> String {
    let report = Report {
        sections: surveys.iter().map(section).collect(),
        ..Report::new("What the recordings are like")
    };
    report.html()
}

fn section(survey: &Survey) -> Section {
    let section = Section::new(survey.set)
        .text(table::summary(survey))
        .text(
            "Rest is the quietest twentieth of someone's seconds. What a device shows then is \
             gravity, its own errors, and as little of the person as there is: where people \
             differ here, a model may be learning their handsets.",
        )
        .figure(
            minutes(survey),
            "Minutes on graspd's grid; one bar a session.",
        )
        .figure(
            acceleration(survey),
            "Acceleration at rest; dashed: standard gravity.",
        )
        .figure(turn(survey), "Rate of turn at rest; dashed: none.")
        .table(
            Table::new("By person", table::HEADINGS).rows(survey.people.iter().map(table::cells)),
        );
    let rows = table::doubts(survey)
        .map(|(person, session, doubt)| [person.to_owned(), session.to_owned(), doubt.to_string()]);
    let doubts = Table::new("Doubtful", ["person", "session", "why"]).rows(rows);
    let section = match table::doubts(survey).next() {
        Some(_) => section.table(doubts),
        None => section,
    };
    if survey.skipped.is_empty() {
        return section;
    }
    let skipped = survey.skipped.iter();
    let rows = skipped.map(|skipped| [&skipped.session, &skipped.why].map(String::as_str));
    section.table(
        Table::new("Skipped", ["session", "why"])
            .rows(rows)
            .text_columns(2),
    )
}

fn rows(survey: &Survey, marks: fn(&PersonSurvey) -> Vec<Mark>) -> Vec<Row> {
    let row = |person: &PersonSurvey| Row {
        name: person.id.clone(),
        marks: marks(person),
    };
    survey.people.iter().map(row).collect()
}

fn minutes(survey: &Survey) -> Svg {
    let marks = |person: &PersonSurvey| {
        let mut to = 0.0;
        let bar = |session: &SessionSurvey| {
            let from = to;
            to += session.minutes;
            Mark {
                paint: Paint::Series(0),
                shape: Shape::Bar(from, to),
                title: format!("session {}: {:.1} min", session.name, session.minutes),
            }
        };
        person.sessions.iter().map(bar).collect()
    };
    let rows = Rows {
        title: "minutes of each person".into(),
        x: Axis::new("minutes"),
        rows: rows(survey, marks),
        reference: Some(0.0),
        legend: Vec::new(),
    };
    rows.svg()
}

fn acceleration(survey: &Survey) -> Svg {
    let marks = |person: &PersonSurvey| {
        let dot = |paint, radius, of: &str, rest: &Rest| Mark {
            paint,
            shape: Shape::Dot {
                at: rest.acceleration,
                lane: 0.0,
                radius,
            },
            title: format!("{of}: {:.3} m/s²", rest.acceleration),
        };
        let sessions = person.sessions.iter().filter_map(|session| {
            let of = format!("session {}", session.name);
            Some(dot(Paint::Faint, 2.0, &of, session.rest.as_ref()?))
        });
        let whole = person.rest.iter();
        let whole = whole.map(|rest| dot(Paint::Series(0), 4.0, "all sessions", rest));
        sessions.chain(whole).collect()
    };
    let rows = Rows {
        title: "acceleration at rest of each person".into(),
        x: Axis::new("m/s²"),
        rows: rows(survey, marks),
        reference: Some(GRAVITY),
        legend: vec![
            (Paint::Series(0), "all sessions".into()),
            (Paint::Faint, "one session".into()),
        ],
    };
    rows.svg()
}

fn turn(survey: &Survey) -> Svg {
    const AXES: [&str; 3] = ["x", "y", "z"];
    let marks = |person: &PersonSurvey| {
        let axis = |rest: &Rest, axis: usize| {
            let at = rest.gyroscope_offset[axis] * 1e3;
            Mark {
                paint: Paint::Series(axis),
                shape: Shape::Dot {
                    at,
                    lane: axis as f64 - 1.0,
                    radius: 2.8,
                },
                title: format!("{}: {at:+.1} mrad/s", AXES[axis]),
            }
        };
        let rest = person.rest.iter();
        rest.flat_map(|rest| (0..3).map(move |k| axis(rest, k)))
            .collect()
    };
    let rows = Rows {
        title: "rate of turn at rest of each person".into(),
        x: Axis::new("mrad/s"),
        rows: rows(survey, marks),
        reference: Some(0.0),
        legend: (0..3)
            .map(|axis| (Paint::Series(axis), AXES[axis].to_owned()))
            .collect(),
    };
    rows.svg()
}
