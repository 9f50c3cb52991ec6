use std::time::Duration;

use proptest::prelude::*;

use super::stretch::Point;
use super::thin::{MOST, thin};
use super::*;

const LEVELS: Levels = Levels {
    lock: 0.1,
    warn: 0.25,
};

fn journal(lines: &[&str]) -> Journal {
    let mut journal = Journal::default();
    journal.read(lines.join("\n").as_bytes()).unwrap();
    journal
}

fn hello(mode: &str, t_ns: &str) -> String {
    format!(
        r#"{{"event":"hello","v":1,"daemon":"graspd 0.1.0","state":"inconclusive","reason":"warm_up","t_ns":{t_ns},"model":"seed-2d","mode":"{mode}"}}"#
    )
}

fn state(name: &str, second: i64, reason: &str) -> String {
    let t = second * 1_000_000_000;
    format!(
        r#"{{"event":"{name}","t_ns":{t},"reason":"{reason}","score":-0.5,"threshold":0.05,"evidence":0.1}}"#
    )
}

#[test]
fn what_was_locked_and_what_stood_in_the_way_is_told() {
    let journal = journal(&[
        &hello("live", "null"),
        &state("unlock", 10, "evidence"),
        &state("inconclusive", 20, "at_rest"),
        &state("unlock", 50, "evidence"),
        r#"{"event":"warning","t_ns":55000000000,"reason":"evidence"}"#,
        &state("lock", 60, "evidence"),
        r#"{"event":"lock_confirmed","t_ns":60000000000,"attempts":2}"#,
        &state("inconclusive", 90, "warm_up"),
        &state("lock", 100, "sensor_lost").replace("\"score\"", "\"mode\":\"observe\",\"score\""),
        r#"{"event":"lagged","missed":3}"#,
        r#"{"event":"posture"}"#,
        "no event",
        "",
    ]);
    let counted = (journal.unreadable, journal.unknown, journal.missed);
    assert_eq!(counted, (1, 1, 3));
    let [stretch] = &journal.stretches[..] else {
        panic!("{journal:?}");
    };
    let seconds = Duration::from_secs;
    assert_eq!(stretch.length(), seconds(90));
    let outcomes: Vec<_> = stretch.locks.iter().map(|l| (l.at, &l.outcome)).collect();
    assert_eq!(
        outcomes,
        [
            (seconds(50), &Outcome::Locked { attempts: 2 }),
            (seconds(90), &Outcome::WouldBe)
        ]
    );
    assert_eq!(stretch.total(Way::Rest), seconds(30));
    assert_eq!(stretch.total(Way::Locked), seconds(30));
    assert_eq!(stretch.warnings, [seconds(45)]);
    let page = page(&journal, LEVELS);
    for told in [
        "the motion is not the owner&#39;s",
        "asked 2 times",
        "would be locked",
    ] {
        assert!(page.contains(told), "{told}");
    }
}

#[test]
fn each_recording_and_each_clock_is_a_stretch_of_its_own() {
    let (live, replay) = (hello("live", "null"), hello("replay", "null"));
    let (early, late) = (
        state("unlock", 10, "evidence"),
        state("unlock", 500, "evidence"),
    );
    for (lines, stretches) in [
        (&[&replay, &early, &replay, &late][..], 2),
        (&[&live, &early, &live, &late], 1),
        // The device was started again.
        (&[&live, &late, &live, &early], 2),
        (&[&late, &early], 2),
        (&[&replay, &replay], 1),
    ] {
        let lines: Vec<&str> = lines.iter().map(|line| line.as_str()).collect();
        assert_eq!(journal(&lines).stretches.len(), stretches, "{lines:?}");
    }
}

#[test]
fn a_page_takes_nothing_from_elsewhere_and_no_markup_from_events() {
    let bad = hello("<script>", "7").replace("graspd 0.1.0", "</style><img src=//x>");
    let page = page(&journal(&[&bad, &state("lock", 1, "<b>")]), LEVELS);
    for taken in [
        "<script", "<img", "<b>", "http:", "https:", "url(", "@import",
    ] {
        assert!(!page.contains(taken), "{taken}");
    }
}

/// Lines that are events, nearly, or not at all.
fn any_line() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        Just("at_rest"),
        Just("gap"),
        Just("screen_locked"),
        Just("x")
    ];
    let t = prop_oneof![any::<i64>(), 0..100_000_000_000_000i64, Just(i64::MIN)];
    let number = prop_oneof![any::<f64>(), -1.0..1.0f64];
    let name = prop_oneof![
        Just("lock"),
        Just("unlock"),
        Just("inconclusive"),
        Just("warning")
    ];
    let change = (name, t.clone(), word).prop_map(|(name, t, reason)| {
        format!(r#"{{"event":"{name}","t_ns":{t},"reason":"{reason}"}}"#)
    });
    let score = (t, number.clone(), number).prop_map(|(t, score, evidence)| {
        let figures = serde_json::json!({"event": "score", "t_ns": t, "score": score,
            "threshold": 0.05, "evidence": evidence, "context": "moving", "state": "unlock"});
        figures.to_string()
    });
    let mode = prop_oneof![Just("live"), Just("replay"), Just("observe")];
    let hello = (mode, any::<Option<i64>>())
        .prop_map(|(mode, t)| hello(mode, &t.map_or("null".into(), |t| t.to_string())));
    prop_oneof![4 => score, 3 => change, 1 => hello, 1 => ".*"]
}

proptest! {
    #[test]
    fn no_journal_is_too_odd_to_draw(lines in prop::collection::vec(any_line(), 0..60)) {
        let mut journal = Journal::default();
        for line in &lines {
            journal.line(line);
        }
        let told = journal.events + journal.unreadable + journal.unknown;
        prop_assert_eq!(told, lines.len() as u64);
        let page = page(&journal, LEVELS);
        prop_assert!(!page.contains("NaN") && !page.contains("inf "));
        prop_assert!(page.ends_with("</html>\n"));
    }

    #[test]
    fn bytes_are_events_or_counted(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let mut journal = Journal::default();
        journal.read(&bytes[..]).unwrap();
        page(&journal, LEVELS);
    }

    #[test]
    fn what_is_thinned_keeps_its_extremes_its_ends_and_its_breaks(
        values in prop::collection::vec(-1.0..1.0f64, 2500..6000),
        breaks in prop::collection::vec(any::<prop::sample::Index>(), 0..5),
    ) {
        let mut points: Vec<_> = (0u32..).zip(&values).map(|(k, &value)| Point {
            at: f64::from(k), value, joined: k > 0,
        }).collect();
        for at in &breaks {
            points[at.index(values.len())].joined = false;
        }
        let length = points.len() as f64 - 1.0;
        let kept = thin(&points, length);
        prop_assert!(kept.len() <= MOST);
        let extremes = |points: &[Point]| {
            let values = points.iter().map(|p| p.value);
            (values.clone().fold(1.0, f64::min), values.fold(-1.0, f64::max))
        };
        prop_assert_eq!(extremes(&kept), extremes(&points));
        prop_assert_eq!(kept.first().map(|p| p.at), Some(0.0));
        prop_assert_eq!(kept.last().map(|p| p.at), Some(length));
        for pair in kept.windows(2) {
            let (from, to) = (pair[0].at as usize + 1, pair[1].at as usize);
            prop_assert_eq!(pair[1].joined, points[from..=to].iter().all(|p| p.joined));
        }
    }
}
