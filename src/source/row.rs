//! Parses one line of a table, in the forms that common programs write.
//!
//! Columns are separated by commas, semicolons or tabs. Decimal commas are read in
//! quoted fields and where commas are not the separator. Separators at the end of a
//! line are ignored.

use std::fmt;

use crate::motion::{Sample, SampleTime, Sensor};

/// The columns of graspd's own recordings.
pub(super) const COLUMNS: &str = "t_ns,sensor,x,y,z";

/// Why a line is not a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFault {
    /// The number of columns is not `expected`.
    Columns {
        /// How many the line has.
        found: usize,
        /// How many a row has.
        expected: usize,
    },
    /// Commas serve as both decimal points and separators.
    DecimalCommas,
    /// Words where numbers should be, as in a line of column names.
    Names,
    /// The right columns in another order.
    Order,
    /// The time is not a number, or does not fit 64 bits of nanoseconds.
    Time,
    /// The sensor is neither of the two.
    Sensor,
    /// x, y or z is not a number.
    Value,
    /// Not UTF-8, or longer than any row.
    NoText,
}

impl fmt::Display for RowFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Columns { found: 1, expected } => write!(f, "1 column, not {expected}"),
            Self::Columns { found, expected } => write!(f, "{found} columns, not {expected}"),
            Self::DecimalCommas => f.write_str(
                "decimal commas, and commas between the columns; write decimal points, or \
                 separate the columns by semicolons",
            ),
            Self::Names => f.write_str("other names, or the names in another order"),
            Self::Order => f.write_str("the columns are in another order"),
            Self::Time => f.write_str("the time is no number of nanoseconds in 64 bits"),
            Self::Sensor => f.write_str("the sensor is neither accelerometer nor gyroscope"),
            Self::Value => f.write_str("x, y or z is no number"),
            Self::NoText => f.write_str("no UTF-8 text, or longer than any row is"),
        }
    }
}

/// Parses one row of graspd's recordings. Values may be non-finite: alignment drops and
/// counts those.
pub fn parse_row(text: &str) -> Result<Sample, RowFault> {
    let mut fields = Fields::of(text);
    let (time, name) = (fields.next(), fields.next());
    let (Some(time), Some(name)) = (time, name) else {
        return Err(fault(text, 5));
    };
    let Some(sensor) = sensor(name.text) else {
        return Err(match fault(text, 5) {
            RowFault::Columns { found: 5, .. } if sensor_among(text) => RowFault::Order,
            RowFault::Columns { found: 5, .. } => RowFault::Sensor,
            other => other,
        });
    };
    let mut xyz = [0.0; 3];
    for value in &mut xyz {
        let field = fields.next().ok_or_else(|| fault(text, 5))?;
        *value = field.number().ok_or(RowFault::Value)?;
    }
    if fields.next().is_some() {
        return Err(fault(text, 5));
    }
    let t = time.time().ok_or(RowFault::Time)?;
    Ok(Sample { sensor, t, xyz })
}

/// The row of a sample; [`parse_row`] reads it back bit for bit.
pub fn format_row(sample: &Sample) -> String {
    let [x, y, z] = sample.xyz;
    format!("{},{},{x},{y},{z}", sample.t.nanos(), sample.sensor)
}

/// Whether a line is graspd's line of column names.
pub(super) fn is_header(text: &str) -> bool {
    let mut names = COLUMNS.split(',');
    Fields::of(text).all(|field| {
        names
            .next()
            .is_some_and(|name| field.text.eq_ignore_ascii_case(name))
    }) && names.next().is_none()
}

fn sensor(name: &str) -> Option<Sensor> {
    let is = |names: [&str; 4]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    if is(["accelerometer", "accel", "acc", "a"]) {
        Some(Sensor::Accelerometer)
    } else if is(["gyroscope", "gyro", "gyr", "g"]) {
        Some(Sensor::Gyroscope)
    } else {
        None
    }
}

fn sensor_among(text: &str) -> bool {
    Fields::of(text).any(|field| sensor(field.text).is_some())
}

/// Why a line is not a row of `expected` columns.
pub(super) fn fault(text: &str, expected: usize) -> RowFault {
    let found = Fields::of(text).count();
    let names = Fields::of(text).all(|field| field.number().is_none() && !field.text.is_empty());
    // Only some numbers of a row have decimals, so decimal commas give more than
    // `expected` columns, but not twice as many.
    let commas = !text.contains([';', '\t', '.', '"']) && found > expected + 1;
    match found {
        _ if names && found > 1 => RowFault::Names,
        _ if commas && found <= 2 * expected => RowFault::DecimalCommas,
        found => RowFault::Columns { found, expected },
    }
}

/// The fields of a line, from left to right.
pub(super) struct Fields<'a> {
    rest: Option<&'a str>,
    /// One of ASCII.
    separator: u8,
}

impl<'a> Fields<'a> {
    pub(super) fn of(line: &'a str) -> Self {
        let separator = match () {
            () if line.contains(';') => b';',
            () if line.contains('\t') => b'\t',
            () => b',',
        };
        let line = line.trim_end_matches(|c: char| c == char::from(separator) || c.is_whitespace());
        Self {
            rest: Some(line),
            separator,
        }
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        let rest = self.rest.take()?.trim_start_matches(' ');
        let unquoted = || {
            let end = rest.bytes().position(|byte| byte == self.separator);
            rest.split_at(end.unwrap_or(rest.len()))
        };
        let begins = |text: &str, with: u8| text.as_bytes().first() == Some(&with);
        let quoted = match begins(rest, b'"') {
            true => rest[1..].split_once('"'),
            false => None,
        };
        let (text, after) = match quoted {
            Some((inner, after)) => (inner, after.trim_start_matches(' ')),
            None => unquoted(),
        };
        // Text between a closing quote and the separator makes the field invalid.
        let spoilt = !after.is_empty() && !begins(after, self.separator);
        let (text, after) = match spoilt {
            true => unquoted(),
            false => (text, after),
        };
        self.rest = after.get(1..);
        Some(Field {
            text: text.trim(),
            decimal_comma: self.separator != b',' || (quoted.is_some() && !spoilt),
        })
    }
}

/// One field, without blanks and quotes around it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field<'a> {
    pub(super) text: &'a str,
    /// Whether a comma in it is a decimal comma.
    decimal_comma: bool,
}

impl Field<'_> {
    /// Parsed as a value; `None` if it is not a number.
    pub(super) fn number(self) -> Option<f32> {
        if !self.decimal_comma || !self.text.contains(',') {
            return self.text.parse().ok();
        }
        // Longer than any number that programs write, and on the stack, so nothing is
        // allocated.
        let mut digits = [0; 40];
        let digits = digits.get_mut(..self.text.len())?;
        digits.copy_from_slice(self.text.as_bytes());
        for byte in digits.iter_mut().filter(|byte| **byte == b',') {
            *byte = b'.';
        }
        std::str::from_utf8(digits).ok()?.parse().ok()
    }

    /// Parsed as a time in nanoseconds; decimals and powers of ten are converted
    /// exactly.
    pub(super) fn time(self) -> Option<SampleTime> {
        let nanos = match self.text.parse() {
            Ok(nanos) => nanos,
            Err(_) => exact(self.text, self.decimal_comma)?,
        };
        Some(SampleTime::from_nanos(nanos))
    }
}

/// A decimal number such as `-1650458715596950054.0` or `1.65e18`, rounded half away
/// from zero. Computed in integers, as a float keeps only 53 bits.
fn exact(text: &str, decimal_comma: bool) -> Option<i64> {
    let (mantissa, power) = match text.split_once(['e', 'E']) {
        Some((mantissa, power)) => (mantissa, power.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (negative, digits) = match mantissa.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, mantissa.strip_prefix('+').unwrap_or(mantissa)),
    };
    let point = |c| c == '.' || (decimal_comma && c == ',');
    let (whole, decimals) = digits.split_once(point).unwrap_or((digits, ""));
    let mut value: i128 = 0;
    let mut seen = false;
    for byte in whole.bytes().chain(decimals.bytes()) {
        if !byte.is_ascii_digit() {
            return None;
        }
        seen = true;
        value = value
            .checked_mul(10)?
            .checked_add(i128::from(byte - b'0'))?;
    }
    let power = power.checked_sub(i32::try_from(decimals.len()).ok()?)?;
    let magnitude = 10_i128.checked_pow(power.unsigned_abs());
    let value = match magnitude {
        _ if !seen => return None,
        _ if value == 0 => 0,
        Some(scale) if power >= 0 => value.checked_mul(scale)?,
        Some(scale) => (value + scale / 2) / scale,
        None if power > 0 => return None,
        None => 0,
    };
    i64::try_from(if negative { -value } else { value }).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn times_keep_every_digit() {
        for (text, nanos) in [
            ("1650458715596950054.0", 1_650_458_715_596_950_054),
            ("1650458715596950054.50", 1_650_458_715_596_950_055),
            ("1.650458715596950054e18", 1_650_458_715_596_950_054),
            ("1.65E+18", 1_650_000_000_000_000_000),
            ("1650458715596950054000e-3", 1_650_458_715_596_950_054),
            ("-12.340", -12),
            ("-0.5", -1),
            (".4", 0),
            ("5.", 5),
            ("0e999999999", 0),
            ("1e-999999999", 0),
            ("9223372036854775807.4", i64::MAX),
            ("-9223372036854775808.0", i64::MIN),
        ] {
            let time = Fields::of(text).next().unwrap().time();
            assert_eq!(time.map(SampleTime::nanos), Some(nanos), "{text}");
        }
        for text in [
            "",
            ".",
            "e5",
            "1e",
            "1.2.3",
            "0x10",
            "1e400",
            "9223372036854775807.5",
            "inf",
            "NaN",
            "1 2",
            "--1",
        ] {
            let field = Fields::of(text).next().unwrap();
            assert_eq!(field.time(), None, "{text}");
        }
    }

    #[test]
    fn rows_of_other_programs_are_the_same_rows() {
        let expected = parse_row("5000000000,accelerometer,1.25,-4,0.5").unwrap();
        for text in [
            "5000000000, Accelerometer ,1.25,-4.0,5e-1",
            "5000000000.0,ACC,1.25,-4,.5,",
            "5e9,acc,1.25,-4,0.5,,,",
            "5000000000;accelerometer;1,25;-4;0,5",
            "5000000000;accelerometer;1.25;-4.0;0.5;",
            "5,0E+09;acc;1,25;-4,0;5,0E-01",
            "5000000000\taccelerometer\t1,25\t-4\t0.5",
            "\"5000000000\",\"accelerometer\",\"1.25\",\"-4\",\"0.5\"",
            "5000000000,accelerometer,\"1,25\",\"-4,0\",\"0,5\"",
            "\"5000000000\";\"accelerometer\";\"1,25\";\"-4,0\";\"0,5\"",
        ] {
            assert_eq!(parse_row(text), Ok(expected), "{text}");
        }
        for header in [
            "t_ns,sensor,x,y,z",
            "T_NS;Sensor;X;Y;Z",
            "\"t_ns\",\"sensor\",\"x\",\"y\",\"z\",",
        ] {
            assert!(is_header(header), "{header}");
        }
        for header in [
            "t_ns,sensor,z,y,x",
            "t_ns,sensor,x,y",
            "t_ns,sensor,x,y,z,w",
        ] {
            assert!(!is_header(header), "{header}");
        }
    }

    #[test]
    fn what_keeps_a_line_from_being_a_row_is_named() {
        let columns = |found| RowFault::Columns { found, expected: 5 };
        for (text, fault) in [
            ("5000000000", columns(1)),
            ("5000000000,acc,1,2", columns(4)),
            ("5000000000,acc,1.5,2,3,4", columns(6)),
            ("5000000000 acc 1 2 3", columns(1)),
            (
                "5000000000,acc,1,11652,4,13421,9,61946",
                RowFault::DecimalCommas,
            ),
            ("sensor,t_ns,x,y,z", RowFault::Names),
            ("time,seconds_elapsed,z,y,x", RowFault::Names),
            ("acc,5000000000,1,2,3", RowFault::Order),
            ("5000000000,1,2,3,acc", RowFault::Order),
            ("5000000000,magnetometer,1,2,3", RowFault::Sensor),
            ("12:00:00.0,acc,1,2,3", RowFault::Time),
            ("99999999999999999999,acc,1,2,3", RowFault::Time),
            ("5000000000,acc,1,2,three", RowFault::Value),
        ] {
            assert_eq!(parse_row(text), Err(fault), "{text}");
        }
    }

    proptest! {
        #[test]
        fn rows_survive_the_round_trip(t: i64, gyro: bool, xyz in prop::array::uniform3(-1e6f32..1e6)) {
            let sensor = if gyro { Sensor::Gyroscope } else { Sensor::Accelerometer };
            let sample = Sample { sensor, t: SampleTime::from_nanos(t), xyz };
            prop_assert_eq!(parse_row(&format_row(&sample)), Ok(sample));
        }

        #[test]
        fn any_time_survives_any_way_of_writing_it(t: i64, places in 0_usize..19, zeros in 0_usize..9) {
            let digits = t.unsigned_abs().to_string();
            let places = places.min(digits.len());
            let (whole, decimals) = digits.split_at(digits.len() - places);
            let sign = if t < 0 { "-" } else { "" };
            let text = format!("{sign}{whole}.{decimals}{}e{places}", "0".repeat(zeros));
            prop_assert_eq!(exact(&text, false), Some(t), "{}", text);
        }

        #[test]
        fn no_text_panics(text in "[\\PC;\t\"]{0,80}") {
            let _ = parse_row(&text);
            let _ = is_header(&text);
        }
    }
}
