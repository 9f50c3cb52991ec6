//! Recognises files that are not lines of UTF-8 text by their first bytes.

/// Bytes at a file's beginning that are examined; longer than any row.
pub(super) const HEAD: usize = 1024;

/// The first bytes of each kind of file; its name, and how to make a recording of it.
const SIGNATURES: [(&[u8], &str); 16] = [
    (
        &[0x1F, 0x8B],
        "a gzip file; unpack it, or compress it with zstd instead",
    ),
    (
        b"\xFD7zXZ\0",
        "an xz file; unpack it, or compress it with zstd instead",
    ),
    (
        b"BZh",
        "a bzip2 file; unpack it, or compress it with zstd instead",
    ),
    (
        &[0x04, 0x22, 0x4D, 0x18],
        "an lz4 file; unpack it, or compress it with zstd instead",
    ),
    (
        b"PK\x03\x04",
        "a zip archive (or a spreadsheet); unpack it, and give the CSV file in it",
    ),
    (b"PK\x05\x06", "an empty zip archive"),
    (
        b"7z\xBC\xAF\x27\x1C",
        "a 7z archive; unpack it, and give the CSV file in it",
    ),
    (
        b"Rar!\x1A\x07",
        "a rar archive; unpack it, and give the CSV file in it",
    ),
    (
        &[0xD0, 0xCF, 0x11, 0xE0],
        "a spreadsheet of old Office; save it as CSV",
    ),
    (
        b"SQLite format 3\0",
        "an SQLite database; export its samples as CSV",
    ),
    (b"PAR1", "a Parquet file; convert it to CSV"),
    (b"%PDF-", "a PDF file"),
    (b"\x7FELF", "a program"),
    (&[0xFF, 0xFE], "UTF-16 text; save it as UTF-8"),
    (&[0xFE, 0xFF], "UTF-16 text; save it as UTF-8"),
    (&[0, 0, 0xFE, 0xFF], "UTF-32 text; save it as UTF-8"),
];

/// The kind of the file that begins with `head`, and how to convert it; `None` where it
/// may be text.
pub(super) fn kind(head: &[u8]) -> Option<&'static str> {
    if super::zstd::begins(head) {
        return Some("compressed twice; unpack it once");
    }
    let known = SIGNATURES
        .iter()
        .find(|(signature, _)| head.starts_with(signature));
    if let Some((_, kind)) = known {
        return Some(kind);
    }
    // POSIX.1-1988, ustar: the magic is at offset 257 of the first block.
    if head.get(257..262) == Some(b"ustar") {
        return Some("a tar archive; unpack it, and give a file in it");
    }
    if head.contains(&0) {
        return Some("binary, or UTF-16 text without its mark; a recording is UTF-8 text");
    }
    if head.len() == HEAD && !head.contains(&b'\n') {
        return Some(match head.contains(&b'\r') {
            true => "text whose lines end in carriage returns alone; end them in line feeds",
            false => "no table: its first line is longer than any row",
        });
    }
    None
}

/// `line` as it is quoted in an error: its beginning, with control characters escaped.
pub(super) fn shown(line: &str) -> String {
    const LONGEST: usize = 60;
    let mut shown: String = line
        .chars()
        .take(LONGEST)
        .flat_map(|c| -> Box<dyn Iterator<Item = char>> {
            match c {
                '"' | '\'' | '\\' => Box::new(std::iter::once(c)),
                c => Box::new(c.escape_debug()),
            }
        })
        .collect();
    if line.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn foreign_files_are_named_and_tables_are_not() {
        for (head, part) in [
            (&b"\x1F\x8B\x08"[..], "gzip"),
            (b"PK\x03\x04mimetype", "zip"),
            (b"\xFF\xFEt\0_\0", "UTF-16"),
            (b"t\0_\0n\0s\0", "UTF-16"),
            (b"\x28\xB5\x2F\xFD", "twice"),
            (&[b'1'; HEAD], "longer"),
            (&[b'\r'; HEAD], "carriage returns"),
        ] {
            let kind = kind(head).unwrap_or_default();
            assert!(kind.contains(part), "{head:?}: {kind}");
        }
        for table in [
            "",
            "t_ns,sensor,x,y,z\n",
            "1,acc,0,0,0",
            "\u{feff}1,acc,0,0,0\n",
        ] {
            assert_eq!(kind(table.as_bytes()), None, "{table}");
        }
    }

    #[test]
    fn a_line_is_shown_without_doing_anything_to_a_terminal() {
        assert_eq!(
            shown("a\u{1b}[2Jb\t\u{202e}\"'é"),
            "a\\u{1b}[2Jb\\t\\u{202e}\"'é"
        );
        assert_eq!(shown(&"x".repeat(61)), "x".repeat(60) + "…");
    }
}
