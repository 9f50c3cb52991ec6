//! The owner's profile.

use std::fs;
use std::io::ErrorKind;

use super::user::Wish;
use super::{Finding, Patient};
use crate::model::Bundle;
use crate::profile::Profile;

const CHECK: &str = "profile";

/// The owner, as far as there is one to be seen, and the finding.
pub(super) fn check(patient: &Patient<'_>, bundle: Option<&Bundle>) -> (Option<u32>, Finding) {
    match load(patient, bundle) {
        Ok(profile) => (Some(profile.owner_uid), describe(patient, &profile)),
        Err(finding) => (None, finding),
    }
}

fn load(patient: &Patient<'_>, bundle: Option<&Bundle>) -> Result<Profile, Finding> {
    let path = &patient.config.profile.path;
    let shown = path.display();
    let denied = |error: std::io::Error| error.kind() == ErrorKind::PermissionDenied;
    if fs::File::open(path).is_err_and(denied) {
        let found = format!("{shown} is not for this user to read");
        return Err(Finding::warn(CHECK, found).remedy("`sudo graspd doctor` looks into it"));
    }
    let loaded = match bundle {
        Some(bundle) => Profile::load(path, bundle.id()),
        None => Profile::load_any(path),
    };
    loaded.map_err(|error| match error.is_missing() {
        // It can be made with the daemon that runs without.
        true if patient.config.source.kind.is_live() => Finding::warn(CHECK, error.to_string()),
        _ => Finding::fail(CHECK, error.to_string()),
    })
}

fn describe(patient: &Patient<'_>, profile: &Profile) -> Finding {
    let path = &patient.config.profile.path;
    let shown = path.display();
    if let Some(obstacle) = patient.obstacle(path, &[Wish::Read]) {
        let name = &patient.user.name;
        return Finding::fail(CHECK, format!("{name} cannot have {shown}: {obstacle}"))
            .remedy(format!("chown {name}: {shown}"));
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
