//! `vm-hub core`: a stand-in for Qualcomm's sensor core, on the kernel's own IPC router. It
//! offers service 400 and plays a recording to whoever switches the sensors on.

use std::collections::BTreeMap;
use std::io;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use grasp_qrtr::{Address, CONTROL_PORT, Socket};
use graspd::motion::{Sample, SampleTime, Sensor};
use graspd::source::{self, Reading};
use rustix::time::{ClockId, clock_gettime};

use crate::HubError;
use crate::control::{Command, Control};
use crate::wire::{self, Message, Request};

/// Play a recording as a sensor core, over and over
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A recording, as graspd reads them
    recording: PathBuf,
    /// Leave out the recording's first seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    from: u64,
    /// FIFO with commands: silence, speak, unplug, plug
    #[arg(long)]
    control: PathBuf,
}

/// A sensor that somebody has switched on.
struct Stream {
    client: Address,
    batch: Duration,
    due: Instant,
    /// The next of its samples.
    next: usize,
}

struct Core {
    /// `None` while unplugged.
    socket: Option<Socket>,
    samples: [Vec<Sample>; 2],
    streams: BTreeMap<usize, Stream>,
    silent: bool,
}

/// Simulates the sensor core until it is killed.
pub fn run(args: &Args) -> Result<(), HubError> {
    let mut control = Control::open(&args.control)?;
    let mut core = Core {
        socket: Some(publish()?),
        samples: samples(args)?,
        streams: BTreeMap::new(),
        silent: false,
    };
    let mut buffer = [0; 4096];
    loop {
        if let Some(socket) = &core.socket {
            let wait = Duration::from_millis(20);
            if let Some((length, from)) = socket.receive(&mut buffer, wait)? {
                core.hear(&buffer[..length], from);
            }
        } else {
            std::thread::sleep(Duration::from_millis(20));
        }
        while let Some(command) = control.next()? {
            core.obey(&command)?;
        }
        core.send();
    }
}

/// Offers the service at a port of this node.
fn publish() -> io::Result<Socket> {
    let socket = Socket::open()?;
    let Address { node, port } = socket.local();
    let words = [4, 400, 1, node, port].map(u32::to_le_bytes);
    let directory = Address {
        node,
        port: CONTROL_PORT,
    };
    socket.send_to(words.as_flattened(), directory)?;
    println!("service 400 at {}", socket.local());
    Ok(socket)
}

fn samples(args: &Args) -> Result<[Vec<Sample>; 2], HubError> {
    let mut recording = source::open(&args.recording)?;
    let mut samples = [Vec::new(), Vec::new()];
    let mut began: Option<SampleTime> = None;
    while let Some(reading) = recording.next()? {
        if let Reading::Sample(sample) = reading {
            let began = *began.get_or_insert(sample.t);
            if sample.t.since(began) >= Duration::from_secs(args.from) {
                samples[sample.sensor.index()].push(sample);
            }
        }
    }
    Ok(samples)
}

fn ticks() -> u64 {
    let now = clock_gettime(ClockId::Boottime);
    let nanos = now.tv_sec as u128 * 1_000_000_000 + now.tv_nsec as u128;
    (nanos * 12 / 625) as u64
}

impl Core {
    fn hear(&mut self, packet: &[u8], from: Address) {
        let Some(Request {
            transaction,
            suid,
            message,
            payload,
            batch,
        }) = wire::request(packet)
        else {
            return;
        };
        let sensor = wire::sensor(suid);
        let event = match (message, sensor) {
            (512, _) => Some((768, wire::suids(payload))),
            (1, Some(_)) => Some((128, wire::rates(&[25.0, 104.0, 416.0]))),
            (513, Some(sensor)) => {
                println!("{sensor} on");
                let stream = Stream {
                    client: from,
                    batch,
                    due: Instant::now() + batch,
                    next: 0,
                };
                self.streams.insert(sensor.index(), stream);
                None
            }
            (10, Some(sensor)) => {
                println!("{sensor} off");
                self.streams.remove(&sensor.index());
                None
            }
            other => {
                println!("{other:?} was asked");
                None
            }
        };
        let Some(socket) = &self.socket else {
            return;
        };
        // A client that has switched off may be gone by now.
        let _ = socket.send_to(&wire::response(transaction), from);
        if let Some((message, payload)) = event {
            let event = Message {
                message,
                ticks: ticks(),
                payload,
            };
            let _ = socket.send_to(&wire::indication(suid, &[event]), from);
        }
    }

    /// Sends the batches that are due. A client that is gone is found so by the router.
    fn send(&mut self) {
        let (Some(socket), false) = (&self.socket, self.silent) else {
            return;
        };
        let now = ticks();
        let samples = &self.samples;
        self.streams.retain(|index, stream| {
            if stream.due > Instant::now() {
                return true;
            }
            let all = &samples[*index];
            let count = (stream.batch.as_secs_f64() * 100.0).round() as usize;
            let batch: Vec<_> = (0..count)
                .map(|i| Message {
                    message: 1025,
                    ticks: now - ((count - 1 - i) as u64) * 192_000,
                    payload: wire::sample(all[(stream.next + i) % all.len()].xyz),
                })
                .collect();
            stream.next += count;
            stream.due += stream.batch;
            let sensor = Sensor::ALL[*index];
            let sent = socket.send_to(&wire::indication(wire::suid(sensor), &batch), stream.client);
            if let Err(error) = &sent {
                println!("{sensor} off: {error}");
            }
            sent.is_ok()
        });
    }

    fn obey(&mut self, command: &Command) -> io::Result<()> {
        match command {
            Command::Silence => self.silent = true,
            Command::Speak => self.silent = false,
            Command::Unplug => {
                // The directory tells all that the server is gone.
                self.socket = None;
                self.streams.clear();
            }
            Command::Plug => self.socket = Some(publish()?),
            Command::Interval(_) => {}
        }
        Ok(())
    }
}
