//! `vm-hub feed`: simulates the hub until it is killed.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use graspd::motion::{SampleTime, Sensor};
use graspd::source::{self, Reading};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;

use crate::HubError;
use crate::control::{Command, Control};
use crate::descriptor;
use crate::sensor::{VirtualSensor, Width, report_id};
use crate::uhid::{Request, Uhid};

/// Play a recording as a sensor hub, over and over
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A recording, as graspd reads them
    recording: PathBuf,
    /// Bits of a number
    #[arg(long, default_value = "32")]
    bits: Width,
    /// Leave out the recording's first seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    from: u64,
    /// Stamp with a clock of the hub's own, in microseconds from its start
    #[arg(long)]
    own_clock: bool,
    /// FIFO with commands: silence, speak, unplug, plug, interval MS
    #[arg(long)]
    control: PathBuf,
    /// Where to write down what was sent: `sensor,x,y,z`, raw numbers
    #[arg(long)]
    sent: PathBuf,
}

/// The hub and whether it is plugged in.
struct Hub {
    uhid: Uhid,
    descriptor: Vec<u8>,
    sensors: [VirtualSensor; 2],
    sent: File,
    silent: bool,
    clock: Option<Instant>,
}

/// Simulates the hub until it is killed.
pub fn run(args: &Args) -> Result<(), HubError> {
    let [accelerometer, gyroscope] = rows(args)?;
    let mut control = Control::open(&args.control)?;
    let mut hub = Hub {
        uhid: Uhid::open()?,
        descriptor: descriptor::of_hub(args.bits, args.own_clock),
        sensors: [
            VirtualSensor::new(Sensor::Accelerometer, args.bits, accelerometer),
            VirtualSensor::new(Sensor::Gyroscope, args.bits, gyroscope),
        ],
        sent: File::create(&args.sent)?,
        silent: false,
        clock: args.own_clock.then(Instant::now),
    };
    hub.obey(&Command::Plug)?;
    loop {
        let asked = hub.wait(&control)?;
        if asked && let Some(request) = hub.uhid.request()? {
            hub.answer(&request)?;
        }
        while let Some(command) = control.next()? {
            hub.obey(&command)?;
        }
        hub.send()?;
    }
}

/// The recording as raw numbers.
fn rows(args: &Args) -> Result<[Vec<[i32; 3]>; 2], HubError> {
    let mut recording = source::open(&args.recording)?;
    let mut rows = [Vec::new(), Vec::new()];
    let mut began: Option<SampleTime> = None;
    while let Some(reading) = recording.next()? {
        let Reading::Sample(sample) = reading else {
            continue;
        };
        let began = *began.get_or_insert(sample.t);
        if sample.t.since(began) >= Duration::from_secs(args.from) {
            let numbers = sample.xyz.map(|value| args.bits.number(value));
            rows[sample.sensor.index()].push(numbers);
        }
    }
    Ok(rows)
}

impl Hub {
    /// Waits for a request, a command or the time of a report; whether there is a
    /// request.
    fn wait(&self, control: &Control) -> io::Result<bool> {
        let due = self.sensors.iter().filter_map(VirtualSensor::due).min();
        let left = due.map(|due| due.saturating_duration_since(Instant::now()));
        let timeout = left.and_then(|left| Timespec::try_from(left).ok());
        let mut ends = [
            PollFd::new(&self.uhid, PollFlags::IN),
            PollFd::new(control, PollFlags::IN),
        ];
        match poll(&mut ends, timeout.as_ref()) {
            Ok(_) => Ok(ends[0].revents().contains(PollFlags::IN)),
            Err(Errno::INTR) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Sends the reports that are due.
    fn send(&mut self) -> io::Result<()> {
        let clock = self.clock.map(|start| start.elapsed());
        for sensor in &mut self.sensors {
            if sensor.due().is_none_or(|due| due > Instant::now()) {
                continue;
            }
            let row @ [x, y, z] = sensor.now();
            sensor.advance();
            if !self.silent {
                self.uhid.input(&sensor.input(row, clock))?;
                writeln!(self.sent, "{},{x},{y},{z}", sensor.sensor)?;
            }
        }
        Ok(())
    }

    fn answer(&mut self, request: &Request) -> io::Result<()> {
        let clock = self.clock.map(|start| start.elapsed());
        let (Request::Get { number, .. } | Request::Set { number, .. }) = request;
        let mut sensors = self.sensors.iter_mut();
        let sensor = sensors.find(|sensor| report_id(sensor.sensor) == *number);
        match request {
            Request::Get { id, feature, .. } => {
                let report = sensor.map(|sensor| match feature {
                    true => sensor.feature(),
                    false => sensor.input(sensor.now(), clock),
                });
                self.uhid.answer_get(*id, report.as_deref())
            }
            Request::Set { id, data, .. } => {
                let accepted = sensor.is_some_and(|sensor| {
                    let was_on = sensor.is_on();
                    let accepted = sensor.set_feature(data);
                    if sensor.is_on() != was_on {
                        say(sensor);
                    }
                    accepted
                });
                self.uhid.answer_set(*id, accepted)
            }
        }
    }

    fn obey(&mut self, command: &Command) -> io::Result<()> {
        match command {
            Command::Silence => self.silent = true,
            Command::Speak => self.silent = false,
            Command::Plug => self.uhid.plug(&self.descriptor)?,
            Command::Unplug => {
                self.uhid.unplug()?;
                for sensor in &mut self.sensors {
                    sensor.reset();
                    say(sensor);
                }
            }
            Command::Interval(interval) => {
                for sensor in &mut self.sensors {
                    sensor.interval = *interval;
                }
            }
        }
        Ok(())
    }
}

/// Prints whether the kernel has switched the sensor on.
fn say(sensor: &VirtualSensor) {
    let state = if sensor.is_on() { "on" } else { "off" };
    println!("{} {state}", sensor.sensor);
}
