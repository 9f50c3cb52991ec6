//! The folder of the files that outlive the daemon.

use super::user::User;
use super::{Device, Finding};
use crate::daemon::state_folder::{self, StateFolderError, StateFolderFault};

const CHECK: &str = "state";

/// `None` for replays, which keep no state.
pub(super) fn check(device: &Device<'_>) -> Option<Finding> {
    if !device.config.source.kind.is_live() {
        return None;
    }
    let folder = &device.config.state.folder;
    let (user, shown) = (&device.user, folder.display());
    let of_service = User::of_service(&device.machine).map(|service| service.uid);
    Some(match state_folder::check(folder, user.uid) {
        Ok(()) => Finding::ok(CHECK, format!("{shown} is {}'s alone", user.name)),
        Err(StateFolderError {
            why: StateFolderFault::Stranger { found, .. },
            ..
        }) if of_service == Some(found) => {
            let found = format!("{shown} is the service's, and not {}'s", user.name);
            Finding::warn(CHECK, found).remedy("`sudo graspd doctor` looks into it")
        }
        Err(error) => Finding::fail(CHECK, error.to_string()),
    })
}
