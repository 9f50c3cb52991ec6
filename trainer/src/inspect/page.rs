//! Surveys as a page of plots that needs nothing but itself.

use super::plot::{Mark, Shape, escape, rows};
use super::{PersonSurvey, SessionSurvey, Survey, table};

/// Standard gravity, m/s².
const GRAVITY: f64 = 9.80665;

/// The whole page.
pub fn html(surveys: &[Survey]) -> String {
    let sections: String = surveys.iter().map(section).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n\
         <title>grasp-train inspect</title>\n<style>\n{}</style>\n\
         <h1>What the recordings are like</h1>\n\
         <p class=\"note\">Rest is the quietest twentieth of someone's seconds. What a device \
         shows then is gravity, its own errors, and as little of the person as there is: where \
         people differ here, a model may be learning their handsets.</p>\n{sections}</html>\n",
        include_str!("page.css")
    )
}

fn section(survey: &Survey) -> String {
    format!(
        "<h2>{}</h2>\n<p>{}</p>\n{}{}{}{}{}",
        escape(survey.set),
        escape(&table::summary(survey)),
        figure(
            "Minutes on graspd's grid; one bar a session",
            &plot(survey, "minutes", 0.0, minutes),
        ),
        figure(
            "Acceleration at rest, m/s²; dashed: standard gravity. \
             <span class=\"all\"></span>all sessions <span class=\"one\"></span>one session",
            &plot(survey, "acceleration at rest", GRAVITY, acceleration),
        ),
        figure(
            "Rate of turn at rest, mrad/s; dashed: none. <span class=\"x\"></span>x \
             <span class=\"y\"></span>y <span class=\"z\"></span>z",
            &plot(survey, "rate of turn at rest", 0.0, turn),
        ),
        people(survey),
        skipped(survey),
    )
}

fn figure(caption: &str, svg: &str) -> String {
    format!("<figure>\n<figcaption>{caption}</figcaption>\n{svg}</figure>\n")
}

fn plot(
    survey: &Survey,
    label: &str,
    reference: f64,
    marks: fn(&PersonSurvey) -> Vec<Mark>,
) -> String {
    let row = |person: &PersonSurvey| (person.id.clone(), marks(person));
    let people: Vec<_> = survey.people.iter().map(row).collect();
    rows(label, &people, reference)
}

fn minutes(person: &PersonSurvey) -> Vec<Mark> {
    let mut to = 0.0;
    let bar = |session: &SessionSurvey| {
        let from = to;
        to += session.minutes;
        Mark {
            class: "bar",
            shape: Shape::Bar(from, to),
            title: format!("session {}: {:.1} min", session.name, session.minutes),
        }
    };
    person.sessions.iter().map(bar).collect()
}

fn acceleration(person: &PersonSurvey) -> Vec<Mark> {
    let dot = |class, radius, of: &str, at: f64| Mark {
        class,
        shape: Shape::Dot {
            at,
            lane: 0.0,
            radius,
        },
        title: format!("{of}: {at:.3} m/s²"),
    };
    let sessions = person.sessions.iter().filter_map(|session| {
        let of = format!("session {}", session.name);
        Some(dot("one", 2.5, &of, session.rest.as_ref()?.acceleration))
    });
    let whole = person
        .rest
        .iter()
        .map(|rest| dot("all", 4.5, "all sessions", rest.acceleration));
    sessions.chain(whole).collect()
}

fn turn(person: &PersonSurvey) -> Vec<Mark> {
    let axes = |rest: &super::Rest| {
        let mrad = rest.gyroscope_offset.map(|rate| rate * 1e3);
        [("x", -1.0), ("y", 0.0), ("z", 1.0)]
            .into_iter()
            .zip(mrad)
            .map(|((axis, lane), at)| Mark {
                class: axis,
                shape: Shape::Dot {
                    at,
                    lane,
                    radius: 3.0,
                },
                title: format!("{axis}: {at:+.1} mrad/s"),
            })
            .collect::<Vec<_>>()
    };
    person.rest.iter().flat_map(axes).collect()
}

fn people(survey: &Survey) -> String {
    let row = |tag: &str, cells: &[String]| {
        let cell = |text: &String| format!("<{tag}>{}</{tag}>", escape(text));
        format!("<tr>{}</tr>\n", cells.iter().map(cell).collect::<String>())
    };
    let rows = survey
        .people
        .iter()
        .map(|person| row("td", &table::cells(person)));
    format!(
        "<div class=\"wide\"><table>\n{}{}</table></div>\n",
        row("th", &table::HEADINGS.map(str::to_owned)),
        rows.collect::<String>()
    )
}

fn skipped(survey: &Survey) -> String {
    let item = |skipped: &crate::data::Skipped| {
        let (session, why) = (escape(&skipped.session), escape(&skipped.why));
        format!("<li>{session}: {why}</li>\n")
    };
    if survey.skipped.is_empty() {
        return String::new();
    }
    let items: String = survey.skipped.iter().map(item).collect();
    format!("<p>Skipped:</p>\n<ul>\n{items}</ul>\n")
}
