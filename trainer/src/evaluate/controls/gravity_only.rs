//! Control: verification by channel means alone, which hold gravity and sensor offsets but
//! no motion.

use graspd::motion::CHANNELS;
use graspd::owner::ocsvm::FitError;
use ndarray::{Array2, ArrayView1, Axis};

use crate::data::Windows;
use crate::evaluate::person_features::{PersonFeatures, map_sessions};
use crate::evaluate::test_set::TestSet;
use crate::evaluate::verification::{Enrolment, VerifiedOwner, verify};
use crate::features::{Features, enrolment_sessions, sample_evenly};

/// Verifies everyone by the mean of each channel, scaled by its standard deviation over the
/// owner's enrolment windows.
pub fn gravity_only(test_set: &TestSet, how: Enrolment) -> Result<Vec<VerifiedOwner>, FitError> {
    let people = map_sessions(test_set, |_, _, windows| channel_means(windows));
    let mut all = Vec::new();
    for owner in 0..people.len() {
        let enrolled = enrolment_sessions(people[owner].sessions.len()).unwrap_or(0);
        let (rows, _) = sample_evenly(&people[owner].sessions[..enrolled], how.windows);
        if rows.is_empty() {
            continue;
        }
        let spread = rows.std_axis(Axis(0), 0.0).mapv(|s| s.max(1e-6));
        let scaled: Vec<PersonFeatures> = people
            .iter()
            .map(|person| PersonFeatures {
                id: person.id.clone(),
                sessions: person.sessions.iter().map(|rows| rows / &spread).collect(),
            })
            .collect();
        all.extend(
            verify(&scaled, how, None)?
                .into_iter()
                .filter(|v| v.person == owner),
        );
    }
    Ok(all)
}

/// Mean of each channel, m/s² and rad/s: direction of gravity and sensor offsets, without
/// any motion.
fn channel_means(windows: &Windows) -> Features {
    let mut rows = Array2::zeros((windows.len(), CHANNELS));
    for (mut row, window) in rows.axis_iter_mut(Axis(0)).zip(windows.iter()) {
        let (frames, _) = window.as_chunks::<CHANNELS>();
        for frame in frames {
            row += &ArrayView1::from(frame);
        }
        row /= frames.len().max(1) as f32;
    }
    rows
}
