//! Lines of text of bounded length, from untrusted bytes.

use std::io::{self, BufRead};

/// Longest line of a recording that is accepted, in bytes; a sample takes less than a
/// tenth.
const LONGEST: usize = 1024;

/// A line, or what replaces an unreadable one.
pub enum Line<'a> {
    /// A line without its end.
    Text(&'a str),
    /// A line that is too long or not UTF-8; skipped up to its end.
    Unreadable,
}

/// Reads lines into one buffer of fixed size.
pub struct Lines<R> {
    inner: R,
    longest: usize,
    buffer: Vec<u8>,
    /// Lines begun so far.
    number: u64,
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
        }
    }

    /// The next line and its number, from 1.
    pub fn next_numbered(&mut self) -> io::Result<(u64, Option<Line<'_>>)> {
        let number = self.number + 1;
        Ok((number, self.next_line()?))
    }

    /// The next line; `None` at the end. A byte-order mark at its beginning is removed.
    pub fn next_line(&mut self) -> io::Result<Option<Line<'_>>> {
        self.number += 1;
        self.buffer.clear();
        let mut too_long = false;
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
}
