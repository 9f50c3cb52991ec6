use std::time::Duration;

use proptest::prelude::*;

use super::*;

const LEVELS: EvidenceLevels = EvidenceLevels {
    lock: 0.1,
    warn: 0.25,
};

fn log(lines: &[&str]) -> EventLog {
    let mut log = EventLog::default();
    log.read(lines.join("\n").as_bytes()).unwrap();
    log
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
    let log = log(&[
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
    let counted = (log.unreadable, log.unknown, log.missed);
    assert_eq!(counted, (1, 1, 3));
    let [segment] = &log.segments[..] else {
        panic!("{log:?}");
    };
    let seconds = Duration::from_secs;
    assert_eq!(segment.length(), seconds(90));
    let outcomes: Vec<_> = segment.locks.iter().map(|l| (l.at, &l.outcome)).collect();
    assert_eq!(
        outcomes,
        [
            (seconds(50), &Outcome::Confirmed { attempts: 2 }),
            (seconds(90), &Outcome::WouldLock)
        ]
    );
    assert_eq!(segment.total(PeriodKind::AtRest), seconds(30));
    assert_eq!(segment.total(PeriodKind::Locked), seconds(30));
    assert_eq!(segment.warnings, [seconds(45)]);
    let page = page(&log, LEVELS);
    for told in [
        "the motion is not the owner's",
        "asked 2 times",
        "would be locked",
    ] {
        assert!(page.contains(told), "{told}");
    }
}

#[test]
fn each_recording_and_each_clock_is_a_segment_of_its_own() {
    let (live, replay) = (hello("live", "null"), hello("replay", "null"));
    let (early, late) = (
        state("unlock", 10, "evidence"),
        state("unlock", 500, "evidence"),
    );
    for (lines, segments) in [
        (&[&replay, &early, &replay, &late][..], 2),
        (&[&live, &early, &live, &late], 1),
        // The device was restarted, so the clock went back.
        (&[&live, &late, &live, &early], 2),
        (&[&late, &early], 2),
        (&[&replay, &replay], 1),
    ] {
        let lines: Vec<&str> = lines.iter().map(|line| line.as_str()).collect();
        assert_eq!(log(&lines).segments.len(), segments, "{lines:?}");
    }
}

#[test]
fn what_nobody_watched_does_not_count_as_watched() {
    let (begun, again) = (hello("live", "null"), hello("live", "900000000000"));
    let bye = r#"{"event":"bye","reason":"stopped","state":"unlock"}"#;
    let log = log(&[
        &begun,
        &state("unlock", 10, "evidence"),
        // Watched for 10 s, and for as long at rest.
        &state("inconclusive", 20, "at_rest"),
        &state("inconclusive", 30, "screen_locked"),
        &state("unlock", 50, "evidence"),
        // A restart, and the first sample after it.
        bye,
        &begun,
        &state("unlock", 500, "evidence"),
        &state("inconclusive", 510, "sensor_lost"),
        &state("unlock", 530, "evidence"),
        &state("unlock", 535, "evidence"),
        // A daemon that was killed, and one that was running when it was heard again.
        &again,
        &state("lock", 907, "evidence"),
    ]);
    let [segment] = &log.segments[..] else {
        panic!("{log:?}");
    };
    let seconds = Duration::from_secs;
    assert_eq!(segment.length(), seconds(897));
    assert_eq!(segment.total(PeriodKind::Unheard), seconds(450 + 365));
    assert_eq!(segment.watched(), seconds(10 + 10 + 10 + 5 + 7));
    let page = page(&log, LEVELS);
    assert!(page.contains("0:00:42"), "{page}");
    assert!(page.contains("nobody listened 0:13:35"), "{page}");
}

#[test]
fn what_the_agent_keeps_of_a_device_at_rest_is_a_line() {
    let score = |second: i64, context: &str| {
        let t = second * 1_000_000_000;
        format!(
            r#"{{"event":"score","t_ns":{t},"score":0.5,"threshold":0.05,"evidence":0.5,"context":"{context}","state":"unlock"}}"#
        )
    };
    let joined = |lines: &[String]| {
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let log = log(&lines);
        let points = log.segments[0].evidence.iter();
        points.map(|point| point.joined).collect::<Vec<_>>()
    };
    let rests = [
        score(0, "at_rest"),
        score(60, "at_rest"),
        score(136, "at_rest"),
    ];
    assert_eq!(joined(&rests), [false, true, false]);
    let moves = [score(0, "moving"), score(8, "moving"), score(60, "moving")];
    assert_eq!(joined(&moves), [false, true, false]);
    // The first window that moves ends the rest.
    let taken = [
        state("inconclusive", 0, "at_rest"),
        score(60, "moving"),
        state("unlock", 60, "evidence"),
    ];
    assert_eq!(joined(&taken), [false, true, true]);
}

#[test]
fn a_page_takes_nothing_from_elsewhere_and_no_markup_from_events() {
    let bad = hello("<script>", "7").replace("graspd 0.1.0", "</style><img src=//x>");
    let page = page(&log(&[&bad, &state("lock", 1, "<b>")]), LEVELS);
    for taken in [
        "<script", "<img", "<b>", "http:", "https:", "url(", "@import",
    ] {
        assert!(!page.contains(taken), "{taken}");
    }
}

/// Lines that are events, almost events, or anything else.
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
    let bye = Just(r#"{"event":"bye","reason":"stopped","state":"lock"}"#.to_owned());
    prop_oneof![4 => score, 3 => change, 1 => hello, 1 => bye, 1 => ".*"]
}

proptest! {
    #[test]
    fn no_log_is_too_odd_to_draw(lines in prop::collection::vec(any_line(), 0..60)) {
        let mut log = EventLog::default();
        for line in &lines {
            log.line(line);
        }
        let told = log.events + log.unreadable + log.unknown;
        prop_assert_eq!(told, lines.len() as u64);
        let page = page(&log, LEVELS);
        prop_assert!(!page.contains("NaN") && !page.contains("inf "));
        prop_assert!(page.ends_with("</html>\n"));
    }

    #[test]
    fn bytes_are_events_or_counted(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
        let mut log = EventLog::default();
        log.read(&bytes[..]).unwrap();
        page(&log, LEVELS);
    }
}
