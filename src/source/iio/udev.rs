//! udev's record of a device: the lines of a small file below `/run/udev/data`.

use std::fs;
use std::path::{Path, PathBuf};

use super::Roots;
use super::sysfs::Attributes;

/// A device's record, in udev's format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    path: PathBuf,
    text: String,
}

impl Record {
    /// The record of the device `id`; `None` if there is none. The file is named after
    /// the numbers of the device's node, or after the device if it has no node (no
    /// buffer).
    pub(super) fn of(device: &Attributes, id: &str, roots: &Roots) -> Option<Self> {
        let numbers = device.read("dev").ok();
        let of_node = numbers.map(|numbers| format!("c{numbers}"));
        [of_node, Some(format!("+iio:{id}"))]
            .into_iter()
            .flatten()
            .find_map(|name| {
                let path = roots.udev.join(name);
                let text = fs::read(&path).ok()?;
                let text = String::from_utf8_lossy(&text).into_owned();
                Some(Self { path, text })
            })
    }

    /// The path of the record.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// The value of the property `key`, trimmed; `None` if absent or empty, which is
    /// how udev's rules unset one.
    pub(super) fn property(&self, key: &str) -> Option<&str> {
        property(&self.text, key)
    }
}

fn property<'a>(record: &'a str, key: &str) -> Option<&'a str> {
    record
        .lines()
        .rev()
        .find_map(|line| {
            line.strip_prefix("E:")?
                .strip_prefix(key)?
                .strip_prefix('=')
        })
        .map(|value| value.trim_matches(|c: char| c == '\0' || c.is_whitespace()))
        .filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_property_is_found_by_its_whole_name() {
        let record = "I:1\nE:ACCEL_MOUNT_MATRIX_OLD=x\nE:XACCEL_MOUNT_MATRIX=x\n\
                      E:ACCEL_MOUNT_MATRIX= 0, 1, 0; =\r\nG:systemd\n";
        assert_eq!(property(record, "ACCEL_MOUNT_MATRIX"), Some("0, 1, 0; ="));
        assert_eq!(property(record, "ACCEL_LOCATION"), None);
        assert_eq!(property("E:ACCEL_LOCATION=\n", "ACCEL_LOCATION"), None);
        assert_eq!(property("ACCEL_LOCATION=base\n", "ACCEL_LOCATION"), None);
    }

    #[test]
    fn a_record_is_read_whatever_bytes_are_in_it_and_without_a_node() {
        let dir = tempfile::tempdir().unwrap();
        let roots = Roots::under(dir.path());
        fs::create_dir_all(&roots.udev).unwrap();
        let device = Attributes::of(dir.path().join("device"));
        assert_eq!(Record::of(&device, "iio:device4", &roots), None);
        let record = b"E:ID_MODEL=\xff\xfe\nE:ACCEL_LOCATION=display\n";
        fs::write(roots.udev.join("+iio:iio:device4"), record).unwrap();
        let record = Record::of(&device, "iio:device4", &roots).unwrap();
        assert_eq!(record.property("ACCEL_LOCATION"), Some("display"));
        assert!(record.path().ends_with("+iio:iio:device4"));
    }

    proptest! {
        #[test]
        fn the_value_comes_back_whatever_else_is_in_the_record(
            before in "\\PC{0,30}", value in "[!-~]([ -~]{0,30}[!-~])?", after in "[A-Z]:\\PC{0,30}"
        ) {
            let record = format!("E:ID={before}\nE:ACCEL_LOCATION={value}\n{}\n", after.replace("E:ACC", "E:"));
            prop_assert_eq!(property(&record, "ACCEL_LOCATION"), Some(value.as_str()));
        }

        #[test]
        fn no_record_and_no_key_panic(record in "(E:|A=|\\PC|\n){0,20}", key in "\\PC{0,4}") {
            let _ = property(&record, &key);
        }
    }
}
