//! Control: error rates against impostors who move as much as the owner.

use crate::evaluate::person_features::map_sessions;
use crate::evaluate::test_set::TestSet;
use crate::evaluate::verification::{VerifiedOwner, trial_sessions};
use crate::features::motion_intensity;

/// Each owner's EER with impostors' windows weighted so that they are distributed over the
/// quarters of the owner's motion intensity as the owner's own windows are.
pub fn matched_motion(test_set: &TestSet, verified: &[VerifiedOwner]) -> Vec<Option<f64>> {
    let people = map_sessions(test_set, |_, _, windows| motion_intensity(windows));
    let eer = |owner: &VerifiedOwner| {
        let motion_intensity: Vec<_> = trial_sessions(&people, owner.person).collect();
        let mut own: Vec<f32> = motion_intensity
            .iter()
            .filter(|(genuine, _)| *genuine)
            .flat_map(|(_, rows)| rows.iter().copied())
            .collect();
        own.sort_by(f32::total_cmp);
        let edges: Vec<f32> = (1..4).map(|quarter| own[quarter * own.len() / 4]).collect();
        let quarter = |v: f32| edges.iter().filter(|edge| v >= **edge).count();
        let mut counts = [[0.0f64; 4]; 2];
        for (genuine, rows) in &motion_intensity {
            for &v in *rows {
                counts[usize::from(*genuine)][quarter(v)] += 1.0;
            }
        }
        owner.trials.weighted_eer(|s, w| {
            let (genuine, rows) = motion_intensity[s];
            let q = quarter(rows[[w, 0]]);
            match genuine {
                true => 1.0,
                false => counts[1][q] / counts[0][q].max(1.0),
            }
        })
    };
    verified.iter().map(eer).collect()
}
