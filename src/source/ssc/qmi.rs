//! The envelope of the sensor core's messages: QMI, a header and tagged values.

/// Bytes of a header: kind, transaction, message, length.
const HEADER: usize = 7;
const REQUEST: u8 = 0;
const RESPONSE: u8 = 2;
const INDICATION: u8 = 4;
/// The message that carries requests.
const ASK: u16 = 0x20;
/// The messages that carry events, up to 1000 bytes and up to 62000.
const SMALL: u16 = 0x21;
const JUMBO: u16 = 0x22;

/// What the sensor core sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packet<'a> {
    /// The answer to the request with this number; code 0 for success.
    Response { transaction: u16, code: u32 },
    /// Events, as a protobuf message.
    Indication(&'a [u8]),
}

/// A request with this number and protobuf message, of 1000 bytes at the most.
pub(super) fn request(transaction: u16, message: &[u8]) -> Vec<u8> {
    let length = (message.len() as u16).to_le_bytes();
    let payload = [&length[..], message].concat();
    // Without the word that long events may come they would be dropped.
    let body = [tagged(0x01, &payload), tagged(0x10, &[1])].concat();
    let mut packet = vec![REQUEST];
    packet.extend(transaction.to_le_bytes());
    packet.extend(ASK.to_le_bytes());
    packet.extend((body.len() as u16).to_le_bytes());
    packet.extend(body);
    packet
}

pub(super) fn tagged(tag: u8, value: &[u8]) -> Vec<u8> {
    let length = (value.len() as u16).to_le_bytes();
    [&[tag][..], &length, value].concat()
}

/// Reads a packet; `None` where it is none of those that are asked for, or is cut off.
pub(super) fn read(packet: &[u8]) -> Option<Packet<'_>> {
    let (header, body) = packet.split_first_chunk::<HEADER>()?;
    let [kind, a, b, c, d, e, f] = *header;
    let [transaction, message, length] = [[a, b], [c, d], [e, f]].map(u16::from_le_bytes);
    let body = body.get(..usize::from(length))?;
    match (kind, message) {
        (RESPONSE, ASK) => {
            let result = value(body, 0x02)?;
            let word = |bytes: &[u8]| Some(u16::from_le_bytes(bytes.try_into().ok()?));
            let failed = word(result.get(..2)?)? != 0;
            let error = u32::from(word(result.get(2..4)?)?);
            let own = value(body, 0x11)
                .and_then(|code| code.try_into().ok())
                .map_or(0, u32::from_le_bytes);
            // The transport's error, where it failed, and else the sensor core's.
            let code = if failed { error.max(1) } else { own };
            Some(Packet::Response { transaction, code })
        }
        (INDICATION, SMALL | JUMBO) => {
            let (length, message) = value(body, 0x02)?.split_first_chunk::<2>()?;
            let length = usize::from(u16::from_le_bytes(*length));
            message.get(..length).map(Packet::Indication)
        }
        _ => None,
    }
}

/// The value with this tag.
fn value(mut body: &[u8], wanted: u8) -> Option<&[u8]> {
    loop {
        let (head, rest) = body.split_first_chunk::<3>()?;
        let [tag, low, high] = *head;
        let (value, rest) = rest.split_at_checked(u16::from_le_bytes([low, high]).into())?;
        if tag == wanted {
            return Some(value);
        }
        body = rest;
    }
}

#[cfg(test)]
pub(super) mod answers {
    use super::*;

    /// A response, as the sensor core sends it.
    pub(in super::super) fn response(transaction: u16, failed: u16, code: u32) -> Vec<u8> {
        let result = [failed.to_le_bytes(), (3 * failed).to_le_bytes()].concat();
        let body = [
            tagged(0x02, &result),
            tagged(0x10, &77_u64.to_le_bytes()),
            tagged(0x11, &code.to_le_bytes()),
        ];
        packet(RESPONSE, transaction, ASK, &body.concat())
    }

    /// An indication with this protobuf message.
    pub(in super::super) fn indication(message: &[u8]) -> Vec<u8> {
        let kind = if message.len() > 1000 { JUMBO } else { SMALL };
        let payload = [&(message.len() as u16).to_le_bytes()[..], message].concat();
        let body = [tagged(0x01, &77_u64.to_le_bytes()), tagged(0x02, &payload)];
        packet(INDICATION, 0, kind, &body.concat())
    }

    fn packet(kind: u8, transaction: u16, message: u16, body: &[u8]) -> Vec<u8> {
        let numbers = [transaction, message, body.len() as u16].map(u16::to_le_bytes);
        [&[kind][..], numbers.as_flattened(), body].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::answers::{indication, response};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_request_has_the_bytes_of_the_protocol() {
        assert_eq!(
            request(0x0102, &[0xaa, 0xbb]),
            [
                0, 0x02, 0x01, 0x20, 0, 11, 0, // request 0x0020, eleven bytes
                0x01, 4, 0, 2, 0, 0xaa, 0xbb, // the message
                0x10, 1, 0, 1, // long events may come
            ]
        );
    }

    #[test]
    fn answers_and_events_are_read() {
        let read_code = |bytes: &[u8]| match read(bytes) {
            Some(Packet::Response {
                transaction: 9,
                code,
            }) => code,
            other => panic!("{other:?}"),
        };
        assert_eq!(read_code(&response(9, 0, 0)), 0);
        assert_eq!(read_code(&response(9, 0, 6)), 6);
        assert_eq!(read_code(&response(9, 1, 0)), 3);
        for length in [0, 5, 1000, 1001, 62_000] {
            let message = vec![7; length];
            let bytes = indication(&message);
            assert_eq!(read(&bytes), Some(Packet::Indication(&message)));
            assert_eq!(read(&bytes[..bytes.len() - 1]), None);
        }
    }

    proptest! {
        #[test]
        fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
            let _ = read(&bytes);
        }
    }
}
