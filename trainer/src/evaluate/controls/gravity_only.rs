//! Control: verification by channel means alone, which hold gravity and sensor offsets but
//! no motion.

use graspd::owner::ocsvm::FitError;

use crate::evaluate::features::{self, PersonFeatures};
use crate::evaluate::test_set::TestSet;
use crate::evaluate::verification::{
    Enrolment, VerifiedOwner, enrolment_sessions, sample_evenly, verify,
};

/// Verifies everyone by the mean of each channel, scaled by its standard deviation over the
/// owner's enrolment windows.
pub fn gravity_only(test_set: &TestSet, how: Enrolment) -> Result<Vec<VerifiedOwner>, FitError> {
    let people = features::map_sessions(test_set, |_, _, windows| features::channel_means(windows));
    let mut all = Vec::new();
    for owner in 0..people.len() {
        let enrolled = enrolment_sessions(people[owner].sessions.len()).unwrap_or(0);
        let (rows, _) = sample_evenly(&people[owner].sessions[..enrolled], how.windows);
        if rows.is_empty() {
            continue;
        }
        let spread = rows.std_axis(ndarray::Axis(0), 0.0).mapv(|s| s.max(1e-6));
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
