//! Decompresses Zstandard files: all frames in order, each verified. RFC 8878, 3.1: a
//! file is any number of frames, some of which may be skippable.

use std::io::{self, ErrorKind, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// First bytes of a frame that has content.
pub(super) const MAGIC: [u8; 4] = [0x28, 0xB5, 0x2F, 0xFD];

/// Whether these are the first bytes of a frame, skippable ones included.
pub(super) fn begins(head: &[u8]) -> bool {
    let skippable = matches!(head, [0x50..=0x5F, 0x2A, 0x4D, 0x18, ..]);
    skippable || head.starts_with(&MAGIC)
}

/// The content of all frames. An error is: a frame that is truncated, corrupt, of
/// another size than its header says, or with a wrong checksum; and data after the last
/// frame that is not a frame.
///
/// Memory is bounded by the window that a frame asks for, at most 128 MiB, and one
/// block.
pub(super) struct Frames<R> {
    from: Metered<R>,
    decoder: FrameDecoder,
    /// Bytes decompressed of the present frame; `None` between frames.
    given: Option<u64>,
}

impl<R: Read> Frames<R> {
    /// Reads `from` from its present position.
    pub(super) fn new(from: R) -> Self {
        Self {
            from: Metered {
                inner: from,
                position: 0,
                ended: false,
            },
            decoder: FrameDecoder::new(),
            given: None,
        }
    }

    /// Begins the next frame with content; false at the end of the file.
    fn begin(&mut self) -> io::Result<bool> {
        loop {
            let at = self.from.position;
            match self.decoder.reset(&mut self.from) {
                Ok(()) => {
                    self.given = Some(0);
                    return Ok(true);
                }
                Err(_) if self.from.ended && self.from.position == at => return Ok(false),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let mut skipped = (&mut self.from).take(length.into());
                    if io::copy(&mut skipped, &mut io::sink())? < length.into() {
                        return Err(self.cut());
                    }
                }
                Err(FrameDecoderError::ReadFrameHeaderError(
                    ReadFrameHeaderError::BadMagicNumber(_),
                )) => {
                    return Err(broken(format!(
                        "its zstd data is broken: what begins at byte {at} is no frame"
                    )));
                }
                Err(error) => return Err(self.wrong(&error)),
            }
        }
    }

    /// An error if the frame that was read differs from its header.
    fn verify(&self, given: u64) -> io::Result<()> {
        let said = self.decoder.get_checksum_from_data();
        let size = self.decoder.content_size();
        if said.is_some() && said != self.decoder.get_calculated_checksum() {
            return Err(broken(format!(
                "its zstd data is broken: the checksum at byte {} is of other content",
                self.from.position.saturating_sub(4)
            )));
        }
        // 0 stands for a header without a size.
        if size > 0 && size != given {
            return Err(broken(format!(
                "its zstd data is broken: a frame of {size} bytes has {given}"
            )));
        }
        Ok(())
    }

    fn wrong(&self, error: &FrameDecoderError) -> io::Error {
        if self.from.ended {
            return self.cut();
        }
        broken(match error {
            FrameDecoderError::DictNotProvided { .. } => {
                "its zstd data needs a dictionary; compress it without one".to_owned()
            }
            FrameDecoderError::WindowSizeTooBig { .. } => {
                "its zstd data needs more than 128 MiB to unpack; compress it without --long".into()
            }
            error => format!(
                "its zstd data is broken near byte {}: {error}",
                self.from.position
            ),
        })
    }

    fn cut(&self) -> io::Error {
        let at = self.from.position;
        let why = format!("its zstd data breaks off after {at} bytes: the file is not whole");
        io::Error::new(ErrorKind::UnexpectedEof, why)
    }
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            let Some(given) = self.given else {
                if into.is_empty() || !self.begin()? {
                    return Ok(0);
                }
                continue;
            };
            while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
                let a_block = BlockDecodingStrategy::UptoBlocks(1);
                if let Err(error) = self.decoder.decode_blocks(&mut self.from, a_block) {
                    return Err(self.wrong(&error));
                }
            }
            let count = self.decoder.read(into)?;
            self.given = Some(given + count as u64);
            if count > 0 || into.is_empty() {
                return Ok(count);
            }
            self.verify(given)?;
            self.given = None;
        }
    }
}

fn broken(why: String) -> io::Error {
    io::Error::new(ErrorKind::InvalidData, why)
}

/// A reader that counts the bytes read and notes the end of input.
struct Metered<R> {
    inner: R,
    position: u64,
    ended: bool,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(into)?;
        self.position += count as u64;
        self.ended |= count == 0 && !into.is_empty();
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use ruzstd::encoding::{CompressionLevel, compress_to_vec};

    /// A frame with a checksum, as the encoder writes them.
    fn frame(content: &[u8]) -> Vec<u8> {
        compress_to_vec(content, CompressionLevel::Fastest)
    }

    fn skippable(length: u32) -> Vec<u8> {
        let mut bytes = vec![0x5A, 0x2A, 0x4D, 0x18];
        bytes.extend(length.to_le_bytes());
        bytes.extend(vec![7; length as usize]);
        bytes
    }

    fn content(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        Frames::new(bytes).read_to_end(&mut content)?;
        Ok(content)
    }

    fn lines() -> Vec<u8> {
        let rows = (0..20_000).map(|i| format!("{i},acc,{},2,3\n", i * i % 977));
        rows.collect::<String>().into_bytes()
    }

    #[test]
    fn every_frame_is_read_and_skippable_ones_are_skipped() {
        let (morning, evening) = (lines(), b"evening\n".to_vec());
        let mut file = skippable(4);
        file.extend(frame(&morning));
        file.extend(skippable(0));
        file.extend(frame(b""));
        file.extend(frame(&evening));
        file.extend(skippable(3000));
        assert_eq!(content(&file).unwrap(), [morning, evening].concat());
        assert_eq!(content(&[]).unwrap(), b"");
    }

    #[test]
    fn no_cut_file_is_a_shorter_one() {
        let file = [frame(&lines()), skippable(9), frame(b"evening\n")].concat();
        let first = frame(&lines()).len();
        // Truncation exactly between frames cannot be detected.
        let whole = [0, first, first + 17, file.len()];
        for cut in (0..=file.len()).filter(|cut| cut % 97 == 0 || cut + 60 > first) {
            let read = content(&file[..cut]);
            assert_eq!(read.is_ok(), whole.contains(&cut), "{cut}: {read:?}");
            if let Err(error) = read {
                assert!(error.to_string().contains("breaks off"), "{cut}: {error}");
            }
        }
    }

    #[test]
    fn a_checksum_of_other_content_is_seen() {
        let mut file = frame(&lines());
        let last = file.len() - 1;
        file[last] ^= 1;
        let error = content(&file).unwrap_err().to_string();
        assert!(error.contains("checksum"), "{error}");
        file[last] ^= 1;
        file.extend(b"1,acc,0,0,0\n");
        let error = content(&file).unwrap_err().to_string();
        assert!(error.contains("is no frame"), "{error}");
    }

    proptest! {
        #[test]
        fn no_flipped_bit_changes_the_content(bit: prop::sample::Index) {
            let lines = &lines()[..30_000];
            let mut file = frame(lines);
            let bit = bit.index(file.len() * 8);
            file[bit / 8] ^= 1 << (bit % 8);
            if let Ok(read) = content(&file) {
                prop_assert_eq!(read, lines);
            }
        }

        #[test]
        fn nothing_panics(rest in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = content(&[&MAGIC, rest.as_slice()].concat());
        }
    }
}
