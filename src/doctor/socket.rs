//! Whether the daemon answers on its socket.

use super::{Device, Finding};
use crate::publish::{Client, PublishError};

const CHECK: &str = "daemon";

pub(super) fn check(device: &Device<'_>) -> Finding {
    let path = &device.config.socket.path;
    match Client::connect(path) {
        Ok(client) => {
            let daemon: String = client.hello().daemon.chars().take(40).collect();
            Finding::ok(CHECK, format!("{daemon:?} serves {}", path.display()))
        }
        Err(PublishError::NoDaemon(_)) => {
            let manager = device.machine.service_manager();
            Finding::warn(CHECK, format!("nobody serves {}", path.display())).remedy(format!(
                "start it (`{}`); `{}` has its last words",
                manager.start(),
                manager.log()
            ))
        }
        Err(error) => Finding::fail(CHECK, error.to_string()),
    }
}
