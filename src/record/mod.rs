//! Motion as it happens, into a recording: graspd's CSV.

mod tally;

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

pub use tally::Tally;

use crate::motion::{Sample, Sensor};
use crate::source::format_row;

/// Rows that may wait to be written, in bytes.
const PENDING: usize = 1 << 16;

/// A recording that is being made. Only whole lines are written, so that what
/// an interruption leaves is a recording too.
#[derive(Debug)]
pub struct Recording {
    file: File,
    pending: String,
    tallies: [Tally; 2],
}

impl Recording {
    /// A new one at `path`, for its owner's eyes alone. What is there already
    /// is an error and stays as it is.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(path)?;
        Ok(Self {
            file,
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

    /// Writes what has been added so far.
    pub fn write(&mut self) -> io::Result<()> {
        self.file.write_all(self.pending.as_bytes())?;
        self.pending.clear();
        Ok(())
    }

    /// Writes what is left and waits until it is on the disk.
    pub fn finish(&mut self) -> io::Result<()> {
        self.write()?;
        self.file.sync_all()
    }

    /// What has been added, sensor by sensor.
    pub fn tallies(&self) -> &[Tally; 2] {
        &self.tallies
    }

    /// Whether nothing has been added.
    pub fn is_empty(&self) -> bool {
        self.tallies.iter().all(|tally| tally.samples() == 0)
    }
}
