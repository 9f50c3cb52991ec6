//! Which process has a sensor's node open: only one can.

use std::path::Path;

use super::{Device, Finding};

const CHECK: &str = "holder";

pub(super) fn check(device: &Device<'_>, node: &Path) -> Finding {
    // Links in /proc name the node below `/dev`, not below a test's root.
    let seen = Path::new("/dev").join(node.file_name().unwrap_or_default());
    let mut hidden = 0;
    for process in device.machine.processes() {
        match process.has_open(&seen) {
            None => hidden += 1,
            Some(false) => {}
            Some(true) => {
                let found = format!("{} has {}", process, seen.display());
                return match process.name.as_str() {
                    "graspd" => Finding::ok(CHECK, found),
                    _ => Finding::warn(CHECK, found)
                        .remedy("stop it, or set source.mode = \"polled\" to read beside it"),
                };
            }
        }
    }
    let free = format!("nobody has {}", seen.display());
    match hidden {
        0 => Finding::ok(CHECK, free),
        _ => Finding::ok(
            CHECK,
            format!("{free}, as far as can be seen ({hidden} processes are not this user's)"),
        ),
    }
}
