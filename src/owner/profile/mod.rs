//! The stored profile of an owner: scorer, calibration and statistics of the enrolment.
//! It holds no raw motion but embeddings of it, which are personal, hence mode 0600.

mod error;
mod expectation;

use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use error::{ProfileError, ProfileFault};
pub use expectation::{Expectation, Forecast, HOURS_A_DAY};

use super::score::{Calibration, Scorer};
use crate::model::ModelId;
use crate::regular_file::Owners;
use crate::sealed::{Kind, Sealed, file, seal};

/// An owner's profile, for the embeddings of one model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Profile {
    /// The model that made the embeddings; those of another do not compare.
    pub model: ModelId,
    /// Id of the user it belongs to, who may see scores and control the daemon.
    pub owner_uid: u32,
    /// When it was made, in seconds since 1970.
    pub created_unix_s: u64,
    /// Scores embeddings for this owner.
    pub scorer: Scorer,
    /// Threshold and scale of the scores.
    pub calibration: Calibration,
    /// Statistics of the enrolment.
    pub enrolment: EnrolmentStats,
}

/// Statistics of the enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct EnrolmentStats {
    /// Recordings that gave windows.
    pub sessions: u32,
    /// Windows that the model was fitted to.
    pub windows: u32,
    /// Windows left out because the device was at rest.
    pub at_rest: u32,
    /// Frames from one window to the next.
    pub hop: u32,
    /// Share of held-out windows accepted: those with a score at or above the threshold, or
    /// of at least 0 where the one-class SVM alone scores.
    pub accepted: f64,
    /// Smallest such share of any held-out session.
    pub accepted_worst: f64,
    /// Expected error rates.
    pub expectation: Expectation,
}

/// SHA-256 of the encoded profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Fingerprint([u8; 32]);

impl Profile {
    /// Reads the profile at `path`. Fails if the file belongs to none of `owners`, or if
    /// the profile was made with another model than `model`.
    pub fn load(path: &Path, model: ModelId, owners: Owners) -> Result<Self, ProfileError> {
        let profile: Self = file::load(path, owners)?;
        if profile.model != model {
            return Err(ProfileError {
                path: path.to_owned(),
                why: ProfileFault::other_model(profile.model, model),
            });
        }
        Ok(profile)
    }

    /// As [`Profile::load`], but `None` if the file does not exist (nobody has enrolled).
    pub fn load_if_there(
        path: &Path,
        model: ModelId,
        owners: Owners,
    ) -> Result<Option<Self>, ProfileError> {
        match Self::load(path, model, owners) {
            Ok(profile) => Ok(Some(profile)),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Reads the profile at `path`, of any model and any owner.
    pub fn load_any(path: &Path) -> Result<Self, ProfileError> {
        Ok(file::load(path, Owners::Anybody)?)
    }

    /// A hash that differs for every profile made at another time or of other windows.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        // Encoding cannot fail for a profile that was read or saved.
        let bytes = seal(self).unwrap_or_default();
        Fingerprint(Sha256::digest(&bytes).into())
    }

    /// Writes the profile to `path` with mode 0600, atomically: a kill at any time leaves
    /// the old file or the new one.
    pub fn save(&self, path: &Path) -> Result<(), ProfileError> {
        Ok(file::save(self, path)?)
    }

    /// Removes the profile at `path` and the temporary file of a killed write; `false` if
    /// neither existed.
    pub(crate) fn remove(path: &Path) -> Result<bool, ProfileError> {
        Ok(file::remove::<Self>(path)?)
    }
}

impl Sealed for Profile {
    const KIND: Kind = Kind {
        name: "profile",
        renew: "enrol again",
    };
    const MAGIC: [u8; 8] = *b"GRASPRF\0";
    const VERSION: u32 = 5;

    fn defect(&self) -> Option<&'static str> {
        let Calibration {
            threshold,
            scale,
            slope,
            in_session,
        } = self.calibration;
        let sound = threshold.0.is_finite()
            && scale.is_finite()
            && scale > 0.0
            && slope.is_none_or(f64::is_finite)
            && in_session.0.is_finite();
        (!sound)
            .then_some("its calibration is no number")
            .or_else(|| self.scorer.defect())
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    use ndarray::array;

    use super::*;
    use crate::owner::Score;
    use crate::owner::ocsvm::{Gamma, Nu, fit};

    pub(crate) fn profile() -> Profile {
        let rows = array![[0.0f32, 0.5], [1.0, 0.25], [0.5, -1.0]];
        Profile {
            model: ModelId([7; 32]),
            owner_uid: 1000,
            created_unix_s: 1_700_000_000,
            scorer: Scorer::OneClass(fit(rows.view(), Nu::RECIPE, Gamma::RECIPE).unwrap()),
            calibration: Calibration {
                threshold: Score(-0.125),
                scale: 0.25,
                slope: None,
                in_session: Calibration::IN_SESSION,
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
        let load = |model| Profile::load(&path, ModelId([model; 32]), Owners::this_process());
        assert_eq!(load(7).unwrap(), profile());
        assert!(message(load(8)).contains("080808080808"));

        std::fs::set_permissions(&path, PermissionsExt::from_mode(0o644)).unwrap();
        assert!(message(Profile::load_any(&path)).contains("chmod 0600"));
        assert!(message(Profile::load_any(dir.path())).contains("not a regular file"));
    }

    #[test]
    fn one_of_another_user_is_not_believed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("owner.profile");
        profile().save(&path).unwrap();
        let me = std::fs::metadata(&path).unwrap().uid();
        let load = |owners| Profile::load(&path, ModelId([7; 32]), owners);
        assert!(load(Owners::User(me)).is_ok() && load(Owners::Anybody).is_ok());
        // Files of root are accepted for every user.
        assert_eq!(load(Owners::User(me + 1)).is_ok(), me == 0);
        if !rustix::process::geteuid().is_root() {
            return skipped::because(
                "only root can give files away, so profiles of others were NOT tried",
            );
        }
        std::os::unix::fs::chown(&path, Some(65534), None).unwrap();
        let why = load(Owners::this_process()).unwrap_err().to_string();
        assert!(why.contains("belongs to user 65534"), "{why}");
    }

    #[test]
    fn one_that_others_can_replace_is_not_believed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("owner.profile");
        profile().save(&path).unwrap();
        let load = || Profile::load_if_there(&path, ModelId([7; 32]), Owners::this_process());
        for (mode, believed) in [
            (0o700, true),
            (0o755, true),
            (0o1777, true),
            (0o777, false),
            (0o775, false),
        ] {
            std::fs::set_permissions(dir.path(), PermissionsExt::from_mode(mode)).unwrap();
            match load() {
                Ok(found) => assert!(believed && found.is_some(), "{mode:o}"),
                Err(why) => {
                    let said = why.to_string();
                    assert!(!believed && said.contains("chmod go-w"), "{mode:o}: {said}");
                }
            }
        }
        // An absent profile may have been removed by them, so it does not say "nobody".
        std::fs::remove_file(&path).unwrap();
        assert!(load().is_err());
    }

    #[test]
    fn what_a_killed_write_left_is_removed_with_the_profile() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("owner.profile");
        for (whole, half) in [(true, true), (true, false), (false, true)] {
            if whole {
                profile().save(&path).unwrap();
            }
            if half {
                std::fs::write(dir.path().join(".owner.profile.new"), "half").unwrap();
            }
            assert!(Profile::remove(&path).unwrap());
            assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
        }
        assert!(!Profile::remove(&path).unwrap());
    }

    #[test]
    fn a_write_that_fails_leaves_the_old_profile() {
        let dir = tempfile::tempdir().unwrap();
        // The new file's name, which is longer, is longer than a name may be.
        let path = dir.path().join("o".repeat(250));
        let short = dir.path().join("owner.profile");
        profile().save(&short).unwrap();
        std::fs::rename(short, &path).unwrap();
        assert!(profile().save(&path).is_err());
        assert_eq!(Profile::load_any(&path).unwrap(), profile());
    }
}
