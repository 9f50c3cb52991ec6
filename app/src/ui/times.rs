//! Local times and days, and their text.

use gtk::glib::DateTime;

/// Seconds since 1970, now.
pub fn now() -> i64 {
    DateTime::now_utc().map_or(0, |now| now.to_unix())
}

/// The time of the day, as in 14:32.
pub fn clock(unix_s: i64) -> String {
    format(unix_s, "%H:%M")
}

/// The day, as in "Fri 27 Nov".
pub fn day(unix_s: i64) -> String {
    format(unix_s, "%a %-d %b")
}

/// The day's name in UTC, as in 2026-11-27.
pub fn day_of_utc(unix_s: i64) -> String {
    let at = DateTime::from_unix_utc(unix_s).and_then(|at| at.format("%Y-%m-%d"));
    at.map_or_else(|_| String::new(), Into::into)
}

/// Seconds that the local time is east of UTC.
pub fn offset(unix_s: i64) -> i64 {
    let local = DateTime::from_unix_local(unix_s);
    local.map_or(0, |at| at.utc_offset().as_seconds())
}

/// The beginning of the local day that this is in.
pub fn midnight(unix_s: i64) -> i64 {
    let local = DateTime::from_unix_local(unix_s);
    let begins = local
        .and_then(|at| DateTime::from_local(at.year(), at.month(), at.day_of_month(), 0, 0, 0.0));
    begins.map_or(unix_s, |at| at.to_unix())
}

/// The beginning of the next local day; days of 23 and 25 hours have one, too.
pub fn next_midnight(unix_s: i64) -> i64 {
    midnight(midnight(unix_s) + 30 * 3600)
}

fn format(unix_s: i64, pattern: &str) -> String {
    let at = DateTime::from_unix_local(unix_s).and_then(|at| at.format(pattern));
    at.map_or_else(|_| String::new(), Into::into)
}
