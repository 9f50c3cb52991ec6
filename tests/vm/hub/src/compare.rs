//! `vm-hub compare`: compares what graspd read with what was sent.

use std::fs;
use std::path::PathBuf;

use graspd::motion::Sensor;
use graspd::source::{self, Reading};

use crate::HubError;

/// Compare a recording with the raw numbers that were sent, bit for bit
///
/// All that was read has to have been sent, in that order, and the end of it without
/// a hole. At its beginning the kernel may lose a report: it drops those that come
/// while it handles another, such as an answer about the neighbouring sensor, which
/// is just being switched on.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// What was sent: `sensor,x,y,z`, raw numbers
    sent: PathBuf,
    /// What graspd read
    recording: PathBuf,
    /// What 1 stands for, in m/s²
    #[arg(long)]
    accelerometer_scale: f64,
    /// What 1 stands for, in rad/s
    #[arg(long)]
    gyroscope_scale: f64,
    /// Samples of each sensor that there have to be without a hole, up to the last
    #[arg(long, default_value_t = 1)]
    at_least: usize,
    /// Rows stood still for several readings: take runs of the same as one
    #[arg(long)]
    held: bool,
}

/// x, y and z as the bits of their f32.
type Bits = [u32; 3];

/// Compares, and prints how many samples were equal.
pub fn run(args: &Args) -> Result<(), HubError> {
    let mut read = [Vec::new(), Vec::new()];
    let mut recording = source::open(&args.recording)?;
    while let Some(reading) = recording.next()? {
        if let Reading::Sample(sample) = reading {
            read[sample.sensor.index()].push(sample.xyz.map(f32::to_bits));
        }
    }
    let sent = fs::read_to_string(&args.sent)?;
    for (sensor, scale) in [
        (Sensor::Accelerometer, args.accelerometer_scale),
        (Sensor::Gyroscope, args.gyroscope_scale),
    ] {
        let mut sent = of_sensor(&sent, sensor, scale);
        let read = &mut read[sensor.index()];
        if args.held {
            sent.dedup();
            read.dedup();
        }
        let found = in_order(&sent, read);
        if let Some(strange) = read.get(found) {
            let strange = strange.map(f32::from_bits);
            let why = format!("{found} samples are as sent, then comes {strange:?}");
            return Err(differs(sensor, &why));
        }
        let whole = without_hole(&sent, read);
        if whole < args.at_least {
            let (all, wanted) = (read.len(), args.at_least);
            let why = format!("of {all} the last {whole} are without a hole, not {wanted}");
            return Err(differs(sensor, &why));
        }
        println!("{sensor}: {found} samples, all as sent, the last {whole} of them without a hole");
    }
    Ok(())
}

/// The values that `sensor` should be read as: the raw number times the scale in double
/// precision, as graspd documents it, then rounded once.
fn of_sensor(sent: &str, sensor: Sensor, scale: f64) -> Vec<Bits> {
    let name = format!("{sensor},");
    sent.lines()
        .filter_map(|line| {
            let mut numbers = line.strip_prefix(&name)?.split(',');
            let mut next = || {
                let raw: i32 = numbers.next()?.parse().ok()?;
                Some(((f64::from(raw) * scale) as f32).to_bits())
            };
            Some([next()?, next()?, next()?])
        })
        .collect()
}

/// How many of `read` occur in `sent` in that order, possibly with others in between.
fn in_order(sent: &[Bits], read: &[Bits]) -> usize {
    let mut sent = sent.iter();
    read.iter()
        .take_while(|xyz| sent.any(|sent| sent == *xyz))
        .count()
}

/// How many of the last of `read` were sent one after the other.
fn without_hole(sent: &[Bits], read: &[Bits]) -> usize {
    let alike = |sent: &[Bits]| {
        let pairs = sent.iter().rev().zip(read.iter().rev());
        pairs.take_while(|(sent, read)| sent == read).count()
    };
    let ends = 0..=sent.len();
    ends.map(|end| alike(&sent[..end]))
        .max()
        .unwrap_or_default()
}

fn differs(sensor: Sensor, why: &str) -> HubError {
    HubError::Differs(format!("{sensor}: {why}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(numbers: &[u32]) -> Vec<Bits> {
        numbers.iter().map(|&n| [n, 0, n]).collect()
    }

    #[test]
    fn a_hole_ends_what_is_whole_and_a_stranger_what_is_in_order() {
        let sent = rows(&[1, 2, 3, 4, 5, 5, 6, 7]);
        for (read, found, whole) in [
            (&[][..], 0, 0),
            (&[2, 3, 4], 3, 3),
            (&[1, 3, 4, 5, 5, 6], 6, 5),
            (&[4, 5, 6], 3, 2),
            (&[3, 2], 1, 1),
            (&[3, 9, 4], 1, 1),
        ] {
            let read = rows(read);
            assert_eq!(in_order(&sent, &read), found, "{read:?}");
            assert_eq!(without_hole(&sent, &read), whole, "{read:?}");
        }
    }
}
