//! A machine's files and processes, below a root that tests can choose.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::service_manager::ServiceManager;

/// The kernel cuts off names of processes after this many bytes; proc_pid_comm(5).
pub(super) const LONGEST_NAME: usize = 15;

/// A machine.
pub(super) struct Machine {
    root: PathBuf,
}

/// A running process.
pub(super) struct Process {
    pub pid: u32,
    /// Its name, of at most [`LONGEST_NAME`] bytes.
    pub name: String,
    folder: PathBuf,
}

impl Machine {
    pub(super) fn at(root: &Path) -> Self {
        Self {
            root: root.to_owned(),
        }
    }

    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The path of the file `path` of the machine, below its root.
    pub(super) fn path(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    pub(super) fn service_manager(&self) -> ServiceManager {
        ServiceManager::of(&self.root)
    }

    /// All processes visible in /proc.
    pub(super) fn processes(&self) -> Vec<Process> {
        let entries = fs::read_dir(self.path("proc"));
        let entries = entries.into_iter().flatten().flatten();
        entries
            .filter_map(|entry| {
                let pid = entry.file_name().to_str()?.parse().ok()?;
                let folder = entry.path();
                let name = fs::read_to_string(folder.join("comm")).ok()?;
                let name = name.trim_end().to_owned();
                Some(Process { pid, name, folder })
            })
            .collect()
    }
}

impl Process {
    /// Whether it has `file` open; `None` if its descriptors may not be read.
    pub(super) fn has_open(&self, file: &Path) -> Option<bool> {
        let entries = fs::read_dir(self.folder.join("fd")).ok()?;
        let mut open = entries.flatten().map(|entry| fs::read_link(entry.path()));
        Some(open.any(|target| target.is_ok_and(|target| target == file)))
    }
}

impl fmt::Display for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (process {})", self.name, self.pid)
    }
}
