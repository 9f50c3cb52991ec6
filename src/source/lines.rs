//! Lines of text of bounded length, from untrusted bytes.

use std::io::{self, BufRead, BufReader, Read};

/// Longest line of a recording that is accepted, in bytes; a sample takes less than a
/// tenth.
const LONGEST: usize = 1024;

/// Bytes of an overlong line after which it counts again, so that one that never ends is
/// noticed while it comes.
const PIECE: usize = 64 * LONGEST;

/// A line, or what replaces an unreadable one.
pub enum Line<'a> {
    /// A line without its end.
    Text(&'a str),
    /// A line that is not UTF-8, or one that is too long, or 64 KiB of such a line; skipped.
    Unreadable,
}

/// Reads lines into one buffer of fixed size.
pub struct Lines<R> {
    inner: R,
    longest: usize,
    buffer: Vec<u8>,
    /// Lines begun so far.
    number: u64,
    /// Whether the last piece ended within a line that is too long.
    inside: bool,
}

impl<R: Read> Lines<BufReader<R>> {
    /// Whether the next line is in the buffer to its end.
    pub fn has_one(&self) -> bool {
        self.inner.buffer().contains(&b'\n')
    }
}

impl<R: BufRead> Lines<R> {
    /// Reads `inner` from its present position.
    pub fn new(inner: R) -> Self {
        Self::up_to(LONGEST, inner)
    }

    /// The same with lines of at most `longest` bytes.
    pub fn up_to(longest: usize, inner: R) -> Self {
        Self {
            inner,
            longest,
            buffer: Vec::with_capacity(longest),
            number: 0,
            inside: false,
        }
    }

    /// The next line and its number, from 1.
    pub fn next_numbered(&mut self) -> io::Result<(u64, Option<Line<'_>>)> {
        let number = self.number + u64::from(!self.inside);
        Ok((number, self.next_line()?))
    }

    /// The next line; `None` at the end. A byte-order mark at its beginning is removed.
    pub fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        let mut too_long = std::mem::take(&mut self.inside);
        self.number += u64::from(!too_long);
        self.buffer.clear();
        let mut skipped = 0;
        loop {
            let chunk = match self.inner.fill_buf() {
                Ok(chunk) => chunk,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(e),
            };
            if chunk.is_empty() {
                if self.buffer.is_empty() && !too_long {
                    return Ok(None);
                }
                break;
            }
            let end = chunk.iter().position(|&b| b == b'\n');
            let text = &chunk[..end.unwrap_or(chunk.len())];
            too_long |= self.buffer.len() + text.len() > self.longest;
            if !too_long {
                self.buffer.extend_from_slice(text);
            }
            let used = text.len() + usize::from(end.is_some());
            self.inner.consume(used);
            if end.is_some() {
                break;
            }
            skipped += used;
            if too_long && skipped >= PIECE {
                self.inside = true;
                break;
            }
        }
        Ok(Some(match std::str::from_utf8(&self.buffer) {
            Ok(text) if !too_long => {
                let text = text.strip_prefix('\u{feff}').unwrap_or(text);
                Line::Text(text.trim_end_matches('\r'))
            }
            _ => Line::Unreadable,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endless_and_foreign_lines_cost_one_line_each() {
        let mut text = b"first\r\n".to_vec();
        text.extend(vec![b'x'; 3 * LONGEST]);
        text.extend(b"\n\xff\xfe\nlast");
        let mut lines = Lines::new(io::BufReader::with_capacity(100, text.as_slice()));
        let mut seen = Vec::new();
        while let Some(line) = lines.next_line().unwrap() {
            seen.push(match line {
                Line::Text(t) => t.to_owned(),
                Line::Unreadable => "?".to_owned(),
            });
        }
        assert_eq!(seen, ["first", "?", "?", "last"]);
        assert!(lines.buffer.capacity() <= LONGEST);
    }

    #[test]
    fn a_line_that_never_ends_is_noticed_while_it_comes() {
        let endless = io::BufReader::new(io::repeat(0));
        let mut lines = Lines::new(endless);
        for _ in 0..3 {
            let (number, line) = lines.next_numbered().unwrap();
            assert!(matches!(line, Some(Line::Unreadable)));
            assert_eq!(number, 1);
        }
    }

    #[test]
    fn what_follows_a_very_long_line_is_read_with_its_own_number() {
        let mut text = vec![b'x'; 2 * PIECE + 5];
        text.extend(b"\nlast\n");
        let mut lines = Lines::new(text.as_slice());
        let mut texts = Vec::new();
        while let (number, Some(line)) = lines.next_numbered().unwrap() {
            if let Line::Text(text) = line {
                texts.push((number, text.to_owned()));
            }
        }
        assert_eq!(texts, [(2, "last".to_owned())]);
    }
}
