//! The owner's profile.

use std::fs;
use std::io::ErrorKind;

use super::user::Wish;
use super::{Finding, Patient};
use crate::model::Bundle;
use crate::profile::Profile;

const CHECK: &str = "profile";

pub(super) fn check(patient: &Patient<'_>, bundle: Option<&Bundle>) -> Finding {
    let path = &patient.config.profile.path;
    let shown = path.display();
    let denied = |error: std::io::Error| error.kind() == ErrorKind::PermissionDenied;
    if fs::File::open(path).is_err_and(denied) {
        return Finding::warn(CHECK, format!("{shown} is not for this user to read"))
            .remedy("`sudo graspd doctor` looks into it");
    }
    let profile = match bundle {
        Some(bundle) => Profile::load(path, bundle.id()),
        None => Profile::load_any(path),
    };
    let profile = match profile {
        Ok(profile) => profile,
        Err(error) => return Finding::fail(CHECK, error.to_string()),
    };
    if let Some(obstacle) = patient.obstacle(path, &[Wish::Read]) {
        let name = &patient.user.name;
        return Finding::fail(CHECK, format!("{name} cannot have {shown}: {obstacle}"))
            .remedy(format!("chown {name}: {shown}"));
    }
    let enrolment = profile.enrolment;
    Finding::ok(
        CHECK,
        format!(
            "{shown} knows user {} from {} windows of {} recordings",
            profile.owner_uid, enrolment.windows, enrolment.sessions
        ),
    )
}
