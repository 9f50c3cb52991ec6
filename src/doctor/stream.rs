//! The FIFO of `source.kind = "stream"`.

use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use super::user::Access;
use super::{Device, Finding};

const CHECK: &str = "stream";

pub(super) fn check(device: &Device<'_>) -> Finding {
    let path = &device.config.source.path;
    if path == Path::new("-") {
        return Finding::ok(CHECK, "motion comes on standard input");
    }
    let shown = path.display();
    // The daemon opens a FIFO for writing too, so that it does not end when a writer
    // closes it.
    if let Some(denial) = device.denial(path, &[Access::Read, Access::Write]) {
        let found = format!("{} cannot have {shown}: {denial}", device.user.name);
        let make = device.machine.service_manager().make_fifo();
        return Finding::fail(CHECK, found).remedy(format!("`{make}` makes it as it should be"));
    }
    match fs::metadata(path) {
        Ok(it) if it.file_type().is_fifo() => {
            Finding::ok(CHECK, format!("{shown} takes what a service writes to it"))
        }
        _ => Finding::warn(CHECK, format!("{shown} is no FIFO"))
            .remedy("a file ends, and with it graspd; `mkfifo` makes a FIFO"),
    }
}
