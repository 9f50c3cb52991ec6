//! A terminal that is drawn on as a whole, and left as it was.

use std::io::{self, IsTerminal, Write};

use rustix::termios::{
    LocalModes, OptionalActions, SpecialCodeIndex, Termios, tcgetattr, tcgetwinsize, tcsetattr,
};

/// Switches to the terminal's alternate screen and hides the cursor; [`LEAVE`] undoes both.
const ENTER: &str = "\x1b[?1049h\x1b[?25l";
const LEAVE: &str = "\x1b[?25h\x1b[?1049l";

/// Taken from the shell until dropped.
pub(super) struct Terminal {
    before: Termios,
}

impl Terminal {
    /// `None` unless standard input and output are a terminal that can be drawn on.
    pub(super) fn take() -> Option<Self> {
        let dumb = std::env::var_os("TERM").is_none_or(|name| name.is_empty() || name == "dumb");
        if dumb || !io::stdin().is_terminal() || !io::stdout().is_terminal() {
            return None;
        }
        let before = tcgetattr(io::stdin()).ok()?;
        let mut raw = before.clone();
        // Keys come at once and are not shown, Ctrl-C among them: a signal would leave this page.
        raw.local_modes
            .remove(LocalModes::ICANON | LocalModes::ECHO | LocalModes::ISIG);
        raw.special_codes[SpecialCodeIndex::VMIN] = 1;
        raw.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(io::stdin(), OptionalActions::Now, &raw).ok()?;
        let terminal = Self { before };
        write(ENTER).ok()?;
        Some(terminal)
    }

    /// Columns and rows.
    pub(super) fn size(&self) -> (usize, usize) {
        match tcgetwinsize(io::stdout()) {
            Ok(size) if size.ws_col > 0 && size.ws_row > 0 => {
                (size.ws_col.into(), size.ws_row.into())
            }
            _ => (80, 24),
        }
    }

    /// Shows these rows from the top, and nothing else.
    pub(super) fn draw(&self, rows: &[String]) -> io::Result<()> {
        let mut page = String::from("\x1b[H");
        for (at, row) in rows.iter().enumerate() {
            let end = if at + 1 < rows.len() {
                "\x1b[K\r\n"
            } else {
                "\x1b[K"
            };
            page += row;
            page += end;
        }
        write(&(page + "\x1b[J"))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = write(LEAVE);
        let _ = tcsetattr(io::stdin(), OptionalActions::Now, &self.before);
    }
}

fn write(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}
