//! A device's attributes: one-line text files in a folder of sysfs.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::IioError;

/// Largest attribute in bytes: sysfs returns at most a page.
const PAGE: u64 = 4096;

/// The attributes of one device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attributes {
    folder: PathBuf,
}

impl Attributes {
    pub(super) fn of(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.path(name).exists()
    }

    /// The attribute's text, up to the NUL that some drivers append, without blanks and
    /// newlines around it.
    pub(super) fn read(&self, name: &str) -> Result<String, IioError> {
        let path = self.path(name);
        let mut bytes = Vec::new();
        File::open(&path)
            .and_then(|file| file.take(PAGE).read_to_end(&mut bytes))
            .map_err(IioError::io("read", &path))?;
        let text = String::from_utf8_lossy(&bytes);
        let end = text.find('\0').unwrap_or(text.len());
        Ok(text[..end].trim().to_owned())
    }

    /// The attribute parsed as a `T`; the error says that `needed` was expected.
    pub(super) fn parse<T: FromStr>(
        &self,
        name: &str,
        needed: &'static str,
    ) -> Result<T, IioError> {
        let found = self.read(name)?;
        found.parse().map_err(|_| IioError::Nonsense {
            path: self.path(name),
            found,
            needed,
        })
    }

    pub(super) fn write(&self, name: &str, text: &str) -> Result<(), IioError> {
        let path = self.path(name);
        OpenOptions::new()
            .write(true)
            .truncate(true)
            .open(&path)
            .and_then(|mut file| file.write_all(text.as_bytes()))
            .map_err(IioError::io("write", &path))
    }

    /// Names of the entries of the folder `name`, sorted.
    pub(super) fn list(&self, name: &str) -> Result<Vec<String>, IioError> {
        let path = self.path(name);
        let entries = fs::read_dir(&path).map_err(IioError::io("list", &path))?;
        let mut names: Vec<_> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .collect();
        names.sort();
        Ok(names)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_lose_the_newline_and_nul_of_drivers() {
        let dir = tempfile::tempdir().unwrap();
        let attributes = Attributes::of(dir.path().to_owned());
        for bytes in [
            &b"realtime\n\0"[..],
            b" realtime",
            b"realtime\0\0old text\n",
        ] {
            fs::write(dir.path().join("current_timestamp_clock"), bytes).unwrap();
            let text = attributes.read("current_timestamp_clock").unwrap();
            assert_eq!(text, "realtime");
        }
        fs::write(dir.path().join("name"), b"chip\xff\n").unwrap();
        assert_eq!(attributes.read("name").unwrap(), "chip\u{fffd}");
        fs::write(dir.path().join("label"), b"").unwrap();
        assert_eq!(attributes.read("label").unwrap(), "");
    }

    #[test]
    fn nothing_is_written_where_there_is_no_attribute() {
        let dir = tempfile::tempdir().unwrap();
        let attributes = Attributes::of(dir.path().to_owned());
        let error = attributes.write("in_accel_hysteresis", "0").unwrap_err();
        assert!(error.to_string().contains("in_accel_hysteresis"), "{error}");
        assert!(!attributes.has("in_accel_hysteresis"));
    }
}
