//! HMOG in its authors' layout: `public_dataset/<id>/<id>_session_<n>/`.
//! The files of a session are read by [`graspd::source::HmogSession`].

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use graspd::source::{Line, Lines, parse_row};

use super::error::DataError;
use super::recording::{Found, Recording, entries, inner};

/// Start of a session, ms since 1970, from the first column of its first row. Needed
/// because HMOG numbers sessions by task and not by date. A line of names may stand above the
/// row, as [`graspd::source::HmogSession`] takes it, too.
pub(super) fn began_unix_ms(session: &Path) -> Option<u64> {
    let file = File::open(session.join("Accelerometer.csv")).ok()?;
    let mut lines = Lines::new(BufReader::new(file));
    loop {
        let (number, line) = lines.next_numbered().ok()?;
        let Line::Text(text) = line? else {
            return None;
        };
        match first_column(text) {
            Some(ms) => return Some(ms),
            None if number == 1 || text.trim().is_empty() => {}
            None => return None,
        }
    }
}

/// The number in the first column, in any form that graspd reads a time in: it is put into a row
/// of graspd's own, because the date is the one column that no sample is made of.
fn first_column(row: &str) -> Option<u64> {
    let separator = [';', '\t'].into_iter().find(|known| row.contains(*known));
    let separator = separator.unwrap_or(',');
    let within_quotes = row.strip_prefix('"').and_then(|text| text.find('"'));
    let from = within_quotes.map_or(0, |quote| quote + 2);
    let end = from + row.get(from..)?.find(separator)?;
    let column = row.get(..end)?;
    let of_graspd = [column, "accelerometer", "0", "0", "0"].join(&separator.to_string());
    u64::try_from(parse_row(&of_graspd).ok()?.t.nanos()).ok()
}

/// Whether a session is map navigation: 5, 11, … seated, 6, 12, … walking.
pub(super) fn is_map(session: &str) -> bool {
    session
        .parse::<u32>()
        .is_ok_and(|number| number % 6 == 5 || number % 6 == 0)
}

pub(super) fn find(root: &Path) -> Result<Found, DataError> {
    let mut found = Found::default();
    for (person, folder) in entries(&inner(root, "public_dataset"))? {
        if !folder.is_dir() {
            continue;
        }
        let prefix = format!("{person}_session_");
        for (name, path) in entries(&folder)? {
            found.add(path, |path| {
                let session = name.strip_prefix(&prefix)?;
                Some(Recording {
                    person: person.clone(),
                    session: session.to_owned(),
                    order: session.parse().ok()?,
                    path,
                })
            });
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use graspd::source::{HmogSession, Source};

    use super::*;

    #[test]
    fn the_date_is_found_in_whatever_clothes_the_session_is_read_in() {
        let row = "1396000005000,5000000000,7,1.5,4.25,9,0\n";
        let header = "Systime,EventTime,ActivityID,X,Y,Z,Phone_orientation\n";
        let semicolons = row.replace(',', ";").replace('.', ",");
        let quoted = row.replace("1396000005000", "\"1,396000005e12\"");
        for clothes in [
            row.to_owned(),
            format!("{header}{row}"),
            format!("\u{feff}{header}{row}").replace('\n', "\r\n"),
            format!("\u{feff}{row}"),
            format!("{}{semicolons}", header.replace(',', ";")),
            semicolons.replace("1396000005000", "1,396000005E+12"),
            row.replace(',', "\t"),
            row.replace("1396000005000", "1396000005000.0"),
            row.replace("1396000005000", "1.396000005e12"),
            row.replace("1396000005000", "\"1396000005000\""),
            format!("{header}\n{quoted}"),
        ] {
            let dir = tempfile::tempdir().unwrap();
            for name in ["Accelerometer.csv", "Gyroscope.csv"] {
                fs::write(dir.path().join(name), &clothes).unwrap();
            }
            let mut session = HmogSession::open(dir.path()).unwrap();
            assert!(session.next().unwrap().is_some(), "{clothes}");
            assert_eq!(
                began_unix_ms(dir.path()),
                Some(1_396_000_005_000),
                "{clothes}"
            );
        }
    }

    #[test]
    fn a_first_row_without_a_number_has_no_date() {
        for text in [
            "",
            "\n",
            "Systime,X\n",
            "a,5,7,1,2,3,0\nb,6,7,1,2,3,0\n",
            "-5,1,7,1,2,3,0",
        ] {
            let dir = tempfile::tempdir().unwrap();
            fs::write(dir.path().join("Accelerometer.csv"), text).unwrap();
            assert_eq!(began_unix_ms(dir.path()), None, "{text}");
        }
        assert_eq!(began_unix_ms(Path::new("nowhere")), None);
    }
}
