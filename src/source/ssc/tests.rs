//! The source against a stand-in for the sensor core, over a pair of sockets that carry each
//! datagram with its address.

use std::io;
use std::os::unix::net::UnixDatagram;
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use grasp_qrtr::{Address, CONTROL_PORT};
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use super::message::{LOOK_UP, Suid, id, type_of};
use super::protobuf::{Value, Writer, fields};
use super::qmi::answers::{indication, response};
use super::{Settings, SscSource, Transport};
use crate::motion::{Channels, Sample, Sensor};
use crate::source::system_clock::boottime;
use crate::source::{Hertz, Reading, Source};

const PATIENCE: Duration = Duration::from_secs(60);
const HERE: Address = Address {
    node: 1,
    port: 0x4001,
};
const DIRECTORY: Address = Address {
    node: 1,
    port: CONTROL_PORT,
};
const CORE: Address = Address { node: 9, port: 7 };
const LARGEST: usize = 70_000;

/// This end of the pair.
struct Wire(UnixDatagram);

fn with_address(address: Address, datagram: &[u8]) -> Vec<u8> {
    let address = [address.node, address.port].map(u32::to_ne_bytes);
    [address.as_flattened(), datagram].concat()
}

fn without_address(datagram: &[u8]) -> (Address, &[u8]) {
    let word = |at: usize| u32::from_ne_bytes(datagram[at..at + 4].try_into().unwrap());
    let address = Address {
        node: word(0),
        port: word(4),
    };
    (address, &datagram[8..])
}

impl Transport for Wire {
    fn local(&self) -> Address {
        HERE
    }
    fn send_to(&self, datagram: &[u8], to: Address) -> io::Result<()> {
        self.0.send(&with_address(to, datagram)).map(drop)
    }
    fn receive(
        &self,
        buffer: &mut [u8],
        longest: Duration,
    ) -> io::Result<Option<(usize, Address)>> {
        let timeout = Timespec::try_from(longest).unwrap();
        if poll(&mut [PollFd::new(&self.0, PollFlags::IN)], Some(&timeout))? == 0 {
            return Ok(None);
        }
        let mut bytes = vec![0; LARGEST];
        let length = self.0.recv(&mut bytes)?;
        let (from, datagram) = without_address(&bytes[..length]);
        buffer[..datagram.len()].copy_from_slice(datagram);
        Ok(Some((datagram.len(), from)))
    }
}

/// What the stand-in does, and has seen.
struct Phone {
    /// Where its service is; `None` if there is none.
    at: Option<Address>,
    sensors: Vec<Sensor>,
    refuses: u32,
    /// Sensors switched on, by their core's name, with rate and batch in microseconds.
    on: Vec<(Suid, f32, u64)>,
    opened: u32,
    off: u32,
    wire: Option<UnixDatagram>,
}

type Shared = Arc<Mutex<Phone>>;

fn lock(phone: &Shared) -> MutexGuard<'_, Phone> {
    phone.lock().unwrap()
}

fn suid(sensor: Sensor) -> Suid {
    Suid(100 + sensor.index() as u64, 7)
}

fn a_phone() -> Shared {
    Arc::new(Mutex::new(Phone {
        at: Some(CORE),
        sensors: Sensor::ALL.to_vec(),
        refuses: 0,
        on: Vec::new(),
        opened: 0,
        off: 0,
        wire: None,
    }))
}

const SETTINGS: Settings = Settings {
    channels: Channels::AccelerometerAndGyroscope,
    node: None,
    rate: Hertz(100.0),
    hop: Duration::from_millis(960),
};

fn source(phone: &Shared) -> SscSource {
    source_of(phone, SETTINGS)
}

fn source_of(phone: &Shared, settings: Settings) -> SscSource {
    let phone = phone.clone();
    let open = move || {
        let (here, there) = UnixDatagram::pair()?;
        let mut state = lock(&phone);
        state.opened += 1;
        state.wire = Some(there.try_clone()?);
        state.on.clear();
        let phone = phone.clone();
        thread::spawn(move || serve(&there, &phone));
        Ok(Box::new(Wire(here)) as Box<dyn Transport>)
    };
    SscSource::new(settings, Box::new(open))
}

/// A packet of the directory.
fn control(command: u32, service: u32, at: Address) -> Vec<u8> {
    let words = [command, service, 1, at.node, at.port].map(u32::to_le_bytes);
    words.as_flattened().to_vec()
}

fn serve(wire: &UnixDatagram, phone: &Shared) {
    let mut bytes = vec![0; LARGEST];
    while let Ok(length @ 8..) = wire.recv(&mut bytes) {
        let (to, datagram) = without_address(&bytes[..length]);
        let state = &mut lock(phone);
        let answers = match to {
            DIRECTORY => {
                let there = state.at.map(|at| control(4, 400, at));
                let end = control(4, 0, Address { node: 0, port: 0 });
                there
                    .into_iter()
                    .chain([end])
                    .map(|it| (DIRECTORY, it))
                    .collect()
            }
            core if Some(core) == state.at => {
                let answers = answer(state, datagram);
                answers.into_iter().map(|it| (core, it)).collect()
            }
            _ => Vec::new(),
        };
        for (from, answer) in answers {
            let _ = wire.send(&with_address(from, &answer));
        }
    }
}

fn inner(message: &[u8], number: u32) -> &[u8] {
    let inner = fields(message).find_map(|field| match field {
        (found, Value::Bytes(bytes)) if found == number => Some(bytes),
        _ => None,
    });
    inner.unwrap_or_default()
}

fn fixed32(message: &[u8], number: u32) -> u32 {
    let value = fields(message).find_map(|field| match field {
        (found, Value::Fixed32(value)) if found == number => Some(value),
        _ => None,
    });
    value.unwrap_or_default()
}

fn answer(state: &mut Phone, packet: &[u8]) -> Vec<Vec<u8>> {
    let transaction = u16::from_le_bytes([packet[1], packet[2]]);
    // Behind the header, the tag of the message and its two lengths.
    let length = usize::from(u16::from_le_bytes([packet[10], packet[11]]));
    let message = &packet[12..12 + length];
    let request = inner(message, 4);
    let of = Sensor::ALL.into_iter().find(|sensor| {
        let Suid(one, other) = suid(*sensor);
        inner(message, 1) == Writer::default().fixed64(1, one).fixed64(2, other).finish()
    });
    let done = response(transaction, 0, state.refuses);
    let event = match (fixed32(message, 2), of) {
        (id::GET_SUIDS, None) => {
            let wanted = inner(inner(request, 2), 1);
            let found = state
                .sensors
                .iter()
                .find(|its| type_of(**its).as_bytes() == wanted);
            let named = found.map(|sensor| {
                let Suid(one, other) = suid(*sensor);
                Writer::default().fixed64(1, one).fixed64(2, other)
            });
            let answer = Writer::default().bytes(1, wanted);
            let answer = match named {
                Some(suid) => answer.message(2, suid),
                None => answer,
            };
            events(LOOK_UP, &[(id::SUIDS, 5, answer.finish())])
        }
        (id::GET_ATTRIBUTES, Some(sensor)) => {
            let list = [26.0, 104.0, 416.0]
                .iter()
                .fold(Writer::default(), |list, rate| {
                    list.message(1, Writer::default().float(3, *rate))
                });
            // Long enough that it comes as a jumbo message.
            let vendor = Writer::default().varint(1, 1).bytes(9, &[b'x'; 2000]);
            let rates = Writer::default().varint(1, 6).message(2, list);
            let answer = Writer::default().message(1, vendor).message(1, rates);
            events(suid(sensor), &[(id::ATTRIBUTES, 5, answer.finish())])
        }
        (id::ENABLE, Some(sensor)) => {
            let rate = f32::from_bits(fixed32(inner(request, 2), 1));
            let batch = fields(inner(request, 1)).find_map(|field| match field {
                (1, Value::Varint(micros)) => Some(micros),
                _ => None,
            });
            state
                .on
                .push((suid(sensor), rate, batch.unwrap_or_default()));
            return vec![done];
        }
        (id::DISABLE, Some(_)) => {
            state.off += 1;
            // An answer to an end that is closed would take what still waits here with it.
            return Vec::new();
        }
        other => panic!("{other:?} was asked"),
    };
    vec![done, event]
}

fn events(from: Suid, events: &[(u32, u64, Vec<u8>)]) -> Vec<u8> {
    let from = Writer::default().fixed64(1, from.0).fixed64(2, from.1);
    let message = events
        .iter()
        .fold(Writer::default().message(1, from), |all, event| {
            let (message, ticks, payload) = event;
            let event = Writer::default().fixed32(1, *message).fixed64(2, *ticks);
            all.message(2, event.bytes(3, payload))
        });
    indication(&message.finish())
}

fn now_ticks() -> u64 {
    (boottime().nanos() / 625 * 12) as u64
}

/// A batch of samples, 10 ms apart up to now.
fn batch(sensor: Sensor, xyz: &[[f32; 3]]) -> Vec<u8> {
    batch_to(now_ticks(), sensor, xyz)
}

/// A batch of samples, 10 ms apart up to these ticks.
fn batch_to(now: u64, sensor: Sensor, xyz: &[[f32; 3]]) -> Vec<u8> {
    let late = |i: usize| now - (xyz.len() - 1 - i) as u64 * 192_000;
    let samples = xyz.iter().enumerate().map(|(i, xyz)| {
        let values = xyz
            .iter()
            .fold(Writer::default(), |all, value| all.float(1, *value));
        (id::SAMPLE, late(i), values.varint(2, 3).finish())
    });
    events(suid(sensor), &samples.collect::<Vec<_>>())
}

fn send(phone: &Shared, from: Address, datagram: &[u8]) {
    let state = lock(phone);
    let wire = state.wire.as_ref().unwrap();
    wire.send(&with_address(from, datagram)).unwrap();
}

fn read_until(source: &mut SscSource, mut done: impl FnMut(&[Sample]) -> bool) -> Vec<Sample> {
    let began = Instant::now();
    let mut samples = Vec::new();
    while !done(&samples) {
        assert!(began.elapsed() < PATIENCE, "{:?}", source.fault());
        if let Some(Reading::Sample(sample)) = source.next().unwrap() {
            samples.push(sample);
        }
    }
    samples
}

/// Reads until both sensors are switched on anew.
fn open(source: &mut SscSource, phone: &Shared) {
    lock(phone).on.clear();
    read_until(source, |_| lock(phone).on.len() == 2);
}

fn wait_for_fault(source: &mut SscSource, part: &str) {
    let began = Instant::now();
    while !source.fault().is_some_and(|fault| fault.contains(part)) {
        assert!(began.elapsed() < PATIENCE, "{:?}", source.fault());
        let _ = source.next().unwrap();
    }
}

#[test]
fn both_sensors_are_found_switched_on_and_read_in_batches() {
    let phone = a_phone();
    let mut source = source(&phone);
    open(&mut source, &phone);
    let [accelerometer, gyroscope] = Sensor::ALL;
    let wanted = [accelerometer, gyroscope].map(|sensor| (suid(sensor), 104.0, 960_000));
    assert_eq!(lock(&phone).on, wanted);
    let before = boottime();
    send(
        &phone,
        CORE,
        &batch(accelerometer, &[[0.0, 0.0, 9.81], [0.1, 0.0, 9.81]]),
    );
    send(&phone, CORE, &batch(gyroscope, &[[0.5, 0.0, 0.0]]));
    let samples = read_until(&mut source, |samples| samples.len() == 3);
    assert_eq!(
        samples.iter().map(|its| its.xyz).collect::<Vec<_>>(),
        [[0.0, 0.0, 9.81], [0.1, 0.0, 9.81], [0.5, 0.0, 0.0]]
    );
    assert_eq!(samples[1].t.since(samples[0].t), Duration::from_millis(10));
    // Of the time since boot, and none in the future.
    assert!(samples[1].t >= before && samples[1].t <= boottime());
    assert_eq!((source.counts().samples, source.fault()), (3, None));
    source.release();
    let began = Instant::now();
    while lock(&phone).off < 2 {
        assert!(began.elapsed() < PATIENCE, "the sensors stay on");
        thread::yield_now();
    }
    open(&mut source, &phone);
    assert_eq!(lock(&phone).opened, 2);
}

#[test]
fn a_sensor_that_the_model_does_not_take_is_not_asked_for() {
    let phone = a_phone();
    lock(&phone).sensors.pop();
    let settings = Settings {
        channels: Channels::Accelerometer,
        ..SETTINGS
    };
    let mut source = source_of(&phone, settings);
    let began = Instant::now();
    while lock(&phone).on.is_empty() {
        assert!(began.elapsed() < PATIENCE, "{:?}", source.fault());
        let _ = source.next().unwrap();
    }
    let accelerometer = Sensor::Accelerometer;
    send(&phone, CORE, &batch(accelerometer, &[[0.0, 0.0, 9.81]]));
    read_until(&mut source, |samples| samples.len() == 1);
    assert_eq!(lock(&phone).on, [(suid(accelerometer), 104.0, 960_000)]);
    assert_eq!(source.fault(), None);
}

#[test]
fn only_another_processors_sensor_core_is_believed() {
    let phone = a_phone();
    lock(&phone).at = Some(Address {
        node: HERE.node,
        port: 0x4002,
    });
    let mut pretended = source(&phone);
    wait_for_fault(
        &mut pretended,
        "no processor offers the sensor core's service",
    );
    assert!(lock(&phone).on.is_empty());
    // Samples of whoever else sends to the port are not taken.
    lock(&phone).at = Some(CORE);
    let mut source = source(&phone);
    open(&mut source, &phone);
    let stranger = Address {
        node: HERE.node,
        port: 0x4003,
    };
    send(&phone, stranger, &batch(Sensor::Accelerometer, &[[1.0; 3]]));
    send(&phone, CORE, &batch(Sensor::Accelerometer, &[[2.0; 3]]));
    let samples = read_until(&mut source, |samples| !samples.is_empty());
    assert_eq!(samples[0].xyz, [2.0; 3]);
    // Nor is a word of theirs that it has gone.
    send(&phone, stranger, &control(5, 400, CORE));
    send(&phone, CORE, &batch(Sensor::Gyroscope, &[[3.0; 3]]));
    read_until(&mut source, |samples| !samples.is_empty());
    assert_eq!(source.fault(), None);
}

#[test]
fn a_sensor_core_that_starts_anew_is_asked_anew() {
    let phone = a_phone();
    let mut source = source(&phone);
    open(&mut source, &phone);
    let anew = Address { port: 12, ..CORE };
    lock(&phone).at = Some(anew);
    send(&phone, DIRECTORY, &control(5, 400, CORE));
    wait_for_fault(&mut source, "has ended");
    open(&mut source, &phone);
    for sensor in Sensor::ALL {
        send(&phone, anew, &batch(sensor, &[[1.0; 3]]));
    }
    read_until(&mut source, |samples| samples.len() == 2);
    assert_eq!(source.fault(), None);
}

#[test]
fn a_missing_sensor_and_a_refusal_are_told_and_tried_again() {
    let phone = a_phone();
    lock(&phone).sensors.pop();
    let mut source = source(&phone);
    wait_for_fault(&mut source, "the sensor core has no gyroscope");
    lock(&phone).refuses = 6;
    wait_for_fault(&mut source, "refuses to name the accelerometer (error 6)");
    lock(&phone).refuses = 0;
    lock(&phone).sensors.push(Sensor::Gyroscope);
    open(&mut source, &phone);
}

#[test]
fn a_mute_sensor_is_told_and_asked_for_anew() {
    let phone = a_phone();
    let mut source = source(&phone);
    open(&mut source, &phone);
    let began = Instant::now();
    while source.fault().is_none() {
        assert!(began.elapsed() < PATIENCE);
        send(&phone, CORE, &batch(Sensor::Accelerometer, &[[1.0; 3]]));
        let _ = source.next().unwrap();
        thread::sleep(Duration::from_millis(10));
    }
    let fault = source.fault().unwrap();
    assert!(fault.contains("gyroscope has given nothing"), "{fault}");
    open(&mut source, &phone);
}

#[test]
fn what_is_no_message_is_counted_and_left() {
    let phone = a_phone();
    let mut source = source(&phone);
    open(&mut source, &phone);
    let short = events(
        suid(Sensor::Gyroscope),
        &[(id::SAMPLE, now_ticks(), vec![0x0d, 1])],
    );
    for datagram in [
        &[][..],
        &[4, 0, 0, 0x22, 0, 0xff, 0xff, 1],
        &short,
        &[0xff; 3000],
    ] {
        send(&phone, CORE, datagram);
    }
    send(&phone, CORE, &batch(Sensor::Gyroscope, &[[1.0; 3]]));
    read_until(&mut source, |samples| samples.len() == 1);
    assert_eq!(source.counts().malformed, 4);
}

#[test]
fn a_sample_with_a_wrong_tick_is_left_and_no_other_is_displaced() {
    let phone = a_phone();
    let mut source = source(&phone);
    open(&mut source, &phone);
    let before = boottime();
    let mut samples = Vec::new();
    for xyz in [[1.0; 3], [2.0; 3]] {
        for sensor in Sensor::ALL {
            send(&phone, CORE, &batch(sensor, &[xyz]));
        }
        samples.extend(read_until(&mut source, |samples| samples.len() == 2));
        let in_a_minute = now_ticks() + 60 * 19_200_000;
        let wrong = batch_to(in_a_minute, Sensor::Gyroscope, &[[9.0; 3]]);
        send(&phone, CORE, &wrong);
        // Samples closer together would be thinned.
        thread::sleep(Duration::from_millis(20));
    }
    for sample in &samples {
        assert!(sample.t >= before && sample.t <= boottime(), "{samples:?}");
        assert_ne!(sample.xyz, [9.0; 3]);
    }
    assert_eq!(source.counts().malformed, 1);
}

#[test]
fn a_kernel_without_a_router_is_told() {
    let open = || Err(io::Error::from(rustix::io::Errno::AFNOSUPPORT));
    let mut source = SscSource::new(SETTINGS, Box::new(open));
    wait_for_fault(&mut source, "the service's sandbox forbids it");
}
