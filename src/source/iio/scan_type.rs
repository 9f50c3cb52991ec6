//! The storage format of a channel in a scan, such as `le:s12/16>>4`.
//! <https://docs.kernel.org/driver-api/iio/buffers.html>

use std::str::FromStr;

/// The format of one number: endianness, sign, `real` bits of `storage` bits, and by
/// how many bits to shift right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ScanType {
    big_endian: bool,
    signed: bool,
    real: u32,
    storage: u32,
    repeat: u32,
    shift: u32,
}

impl ScanType {
    /// Bytes that the channel takes in a scan, and its alignment.
    pub(super) fn bytes(self) -> usize {
        (self.storage / 8 * self.repeat) as usize
    }

    /// Whether the channel holds a single number (no `X` repeat count).
    pub(super) fn is_scalar(self) -> bool {
        self.repeat == 1
    }

    /// The number in `stored`, which are the channel's [`bytes`](Self::bytes). Bits
    /// beyond the real ones are ignored: some drivers leave other data there, such as
    /// the next axis.
    pub(super) fn decode(self, stored: &[u8]) -> i64 {
        let push = |word: u64, byte: &u8| word << 8 | u64::from(*byte);
        let word = if self.big_endian {
            stored.iter().fold(0, push)
        } else {
            stored.iter().rev().fold(0, push)
        };
        let spare = u64::BITS - self.real;
        let top = word >> self.shift << spare;
        if self.signed {
            top.cast_signed() >> spare
        } else {
            (top >> spare).cast_signed()
        }
    }
}

impl FromStr for ScanType {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let (endian, rest) = text.split_once(':').ok_or(())?;
        let big_endian = match endian {
            "be" => true,
            "le" => false,
            _ => return Err(()),
        };
        let signed = match rest.as_bytes().first() {
            Some(b's') => true,
            Some(b'u') => false,
            _ => return Err(()),
        };
        let (real, rest) = rest[1..].split_once('/').ok_or(())?;
        let (storage, shift) = rest.split_once(">>").unwrap_or((rest, "0"));
        let (storage, repeat) = storage.split_once('X').unwrap_or((storage, "1"));
        let number = |text: &str| text.parse::<u32>().map_err(|_| ());
        let it = Self {
            big_endian,
            signed,
            real: number(real)?,
            storage: number(storage)?,
            repeat: number(repeat)?,
            shift: number(shift)?,
        };
        let fits = matches!(it.storage, 8 | 16 | 32 | 64)
            && it.real > 0
            && it.real.saturating_add(it.shift) <= it.storage
            && (1..=64).contains(&it.repeat);
        fits.then_some(it).ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn decode(form: &str, bytes: &[u8]) -> i64 {
        form.parse::<ScanType>().unwrap().decode(bytes)
    }

    #[test]
    fn numbers_of_real_drivers() {
        assert_eq!(decode("le:s16/16>>0", &[0xfe, 0xff]), -2);
        assert_eq!(decode("be:s16/16>>0", &[0x80, 0x00]), -32768);
        assert_eq!(decode("le:s12/16>>4", &[0xf0, 0xff]), -1);
        assert_eq!(decode("le:u12/16>>4", &[0xf7, 0xff]), 4095);
        assert_eq!(decode("le:s32/32>>0", &[0x01, 0, 0, 0x80]), -2_147_483_647);
        assert_eq!(decode("le:s64/64>>0", &[0xff; 8]), -1);
    }

    #[test]
    fn the_next_axis_in_the_upper_half_is_not_part_of_the_number() {
        // hid-sensor-accel-3d with 16-bit axes, seen on Debian's 6.1.
        assert_eq!(decode("le:s16/32>>0", &[0xd5, 0x03, 0x34, 0x12]), 0x03d5);
        assert_eq!(decode("le:s16/32>>0", &[0xff, 0xff, 0x34, 0x12]), -1);
    }

    #[test]
    fn forms_that_cannot_be_are_refused() {
        for text in [
            "",
            "le",
            "le:",
            "me:s16/16>>0",
            "le:f32/32>>0",
            "le:s16/16>>1",
            "le:s0/16>>0",
            "le:s16/0>>0",
            "le:s65/64>>0",
            "le:s16/24>>0",
            "le:s1/16>>4294967295",
            "le:s16/16X0>>0",
            "le:é/16>>0",
            "le:s-1/16>>0",
        ] {
            assert_eq!(text.parse::<ScanType>(), Err(()), "{text}");
        }
        assert_eq!("le:s16/32X4>>0".parse::<ScanType>().unwrap().bytes(), 16);
    }

    proptest! {
        #[test]
        fn a_number_comes_back_whatever_lies_beside_it(
            value: i32, garbage: u64, shift in 0u32..=32, big: bool, wide: bool
        ) {
            let (real, value) = if wide { (32, value) } else { (16, value as i16 as i32) };
            let mask = (1u64 << real) - 1;
            let word = garbage & !(mask << shift) | (value as u64 & mask) << shift;
            let bytes = if big { word.to_be_bytes() } else { word.to_le_bytes() };
            let form = format!("{}:s{real}/64>>{shift}", if big { "be" } else { "le" });
            prop_assert_eq!(decode(&form, &bytes), i64::from(value));
        }

        #[test]
        fn no_form_and_no_bytes_panic(text in "[bl]e:[su][0-9]{1,3}/[0-9]{1,3}(X[0-9])?>>[0-9]{1,3}", bytes: [u8; 8]) {
            if let Ok(form) = text.parse::<ScanType>() {
                form.decode(&bytes[..form.bytes().min(8)]);
            }
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,20}") {
            let _ = text.parse::<ScanType>();
        }
    }
}
