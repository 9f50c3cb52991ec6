//! Writes motion into a recording, in graspd's CSV format.

mod tally;

use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;

pub use tally::Tally;

use crate::motion::{Sample, Sensor};
use crate::source::format_row;

/// Rows are written once this many bytes have gathered.
const PENDING: usize = 1 << 16;

/// A recording in progress. The file only ever keeps whole lines, so that it is a valid
/// recording after an interruption or on a full disk.
#[derive(Debug)]
pub struct Recording {
    file: File,
    /// Size of the whole lines in the file, in bytes.
    written: u64,
    pending: String,
    tallies: [Tally; 2],
}

impl Recording {
    /// A new recording at `path`, mode 0600. An existing file is an error and stays as
    /// it is.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        Ok(Self {
            file,
            written: 0,
            pending: "t_ns,sensor,x,y,z\n".into(),
            tallies: Sensor::ALL.map(Tally::of),
        })
    }

    /// Adds a sample.
    pub fn push(&mut self, sample: &Sample) -> io::Result<()> {
        self.tallies[sample.sensor.index()].note(sample.t);
        self.pending += &format_row(sample);
        self.pending.push('\n');
        if self.pending.len() >= PENDING {
            self.write()?;
        }
        Ok(())
    }

    /// Writes the rows added so far. After an error, rows that are not whole in the
    /// file stay pending.
    pub fn write(&mut self) -> io::Result<()> {
        while !self.pending.is_empty() {
            let taken = match self.file.write_at(self.pending.as_bytes(), self.written) {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(taken) => taken,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            let whole = self.pending.as_bytes()[..taken]
                .iter()
                .rposition(|byte| *byte == b'\n')
                .map_or(0, |last| last + 1);
            self.written += whole as u64;
            // Truncated at once, as the next write may fail or the process be killed.
            if whole < taken {
                self.file.set_len(self.written)?;
            }
            if whole == 0 {
                let why = "no room for another line";
                return Err(io::Error::new(io::ErrorKind::StorageFull, why));
            }
            self.pending.drain(..whole);
        }
        Ok(())
    }

    /// Writes what is left and waits until it is on the disk.
    pub fn finish(&mut self) -> io::Result<()> {
        self.write()?;
        self.file.sync_all()
    }

    /// Whether the file has no line yet.
    pub fn is_blank(&self) -> bool {
        self.written == 0
    }

    /// The tally of each sensor.
    pub fn tallies(&self) -> &[Tally; 2] {
        &self.tallies
    }

    /// Whether nothing has been added.
    pub fn is_empty(&self) -> bool {
        self.tallies.iter().all(|tally| tally.samples() == 0)
    }
}
