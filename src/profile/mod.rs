//! What is kept of an owner: what scores embeddings, its calibration, and how
//! enrolment went. No raw motion, but embeddings of it, hence mode 0600.

mod error;
pub(crate) mod file;
pub(crate) mod seal;

use serde::{Deserialize, Serialize};

pub use error::ProfileError;

use crate::decide::Calibration;
use crate::enrol::Expectation;
use crate::model::ModelId;
use crate::score::Scorer;

/// An owner, as one model sees them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// The model whose embeddings these are; no other can use them.
    pub model: ModelId,
    /// The user it belongs to, who may see scores and control the daemon.
    pub owner_uid: u32,
    /// When it was made, in seconds since 1970.
    pub created_unix_s: u64,
    /// What tells the owner from others in the embedding space.
    pub scorer: Scorer,
    /// What scores mean.
    pub calibration: Calibration,
    /// How enrolment went.
    pub enrolment: EnrolmentStats,
}

/// How enrolment went.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct EnrolmentStats {
    /// Recordings that gave windows.
    pub sessions: u32,
    /// Windows that the model was fitted to.
    pub windows: u32,
    /// Windows left out because the device lay still.
    pub at_rest: u32,
    /// Frames from one window to the next.
    pub hop: u32,
    /// Share of held-out windows with a score of at least zero.
    pub accepted: f64,
    /// Smallest such share of any held-out session.
    pub accepted_worst: f64,
    /// What to expect of decisions.
    pub expectation: Expectation,
}

#[cfg(test)]
pub(crate) mod tests {
    use std::os::unix::fs::PermissionsExt;

    use ndarray::array;

    use super::*;
    use crate::decide::Score;
    use crate::ocsvm::{Gamma, Nu, fit};

    pub(crate) fn profile() -> Profile {
        let rows = array![[0.0f32, 0.5], [1.0, 0.25], [0.5, -1.0]];
        Profile {
            model: ModelId([7; 32]),
            owner_uid: 1000,
            created_unix_s: 1_700_000_000,
            scorer: Scorer {
                svm: fit(rows.view(), Nu::RECIPE, Gamma::RECIPE).unwrap(),
                against: None,
            },
            calibration: Calibration {
                threshold: Score(-0.125),
                scale: 0.25,
                slope: None,
            },
            enrolment: EnrolmentStats {
                sessions: 1,
                windows: 3,
                hop: 96,
                ..EnrolmentStats::default()
            },
        }
    }

    #[test]
    fn files_are_private_and_say_what_is_wrong_with_them() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("owner.profile");
        let message = |result: Result<Profile, ProfileError>| result.unwrap_err().to_string();
        assert!(message(Profile::load_any(&path)).contains("graspd enroll"));

        profile().save(&path).unwrap();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o600);
        assert_eq!(Profile::load(&path, ModelId([7; 32])).unwrap(), profile());
        assert!(message(Profile::load(&path, ModelId([8; 32]))).contains("080808080808"));

        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
        assert!(message(Profile::load_any(&path)).contains("chmod 0600"));
        assert!(message(Profile::load_any(dir.path())).contains("not a regular file"));
    }

    #[test]
    fn a_write_that_fails_leaves_the_old_profile() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("owner.profile");
        profile().save(&path).unwrap();
        // A folder in the way of the new file cannot be removed as a file.
        std::fs::create_dir_all(dir.path().join(".owner.profile.new/x")).unwrap();
        assert!(profile().save(&path).is_err());
        assert_eq!(Profile::load_any(&path).unwrap(), profile());
    }
}
