//! Profiles, cohorts, begun enrolments and records of learnt sessions whose checksum is right.

use ndarray::Array1;
use sha2::{Digest, Sha256};

use crate::decide::{Decider, Policy};
use crate::enrol::{BegunEnrolment, KeptSessions};
use crate::model::cohort::Cohort;
use crate::motion::SampleTime;
use crate::owner::profile::Profile;
use crate::sealed::{Sealed, seal, unseal as read};

/// The first byte says what the others are the contents of.
pub fn unseal(bytes: &[u8]) {
    match bytes.split_first() {
        Some((b'p', contents)) => {
            if let Some(profile) = sealed::<Profile>(contents) {
                decide(&profile);
            }
        }
        Some((b'c', contents)) => {
            if let Some(cohort) = sealed::<Cohort>(contents) {
                assert!(cohort.people().len() <= cohort.runs.len());
                cohort.way_to(&vec![0.0; cohort.columns]);
            }
        }
        Some((b'e', contents)) => {
            if let Some((_, windows)) = sealed::<BegunEnrolment>(contents) {
                assert!(windows.fits(&windows));
            }
        }
        Some((b's', contents)) => {
            if let Some(mut kept) = sealed::<KeptSessions>(contents) {
                let waiting = kept.records().filter(|r| r.learnt.is_none()).count();
                assert_eq!(kept.drop_waiting(), waiting);
                while kept.undo().is_some() {}
            }
        }
        _ => {
            let _ = read::<KeptSessions>(bytes);
            let _ = read::<Profile>(bytes);
            let _ = read::<Cohort>(bytes);
            let _ = read::<BegunEnrolment>(bytes);
        }
    }
}

/// What `contents` are under a seal that is right; sealed again, it is the same.
fn sealed<T: Sealed>(contents: &[u8]) -> Option<T> {
    let it: T = read(&with_seal::<T>(contents)).ok()?;
    let again = seal(&it).ok()?;
    let same = read::<T>(&again).and_then(|it| seal(&it));
    assert!(same.is_ok_and(|same| same == again));
    Some(it)
}

/// `contents` with the magic, version, length and checksum of a `T`.
pub(super) fn with_seal<T: Sealed>(contents: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::from(T::MAGIC);
    bytes.extend(T::VERSION.to_le_bytes());
    bytes.extend((contents.len() as u64).to_le_bytes());
    bytes.extend(Sha256::digest(contents));
    bytes.extend(contents);
    bytes
}

/// Scores and decides as the daemon does with a profile that it has accepted.
fn decide(profile: &Profile) {
    let mut decider = Decider::new(Policy::default(), profile.calibration);
    let columns = profile.scorer.columns();
    for (second, value) in (0..).zip([0.0, 1.0, -1.0, f32::MAX, f32::NAN]) {
        let score = profile
            .scorer
            .score(Array1::from_elem(columns, value).view());
        assert!(value.is_finite() || !score.0.is_finite());
        let t = SampleTime::from_nanos(second * 1_000_000_000);
        decider.window(t, score, &mut |decision| {
            assert!((0.0..=1.0).contains(&decision.evidence.0));
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sealed::HEADER;

    fn begun() -> BegunEnrolment {
        let model = vec![7; 32];
        let windows = serde_json::json!({
            "model": model, "frames": 500, "hop": 96, "columns": 3,
            "embeddings": [0.0, 0.5, 1.0, -1.0, 0.25, 2.0], "sessions": [0, 1],
            "at_rest": 4, "next_session": 2,
        });
        (1000, serde_json::from_value(windows).unwrap())
    }

    /// Set `GRASPD_BLESS` where a format has changed.
    #[test]
    fn the_seeds_are_of_the_formats_in_use() {
        let seeds = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/seeds/unseal");
        let profile = seal(&crate::owner::profile::tests::profile()).unwrap();
        let cohort = seal(&crate::model::cohort::tests::cohort(3)).unwrap();
        let enrolment = seal(&begun()).unwrap();
        if std::env::var_os("GRASPD_BLESS").is_some() {
            for (mark, name, sealed) in [
                ("p", "profile", &profile),
                ("c", "cohort", &cohort),
                ("e", "enrolment", &enrolment),
            ] {
                let seed = [mark.as_bytes(), &sealed[HEADER..]].concat();
                std::fs::write(format!("{seeds}/{name}"), seed).unwrap();
            }
            std::fs::write(format!("{seeds}/whole"), &profile).unwrap();
        }
        let seed = |name: &str| std::fs::read(format!("{seeds}/{name}")).unwrap();
        assert!(sealed::<Profile>(&seed("profile")[1..]).is_some());
        assert!(sealed::<Cohort>(&seed("cohort")[1..]).is_some());
        assert!(sealed::<BegunEnrolment>(&seed("enrolment")[1..]).is_some());
        assert!(read::<Profile>(&seed("whole")).is_ok());
    }
}
