use super::*;

fn log(lines: &[&str]) -> Log {
    let mut log = Log::default();
    for line in lines {
        log.take(&Line::parse(line).unwrap());
    }
    log
}

#[test]
fn locks_come_with_what_became_of_them_and_what_was_answered() {
    let log = log(&[
        r#"{"event":"hello","state":"inconclusive","reason":"warm_up","mode":"live","unix_s":100}"#,
        r#"{"event":"unlock","reason":"evidence","evidence":0.8,"unix_s":110}"#,
        r#"{"event":"lock","reason":"evidence","evidence":0.1,"unix_s":150}"#,
        r#"{"event":"lock_confirmed","attempts":1,"unix_s":151}"#,
        r#"{"event":"inconclusive","reason":"screen_locked","unix_s":151}"#,
        r#"{"event":"inconclusive","reason":"warm_up","unix_s":191}"#,
        r#"{"event":"lock","reason":"at_rest","unix_s":200}"#,
        r#"{"event":"lock_unconfirmed","unix_s":201}"#,
        r#"{"event":"answer","was_false":true,"unix_s":202}"#,
    ]);
    let told: Vec<_> = log
        .locks
        .iter()
        .map(|lock| (lock.at, lock.outcome, lock.was_false))
        .collect();
    assert_eq!(
        told,
        [
            (150, Outcome::Locked, Some(true)),
            (200, Outcome::MayBeOpen, None)
        ]
    );
    assert_eq!(log.unanswered(), None);
    let spans: Vec<_> = log.spans().map(|s| (s.kind, s.from, s.to)).collect();
    let expected = [
        (Kind::Locked, 150, 151),
        (Kind::Undecided, 151, 191),
        (Kind::Locked, 200, 202),
    ];
    assert_eq!(spans, expected);
    // Not while the screen was locked.
    assert_eq!(log.watched_s(0), 102 - 40);
    assert_eq!(log.points.len(), 2);
    assert_eq!(log.ends_within(105, 160), Some((110, 151)));
    assert_eq!(log.ends_within(300, 400), None);
}

#[test]
fn what_is_only_observed_asks_for_no_answer() {
    let lock = r#"{"event":"lock","reason":"evidence","unix_s":20}"#;
    let live = log(&[lock]);
    assert_eq!(live.unanswered().map(|lock| lock.at), Some(20));
    let hello = r#"{"event":"hello","mode":"observe","unix_s":10}"#;
    let observed = log(&[hello, lock]);
    assert_eq!(observed.locks[0].outcome, Outcome::WouldLock);
    assert_eq!(observed.unanswered(), None);
}

#[test]
fn what_held_before_a_silence_did_not_hold_through_it() {
    let lock = r#"{"event":"lock","reason":"evidence","unix_s":20}"#;
    let hello = r#"{"event":"hello","state":"lock","reason":"persisted","unix_s":9000}"#;
    let later = r#"{"event":"unlock","reason":"evidence","unix_s":9060}"#;
    let log = log(&[lock, hello, later]);
    let spans: Vec<_> = log.spans().map(|s| (s.from, s.to)).collect();
    assert_eq!(spans, [(20, 20), (9000, 9060)]);
}

#[test]
fn a_gap_between_lines_was_not_watched() {
    let line = |at: i64| format!(r#"{{"event":"score","evidence":0.5,"unix_s":{at}}}"#);
    let lines: Vec<_> = [0, 60, 3600, 3608, 3600].map(line).to_vec();
    let lines: Vec<_> = lines.iter().map(String::as_str).collect();
    assert_eq!(log(&lines).watched_s(0), 68);
    assert_eq!(log(&lines).watched_s(3600), 8);
}

#[test]
fn a_state_that_nothing_led_to_was_not_watched() {
    let watched = |reason: &str| Kind::of("inconclusive", reason) != Some(Kind::Undecided);
    for reason in ["evidence", "warm_up", "at_rest", "persisted"] {
        assert!(watched(reason), "{reason}");
    }
    for reason in [
        "gap",
        "sensor_lost",
        "no_evidence",
        "model_failed",
        "paused",
        "of_later",
    ] {
        assert!(!watched(reason), "{reason}");
    }
}
