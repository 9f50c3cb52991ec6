//! The sensor core's requests and events, as protobuf messages.

use std::time::Duration;

use super::protobuf::{Fields, Value, Writer, fields};
use crate::motion::Sensor;
use crate::source::Hertz;

/// Names one sensor of the core.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Suid(pub u64, pub u64);

/// The one that knows the others.
pub(super) const LOOK_UP: Suid = Suid(0xabab_abab_abab_abab, 0xabab_abab_abab_abab);

/// Ids of messages. The sensor core numbers them by sensor.
pub(super) mod id {
    pub const GET_ATTRIBUTES: u32 = 1;
    pub const DISABLE: u32 = 10;
    pub const ATTRIBUTES: u32 = 128;
    pub const ERROR: u32 = 130;
    pub const GET_SUIDS: u32 = 512;
    pub const ENABLE: u32 = 513;
    /// The answer of [`super::LOOK_UP`]; other sensors use this number to tell their configuration.
    pub const SUIDS: u32 = 768;
    pub const SAMPLE: u32 = 1025;
}

/// The attribute with the rates of a sensor.
const RATES: u64 = 6;

/// What the sensor core calls a sensor.
pub(super) fn type_of(sensor: Sensor) -> &'static str {
    match sensor {
        Sensor::Accelerometer => "accel",
        Sensor::Gyroscope => "gyro",
    }
}

fn to(suid: Suid, message: u32, request: Writer) -> Vec<u8> {
    let suid = Writer::default().fixed64(1, suid.0).fixed64(2, suid.1);
    // For the processor that Linux runs on, which is not to be woken: while it sleeps
    // nothing is decided.
    let suspend = Writer::default().varint(1, 1).varint(2, 1);
    Writer::default()
        .message(1, suid)
        .fixed32(2, message)
        .message(3, suspend)
        .message(4, request)
        .finish()
}

/// Asks which sensor is the usual one of its type.
pub(super) fn get_suids(sensor: Sensor) -> Vec<u8> {
    let payload = Writer::default()
        .bytes(1, type_of(sensor).as_bytes())
        .varint(2, 0)
        .varint(3, 1);
    let request = Writer::default().message(2, payload);
    to(LOOK_UP, id::GET_SUIDS, request)
}

/// Asks for the attributes of a sensor.
pub(super) fn get_attributes(suid: Suid) -> Vec<u8> {
    let payload = Writer::default().varint(1, 0);
    to(
        suid,
        id::GET_ATTRIBUTES,
        Writer::default().message(2, payload),
    )
}

/// Has a sensor send samples, gathered for `hop`.
pub(super) fn enable(suid: Suid, rate: Hertz, hop: Duration) -> Vec<u8> {
    let micros = hop.as_micros() as u64;
    let batching = Writer::default().varint(1, micros);
    let payload = Writer::default().float(1, rate.0 as f32);
    let request = Writer::default().message(1, batching).message(2, payload);
    to(suid, id::ENABLE, request)
}

/// Has a sensor stop.
pub(super) fn disable(suid: Suid) -> Vec<u8> {
    to(suid, id::DISABLE, Writer::default())
}

/// An event of a sensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Event<'a> {
    pub from: Suid,
    pub message: u32,
    /// Ticks of 19.2 MHz.
    pub ticks: u64,
    pub payload: &'a [u8],
}

/// The events of an indication, in their order.
pub(super) fn events(indication: &[u8]) -> impl Iterator<Item = Event<'_>> {
    let from = bytes(fields(indication), 1).next().and_then(suid);
    let events = bytes(fields(indication), 2);
    from.into_iter().flat_map(move |from| {
        events.clone().filter_map(move |bytes| {
            let mut event = Event {
                from,
                message: 0,
                ticks: 0,
                payload: &[],
            };
            for field in fields(bytes) {
                match field {
                    (1, Value::Fixed32(message)) => event.message = message,
                    (2, Value::Fixed64(ticks)) => event.ticks = ticks,
                    (3, Value::Bytes(payload)) => event.payload = payload,
                    _ => {}
                }
            }
            (event.message != 0).then_some(event)
        })
    })
}

/// The first sensor of this type that a [`id::SUIDS`] event names: `Some(None)` where there
/// is none, `None` where the event is of another type.
pub(super) fn named(payload: &[u8], sensor: Sensor) -> Option<Option<Suid>> {
    let of = bytes(fields(payload), 1).next()?;
    (text(of) == type_of(sensor).as_bytes())
        .then(|| bytes(fields(payload), 2).next().and_then(suid))
}

/// The rates that an [`id::ATTRIBUTES`] event names.
pub(super) fn rates(payload: &[u8]) -> Vec<f64> {
    let mut rates = Vec::new();
    for attribute in bytes(fields(payload), 1) {
        if !fields(attribute).any(|field| field == (1, Value::Varint(RATES))) {
            continue;
        }
        for values in bytes(fields(attribute), 2) {
            for value in bytes(fields(values), 1) {
                rates.extend(fields(value).filter_map(|field| match field {
                    (3, Value::Fixed32(bits)) => Some(f64::from(f32::from_bits(bits))),
                    _ => None,
                }));
            }
        }
    }
    rates.retain(|rate| rate.is_finite() && *rate > 0.0);
    rates
}

/// The values of a [`id::SAMPLE`] event; `None` if they are not three numbers.
pub(super) fn sample(payload: &[u8]) -> Option<[f32; 3]> {
    let mut values = Vec::with_capacity(3);
    for field in fields(payload) {
        match field {
            (1, Value::Fixed32(bits)) => values.push(f32::from_bits(bits)),
            (1, Value::Bytes(packed)) => values.extend(
                packed
                    .as_chunks::<4>()
                    .0
                    .iter()
                    .map(|bytes| f32::from_le_bytes(*bytes)),
            ),
            _ => {}
        }
    }
    values.try_into().ok()
}

/// The values of the byte fields with this number.
fn bytes(fields: Fields<'_>, wanted: u32) -> impl Iterator<Item = &[u8]> + Clone {
    fields.filter_map(move |field| match field {
        (number, Value::Bytes(bytes)) if number == wanted => Some(bytes),
        _ => None,
    })
}

fn suid(bytes: &[u8]) -> Option<Suid> {
    let half = |wanted| {
        fields(bytes).find_map(|field| match field {
            (number, Value::Fixed64(half)) if number == wanted => Some(half),
            _ => None,
        })
    };
    Some(Suid(half(1)?, half(2)?))
}

/// Without the zero byte at its end, if it has one.
fn text(bytes: &[u8]) -> &[u8] {
    bytes.strip_suffix(b"\0").unwrap_or(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_request_for_samples_has_the_bytes_of_the_protocol() {
        let request = enable(Suid(1, 2), Hertz(100.0), Duration::from_millis(960));
        assert_eq!(
            request,
            [
                0x0a, 18, 0x09, 1, 0, 0, 0, 0, 0, 0, 0, 0x11, 2, 0, 0, 0, 0, 0, 0, 0, // suid
                0x15, 0x01, 0x02, 0, 0, // message 513
                0x1a, 4, 0x08, 1, 0x10, 1, // this processor, not to be woken
                0x22, 13, 0x0a, 4, 0x08, 0x80, 0xcc, 0x3a, // gathered for 960000 µs
                0x12, 5, 0x0d, 0, 0, 0xc8, 0x42, // 100 Hz
            ]
        );
    }

    #[test]
    fn values_are_read_packed_and_one_by_one() {
        let one_by_one = Writer::default()
            .float(1, 1.5)
            .float(1, -2.0)
            .float(1, 9.81);
        let packed: Vec<u8> = [1.5_f32, -2.0, 9.81]
            .iter()
            .flat_map(|v| v.to_le_bytes())
            .collect();
        let packed = Writer::default().bytes(1, &packed).varint(2, 3);
        for payload in [one_by_one, packed] {
            assert_eq!(sample(&payload.finish()), Some([1.5, -2.0, 9.81]));
        }
        assert_eq!(sample(&Writer::default().float(1, 1.0).finish()), None);
        assert_eq!(sample(&[]), None);
    }

    #[test]
    fn rates_are_those_of_their_attribute() {
        let attribute = |id, rates: &[f32]| {
            let list = rates.iter().fold(Writer::default(), |list, rate| {
                list.message(1, Writer::default().float(3, *rate))
            });
            Writer::default().varint(1, id).message(2, list)
        };
        let payload = Writer::default()
            .message(1, attribute(7, &[0.1]))
            .message(1, attribute(RATES, &[26.0, 104.0, f32::NAN, -1.0]));
        assert_eq!(rates(&payload.finish()), [26.0, 104.0]);
    }

    #[test]
    fn a_type_without_a_sensor_is_told_from_another_type() {
        let of = |name: &[u8]| Writer::default().bytes(1, name);
        let suid = Writer::default().fixed64(1, 3).fixed64(2, 4);
        let there = of(b"accel\0").message(2, suid).finish();
        assert_eq!(named(&there, Sensor::Accelerometer), Some(Some(Suid(3, 4))));
        assert_eq!(named(&there, Sensor::Gyroscope), None);
        assert_eq!(named(&of(b"gyro").finish(), Sensor::Gyroscope), Some(None));
    }

    proptest! {
        #[test]
        fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
            for event in events(&bytes) {
                let _ = (named(event.payload, Sensor::Gyroscope), rates(event.payload));
            }
            let _ = (sample(&bytes), rates(&bytes), named(&bytes, Sensor::Accelerometer));
        }
    }
}
