//! The sensor core's messages from its own side, written apart from graspd's: QMI around
//! protobuf.

use std::time::Duration;

use graspd::motion::Sensor;

/// Names of sensors: the one that knows the others, and the two.
type Suid = [u64; 2];
const LOOK_UP: Suid = [0xabab_abab_abab_abab; 2];

pub fn suid(sensor: Sensor) -> Suid {
    [0x1000 + sensor.index() as u64, 0x2000]
}

pub fn sensor(of: Suid) -> Option<Sensor> {
    Sensor::ALL.into_iter().find(|sensor| suid(*sensor) == of)
}

/// A client's request.
#[derive(Debug)]
pub struct Request<'a> {
    pub transaction: u16,
    pub suid: Suid,
    pub message: u32,
    pub payload: &'a [u8],
    pub batch: Duration,
}

/// Reads a request; `None` if it is none.
pub fn request(packet: &[u8]) -> Option<Request<'_>> {
    let (&[0, low, high, 0x20, 0, _, _, 0x01, _, _, _, _], rest) =
        packet.split_first_chunk::<12>()?
    else {
        return None;
    };
    let length = usize::from(u16::from_le_bytes([packet[10], packet[11]]));
    let message = rest.get(..length)?;
    let named = part(message, 1)?;
    let request = part(message, 4).unwrap_or_default();
    let period = part(request, 1)
        .and_then(|batch| number(batch, 1))
        .unwrap_or(10_000);
    Some(Request {
        transaction: u16::from_le_bytes([low, high]),
        suid: [number(named, 1)?, number(named, 2)?],
        message: u32::try_from(number(message, 2)?).ok()?,
        payload: part(request, 2).unwrap_or_default(),
        batch: Duration::from_micros(period),
    })
}

/// The fields of a message: number, value as a number, value as bytes.
fn fields(mut message: &[u8]) -> Vec<(u64, u64, &[u8])> {
    let mut fields = Vec::new();
    while let Some(key) = varint(&mut message) {
        let fixed = |length: usize| {
            let (bytes, rest) = message.split_at_checked(length)?;
            let value = bytes
                .iter()
                .rev()
                .fold(0, |value, byte| value << 8 | u64::from(*byte));
            Some((value, bytes, rest))
        };
        let field = match key & 7 {
            0 => varint(&mut message).map(|value| (value, &[][..], message)),
            1 => fixed(8),
            2 => {
                let length = varint(&mut message).unwrap_or(u64::MAX) as usize;
                message
                    .split_at_checked(length)
                    .map(|(bytes, rest)| (0, bytes, rest))
            }
            _ => fixed(4),
        };
        let Some((value, bytes, rest)) = field else {
            break;
        };
        fields.push((key >> 3, value, bytes));
        message = rest;
    }
    fields
}

fn varint(bytes: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..63).step_by(7) {
        let (byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            break;
        }
    }
    Some(value)
}

fn part(message: &[u8], wanted: u64) -> Option<&[u8]> {
    fields(message)
        .into_iter()
        .find(|field| field.0 == wanted)
        .map(|field| field.2)
}

fn number(message: &[u8], wanted: u64) -> Option<u64> {
    fields(message)
        .into_iter()
        .find(|field| field.0 == wanted)
        .map(|field| field.1)
}

fn length(of: usize) -> Vec<u8> {
    match of {
        0..0x80 => vec![of as u8],
        _ => vec![of as u8 | 0x80, (of >> 7) as u8],
    }
}

fn field(key: u8, bytes: &[u8]) -> Vec<u8> {
    [&[key][..], &length(bytes.len()), bytes].concat()
}

fn named([one, other]: Suid) -> Vec<u8> {
    [
        &[0x09][..],
        &one.to_le_bytes(),
        &[0x11],
        &other.to_le_bytes(),
    ]
    .concat()
}

/// The answer to a question for sensors of a type.
pub fn suids(payload: &[u8]) -> Vec<u8> {
    let of_type = part(payload, 1).unwrap_or_default();
    let found = match of_type {
        b"accel" => Some(Sensor::Accelerometer),
        b"gyro" => Some(Sensor::Gyroscope),
        _ => None,
    };
    let suid = found.map(|sensor| field(0x12, &named(suid(sensor))));
    [field(0x0a, of_type), suid.unwrap_or_default()].concat()
}

/// The attributes: a name that ends in a zero byte, and the rates.
pub fn rates(rates: &[f32]) -> Vec<u8> {
    let name = field(0x12, &field(0x0a, &field(0x12, b"virtual\0")));
    let each = |rate: &f32| field(0x0a, &[&[0x1d][..], &rate.to_le_bytes()].concat());
    let list: Vec<u8> = rates.iter().flat_map(each).collect();
    let rates = [&[0x08, 6][..], &field(0x12, &list)].concat();
    [
        field(0x0a, &[&[0x08, 0][..], &name].concat()),
        field(0x0a, &rates),
    ]
    .concat()
}

/// A sample: values one by one, and the highest accuracy.
pub fn sample(xyz: [f32; 3]) -> Vec<u8> {
    let value = |value: f32| [&[0x0d][..], &value.to_le_bytes()].concat();
    [xyz.map(value).concat(), vec![0x10, 3]].concat()
}

/// An event.
#[derive(Debug)]
pub struct Message {
    pub message: u32,
    pub ticks: u64,
    pub payload: Vec<u8>,
}

/// Success.
pub fn response(transaction: u16) -> Vec<u8> {
    let body = [
        &[0x02, 4, 0, 0, 0, 0, 0][..],
        &[0x10, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0],
        &[0x11, 4, 0, 0, 0, 0, 0],
    ];
    packet(2, transaction, 0x20, &body.concat())
}

/// Events of one sensor.
pub fn indication(from: Suid, events: &[Message]) -> Vec<u8> {
    let from = if sensor(from).is_some() {
        from
    } else {
        LOOK_UP
    };
    let mut message = field(0x0a, &named(from));
    for Message {
        message: id,
        ticks,
        payload,
    } in events
    {
        let head = [
            &[0x0d][..],
            &id.to_le_bytes(),
            &[0x11],
            &ticks.to_le_bytes(),
        ]
        .concat();
        message.extend(field(0x12, &[head, field(0x1a, payload)].concat()));
    }
    let id = if message.len() > 1000 { 0x22 } else { 0x21 };
    let size = (message.len() as u16).to_le_bytes();
    let tagged = ((message.len() + 2) as u16).to_le_bytes();
    let client = [0x01, 8, 0, 1, 0, 0, 0, 0, 0, 0, 0];
    let body = [&client[..], &[0x02], &tagged, &size, &message].concat();
    packet(4, 0, id, &body)
}

fn packet(kind: u8, transaction: u16, message: u16, body: &[u8]) -> Vec<u8> {
    let numbers = [transaction, message, body.len() as u16].map(u16::to_le_bytes);
    [&[kind][..], numbers.as_flattened(), body].concat()
}
