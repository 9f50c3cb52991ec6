//! As much of protobuf as the sensor core's messages need: its wire format.
//! <https://protobuf.dev/programming-guides/encoding/>

/// A field's value, as its wire type has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Varint(u64),
    Fixed64(u64),
    Bytes(&'a [u8]),
    Fixed32(u32),
}

/// Iterates over the fields of a message; ends early where the bytes are no message.
#[derive(Debug, Clone)]
pub(super) struct Fields<'a>(&'a [u8]);

/// The fields of the message `bytes`.
pub(super) fn fields(bytes: &[u8]) -> Fields<'_> {
    Fields(bytes)
}

impl<'a> Iterator for Fields<'a> {
    type Item = (u32, Value<'a>);

    fn next(&mut self) -> Option<Self::Item> {
        let key = self.varint()?;
        let number = u32::try_from(key >> 3).ok().filter(|number| *number > 0)?;
        let value = match key & 7 {
            0 => Value::Varint(self.varint()?),
            1 => Value::Fixed64(u64::from_le_bytes(*self.chunk()?)),
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                let (bytes, rest) = self.0.split_at_checked(length)?;
                self.0 = rest;
                Value::Bytes(bytes)
            }
            5 => Value::Fixed32(u32::from_le_bytes(*self.chunk()?)),
            _ => return None,
        };
        Some((number, value))
    }
}

impl<'a> Fields<'a> {
    fn varint(&mut self) -> Option<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn chunk<const N: usize>(&mut self) -> Option<&'a [u8; N]> {
        let (chunk, rest) = self.0.split_first_chunk()?;
        self.0 = rest;
        Some(chunk)
    }
}

/// Writes a message field by field.
#[derive(Debug, Default, Clone)]
pub(super) struct Writer(Vec<u8>);

impl Writer {
    pub(super) fn varint(mut self, number: u32, value: u64) -> Self {
        self.key(number, 0);
        self.number(value);
        self
    }

    pub(super) fn fixed64(mut self, number: u32, value: u64) -> Self {
        self.key(number, 1);
        self.0.extend(value.to_le_bytes());
        self
    }

    pub(super) fn fixed32(mut self, number: u32, value: u32) -> Self {
        self.key(number, 5);
        self.0.extend(value.to_le_bytes());
        self
    }

    pub(super) fn float(self, number: u32, value: f32) -> Self {
        self.fixed32(number, value.to_bits())
    }

    pub(super) fn bytes(mut self, number: u32, bytes: &[u8]) -> Self {
        self.key(number, 2);
        self.number(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
        self
    }

    pub(super) fn message(self, number: u32, message: Self) -> Self {
        self.bytes(number, &message.0)
    }

    pub(super) fn finish(self) -> Vec<u8> {
        self.0
    }

    fn key(&mut self, number: u32, wire: u64) {
        self.number(u64::from(number) << 3 | wire);
    }

    fn number(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fields_have_the_bytes_that_protobuf_gives_them() {
        // The specification's own examples, and a nested message.
        assert_eq!(
            Writer::default().varint(1, 150).finish(),
            [0x08, 0x96, 0x01]
        );
        assert_eq!(
            Writer::default().bytes(2, b"testing").finish(),
            [0x12, 0x07, 0x74, 0x65, 0x73, 0x74, 0x69, 0x6e, 0x67]
        );
        let nested = Writer::default().message(3, Writer::default().varint(1, 150));
        assert_eq!(nested.finish(), [0x1a, 0x03, 0x08, 0x96, 0x01]);
        assert_eq!(
            Writer::default().fixed32(16, 1).fixed64(1, 2).finish(),
            [0x85, 0x01, 1, 0, 0, 0, 0x09, 2, 0, 0, 0, 0, 0, 0, 0]
        );
    }

    #[test]
    fn what_is_cut_off_ends_the_message() {
        for bytes in [
            &[0x08][..],
            &[0x12, 5, 1],
            &[0x0d, 0, 0],
            &[0x03],
            &[0x00, 1],
        ] {
            assert_eq!(fields(bytes).next(), None, "{bytes:?}");
        }
        assert_eq!(fields(&[0xff; 20]).next(), None);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            number in 1..1_000_000_u32, a: u64, b: u32, text in prop::collection::vec(any::<u8>(), 0..300),
        ) {
            let bytes = Writer::default()
                .varint(number, a).fixed64(number, a).bytes(number, &text).fixed32(number, b).finish();
            let read: Vec<_> = fields(&bytes).collect();
            let values = [
                Value::Varint(a), Value::Fixed64(a), Value::Bytes(&text), Value::Fixed32(b),
            ];
            prop_assert_eq!(read, values.map(|value| (number, value)).to_vec());
        }

        #[test]
        fn no_bytes_do_harm(bytes in prop::collection::vec(any::<u8>(), 0..500)) {
            prop_assert!(fields(&bytes).count() <= bytes.len());
        }
    }
}
