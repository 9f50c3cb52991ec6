//! The owner's profile.

use std::fs;
use std::io::ErrorKind;

use super::user::Access;
use super::{Device, Finding};
use crate::model::Bundle;
use crate::owner::profile::Profile;
use crate::regular_file::{self, Owners};
use crate::sealed::file::check_folder;

const CHECK: &str = "profile";

/// The owner's user id, if the profile could be read, and the finding.
pub(super) fn check(device: &Device<'_>, bundle: Option<&Bundle>) -> (Option<u32>, Finding) {
    match load(device, bundle) {
        Ok(profile) => (Some(profile.owner_uid), describe(device, &profile)),
        Err(finding) => (None, finding),
    }
}

fn load(device: &Device<'_>, bundle: Option<&Bundle>) -> Result<Profile, Finding> {
    let path = &device.config.profile.path;
    let shown = path.display();
    let denied = |error: std::io::Error| error.kind() == ErrorKind::PermissionDenied;
    if regular_file::open(path).is_err_and(denied) {
        let found = format!("{shown} is not for this user to read");
        return Err(Finding::warn(CHECK, found).remedy("`sudo graspd doctor` looks into it"));
    }
    let loaded = match bundle {
        Some(bundle) => Profile::load(path, bundle.id(), Owners::Anybody),
        None => Profile::load_any(path),
    };
    loaded.map_err(|error| match error.is_missing() {
        // The daemon runs without a profile, and one can be enrolled with it.
        true if device.config.source.kind.is_live() => Finding::warn(CHECK, error.to_string()),
        _ => Finding::fail(CHECK, error.to_string()),
    })
}

fn describe(device: &Device<'_>, profile: &Profile) -> Finding {
    let path = &device.config.profile.path;
    let shown = path.display();
    if let Some(denial) = device.denial(path, &[Access::Read]) {
        let name = &device.user.name;
        return Finding::fail(CHECK, format!("{name} cannot have {shown}: {denial}"))
            .remedy(format!("chown {name}: {shown}"));
    }
    let owners = Owners::User(device.user.uid);
    if fs::metadata(path).is_ok_and(|it| !owners.include(&it)) {
        let found = format!(
            "{shown} is not {}'s, so it is not believed",
            device.user.name
        );
        return Finding::fail(CHECK, found).remedy(format!("chown {}: {shown}", device.user.name));
    }
    if let Err(why) = check_folder(path, owners) {
        return Finding::fail(CHECK, format!("{shown}: {why}")).remedy("chmod go-w its folder");
    }
    let enrolment = &profile.enrolment;
    Finding::ok(
        CHECK,
        format!(
            "{shown} knows user {} from {} windows of {} recordings",
            profile.owner_uid, enrolment.windows, enrolment.sessions
        ),
    )
}
