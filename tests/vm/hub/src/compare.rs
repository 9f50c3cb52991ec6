//! `vm-hub compare`: whether what graspd read is what was sent.

use std::fs;
use std::path::PathBuf;

use graspd::motion::Sensor;
use graspd::source::{self, Reading};

use crate::HubError;

/// Compare a recording with the raw numbers that were sent, bit for bit
///
/// The recording has to be a piece of what was sent, without a hole.
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
    /// Samples of each sensor that there have to be
    #[arg(long, default_value_t = 1)]
    at_least: usize,
    /// Rows stood still for several readings: take runs of the same as one
    #[arg(long)]
    held: bool,
}

/// An x y z, as the bits of its numbers.
type Bits = [u32; 3];

/// Compares, and says how many samples were the same.
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
        if read.len() < args.at_least {
            let (found, wanted) = (read.len(), args.at_least);
            return Err(differs(sensor, &format!("{found} samples, not {wanted}")));
        }
        let all = read.len();
        if args.held {
            sent.dedup();
            read.dedup();
        }
        let longest = (0..sent.len())
            .map(|start| alike(&sent[start..], read))
            .max()
            .unwrap_or_default();
        if longest < read.len() {
            let strange = read[longest].map(f32::from_bits);
            let why = format!("{longest} samples are as sent, then comes {strange:?}");
            return Err(differs(sensor, &why));
        }
        println!(
            "{sensor}: {all} samples, {} of them different, all as sent",
            read.len()
        );
    }
    Ok(())
}

/// What `sensor` should have been read as: the raw number times the scale in
/// double precision, as graspd documents it, then rounded once.
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

/// How many of `read` are as `sent`.
fn alike(sent: &[Bits], read: &[Bits]) -> usize {
    sent.iter().zip(read).take_while(|(s, r)| s == r).count()
}

fn differs(sensor: Sensor, why: &str) -> HubError {
    HubError::Differs(format!("{sensor}: {why}"))
}
