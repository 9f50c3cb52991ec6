use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use graspd_client::days::KEPT;

use super::*;

const STATUS: &str = r#"{"event":"status","reason":"evidence","mode":"observe","owner":7}"#;
const HELLO: &str = r#"{"event":"hello","v":1,"mode":"observe"}"#;
const LOCK: &str = r#"{"event":"lock","t_ns":9,"reason":"evidence"}"#;

fn at(days: u64) -> SystemTime {
    // 2026-11-27, 20:00.
    UNIX_EPOCH + Duration::from_secs(1_795_809_600 + days * 86_400)
}

fn hear(history: &mut History, text: &str, now: SystemTime) -> bool {
    let mut line: Line = serde_json::from_str(text).unwrap();
    line.text = text.to_owned();
    history.hear(&line, now)
}

fn kept(history: &History, day: &str) -> String {
    let path = history.folder.join(format!("events-{day}.jsonl"));
    fs::read_to_string(path).unwrap_or_default()
}

#[test]
fn a_day_has_the_lines_as_they_came_with_the_time_and_what_was_answered() {
    let home = tempfile::tempdir().unwrap();
    let mut history = History::of_user(7, home.path().join("state/graspd"));
    assert!(!hear(&mut history, HELLO, at(0)));
    assert!(hear(&mut history, STATUS, at(0)), "scores are asked for");
    assert!(!hear(&mut history, STATUS, at(0)), "once");
    hear(
        &mut history,
        r#"{"event":"score","t_ns":1,"evidence":0.5}"#,
        at(0),
    );
    hear(&mut history, LOCK, at(0));
    // What nobody asked for is no answer, nor what the daemon refuses.
    hear(&mut history, r#"{"event":"adaptation"}"#, at(0));
    history.answered(true);
    hear(
        &mut history,
        r#"{"event":"error","message":"not now"}"#,
        at(0),
    );
    hear(&mut history, r#"{"event":"adaptation"}"#, at(0));
    history.answered(false);
    hear(&mut history, r#"{"event":"adaptation"}"#, at(0));
    let time = r#","unix_s":1795809600}"#;
    let lines = [
        HELLO,
        r#"{"event":"score","t_ns":1,"evidence":0.5}"#,
        LOCK,
        r#"{"event":"answer","was_false":false}"#,
    ];
    let expected = lines.map(|line| line.trim_end_matches('}').to_owned() + time + "\n");
    assert_eq!(kept(&history, "2026-11-27"), expected.concat());
    let path = history.folder.join("events-2026-11-27.jsonl");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(&history.folder)), (0o600, 0o700));
}

#[test]
fn nothing_is_kept_of_another_owner_nor_of_a_recording() {
    let home = tempfile::tempdir().unwrap();
    let mut history = History::of_user(7, home.path().into());
    for status in [
        STATUS.replace('7', "8"),
        STATUS.replace("observe", "replay"),
    ] {
        hear(&mut history, HELLO, at(0));
        assert!(!hear(&mut history, &status, at(0)));
        hear(&mut history, LOCK, at(0));
    }
    history.write(at(0));
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0);
}

#[test]
fn a_week_is_kept_and_files_of_others_stay() {
    let home = tempfile::tempdir().unwrap();
    let mut history = History::of_user(7, home.path().into());
    fs::write(home.path().join("events-mine.jsonl"), "x").unwrap();
    hear(&mut history, STATUS, at(0));
    for day in 0..9 {
        hear(&mut history, LOCK, at(day));
    }
    let mut names: Vec<_> = fs::read_dir(home.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names.len(), KEPT + 1);
    assert_eq!(names[0], "events-2026-11-29.jsonl");
    assert_eq!(names[KEPT], "events-mine.jsonl");
}

#[test]
fn a_clock_at_its_beginning_loses_no_line_and_what_stays_hinders_nothing() {
    let home = tempfile::tempdir().unwrap();
    let mut history = History::of_user(7, home.path().to_owned());
    hear(&mut history, STATUS, at(0));
    for days in 1..=KEPT as u64 {
        hear(&mut history, LOCK, at(days));
    }
    // Of such a name, and no file.
    fs::create_dir(home.path().join("events-1969-12-31.jsonl")).unwrap();
    hear(&mut history, LOCK, UNIX_EPOCH);
    assert!(kept(&history, "1970-01-01").contains("lock"));
    hear(&mut history, LOCK, at(20));
    assert!(kept(&history, "2026-12-17").contains("lock"));
    assert_eq!(kept(&history, "1970-01-01"), "", "old by then");
}

#[test]
fn what_could_not_be_written_is_kept_until_it_can() {
    let home = tempfile::tempdir().unwrap();
    let state = home.path().join("state");
    // No folder can be made in it.
    fs::write(&state, "").unwrap();
    let mut history = History::of_user(7, state.join("graspd"));
    hear(&mut history, STATUS, at(0));
    hear(&mut history, LOCK, at(0));
    history.answered(true);
    hear(&mut history, r#"{"event":"adaptation"}"#, at(0));
    for second in 1..=2000 {
        let evidence = f64::from(second % 2) / 2.0;
        let score =
            format!(r#"{{"event":"score","t_ns":{second}000000000,"evidence":{evidence:.1}}}"#);
        hear(&mut history, &score, at(0));
    }
    assert!(history.waiting.len() <= WAITING_MAX + 100);
    fs::remove_file(&state).unwrap();
    history.write(at(0));
    let text = kept(&history, "2026-11-27");
    let events: Vec<_> = text.lines().take(2).collect();
    assert!(
        events[0].starts_with(LOCK.trim_end_matches('}')),
        "{events:?}"
    );
    assert!(events[1].starts_with(r#"{"event":"answer""#), "{events:?}");
    history.write(at(0));
    assert_eq!(kept(&history, "2026-11-27"), text, "once");
}

#[test]
fn of_events_without_scores_the_newest_wait() {
    let line = |n: usize| format!("{{\"event\":\"lock\",\"n\":{n}}}\n");
    let lines: String = (0..5000).map(line).collect();
    let waits = bounded(&lines);
    assert!(waits.len() <= WAITING_MAX && lines.ends_with(&waits));
    assert!(waits.len() > WAITING_MAX - 100 && waits.starts_with('{'));
}

#[test]
fn a_day_that_is_full_grows_no_more_and_a_cut_line_spoils_no_other() {
    let home = tempfile::tempdir().unwrap();
    let mut history = History::of_user(7, home.path().into());
    let path = home.path().join("events-2026-11-27.jsonl");
    fs::write(&path, "{\"event\":\"unl").unwrap();
    hear(&mut history, STATUS, at(0));
    hear(&mut history, LOCK, at(0));
    let text = kept(&history, "2026-11-27");
    assert!(
        text.starts_with("{\"event\":\"unl\n{\"event\":\"lock\""),
        "{text}"
    );

    fs::write(&path, "\n".repeat(SCORES_MAX as usize)).unwrap();
    hear(&mut history, LOCK, at(0));
    hear(
        &mut history,
        r#"{"event":"score","t_ns":1,"evidence":0.5}"#,
        at(0),
    );
    history.write(at(0));
    assert!(!kept(&history, "2026-11-27").contains("score"));
    fs::write(&path, "\n".repeat(DAY_MAX as usize)).unwrap();
    hear(&mut history, LOCK, at(0));
    assert_eq!(fs::metadata(&path).unwrap().len(), DAY_MAX);
}
