//! Commands of a test to the hub: lines in a FIFO.

use std::collections::VecDeque;
use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use rustix::fs::OFlags;

/// One command.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// `silence`: stay on and send nothing.
    Silence,
    /// `speak`: send reports again.
    Speak,
    /// `unplug`
    Unplug,
    /// `plug`
    Plug,
    /// `interval MS`: fixed report interval; 0 for the interval that the kernel sets.
    Interval(Option<Duration>),
}

/// Reads commands from a FIFO, whose writers may come and go.
pub struct Control {
    fifo: File,
    begun: String,
    commands: VecDeque<Command>,
}

impl Control {
    pub fn open(path: &Path) -> io::Result<Self> {
        let fifo = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(OFlags::NONBLOCK.bits().cast_signed())
            .open(path)?;
        Ok(Self {
            fifo,
            begun: String::new(),
            commands: VecDeque::new(),
        })
    }

    /// The next command; `None` if none is waiting.
    pub fn next(&mut self) -> io::Result<Option<Command>> {
        let mut bytes = [0; 512];
        match self.fifo.read(&mut bytes) {
            Ok(read) => self.begun += &String::from_utf8_lossy(&bytes[..read]),
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
            Err(error) => return Err(error),
        }
        while let Some((line, rest)) = self.begun.split_once('\n') {
            let command = parse(line);
            let command = command.ok_or_else(|| io::Error::other(format!("no command: {line}")))?;
            self.commands.push_back(command);
            self.begun = rest.to_owned();
        }
        Ok(self.commands.pop_front())
    }
}

impl AsFd for Control {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.fifo.as_fd()
    }
}

fn parse(line: &str) -> Option<Command> {
    Some(match line {
        "silence" => Command::Silence,
        "speak" => Command::Speak,
        "unplug" => Command::Unplug,
        "plug" => Command::Plug,
        _ => {
            let ms: u64 = line.strip_prefix("interval ")?.parse().ok()?;
            Command::Interval((ms > 0).then(|| Duration::from_millis(ms)))
        }
    })
}
