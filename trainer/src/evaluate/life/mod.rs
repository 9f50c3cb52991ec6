//! `--protocol life`: an owner enrols in two sittings, and then uses the device. Each later
//! session is scored in order of time, by the profile as it then is, before the profile may
//! learn of it ([`Adaptation`]).

mod adaptation;
mod growing_profile;
mod intruder;
mod learning_owner;
mod owner;
mod owner_scorer;
mod results;
mod session_of_use;
mod trials_over_time;

use graspd::motion::RATE_HZ;
use rayon::prelude::*;

pub use adaptation::Adaptation;
pub use intruder::{Intruder, Intrusion};
pub use results::{LifeErrors, LifeMeans, LifeOwner, LifeResults, LifeSession};

use self::growing_profile::EnrolmentSetup;
use self::owner::Life;
use super::EvaluateError;
use super::fold_source::{FoldSource, open_bundles};
use super::person_features;
use super::protocol::Protocol;
use super::results::FoldPeople;
use super::unseen::{fold_people, fused_windows};
use super::verification::mean;
use crate::data::Skipped;
use crate::progress::Progress;

/// Sittings of an enrolment.
pub const SITTINGS: usize = 2;
/// Length of each at most, s.
pub const SITTING_S: f64 = 300.0;

/// How everyone lives.
#[derive(Debug, Clone, Copy, Default)]
pub struct LifeOptions {
    /// How profiles change with use.
    pub adaptation: Adaptation,
    /// Who else uses each device.
    pub intruder: Option<Intruder>,
    /// For how many days they do.
    pub days: u32,
}

/// Lives of everyone who has a session after the enrolment.
pub fn evaluate(
    sources: &[FoldSource],
    options: LifeOptions,
    protocol: Protocol,
    allow_seen: bool,
    progress: Progress,
) -> Result<LifeResults, EvaluateError> {
    let (bundles, seen) = open_bundles(sources, allow_seen)?;
    let (Some(first), Some(source)) = (bundles.first(), sources.first()) else {
        return Err(EvaluateError::NoOwner);
    };
    let frames = first.manifest().input.frames;
    let window_s = frames as f64 / f64::from(RATE_HZ);
    let windows_a_sitting = (SITTING_S / window_s).round().max(1.0) as usize;
    let bar = progress.bar("folds", sources.len());
    let folds: Result<Vec<_>, EvaluateError> = sources
        .par_iter()
        .map(|source| {
            let fold = fold(source, options, protocol, windows_a_sitting)?;
            bar.step(1, &fold.people.tested.join(", "));
            Ok(fold)
        })
        .collect();
    bar.finish();
    let folds = folds?;
    let per_owner: Vec<LifeOwner> = folds.iter().flat_map(|fold| fold.owners.clone()).collect();
    if per_owner.is_empty() {
        let folds = folds.iter().map(|fold| (&fold.people, &fold.skipped[..]));
        let error = EvaluateError::if_nobody_is_tested(source.tested.set, folds);
        return Err(error.unwrap_or(EvaluateError::NoLife(SITTINGS)));
    }
    Ok(LifeResults {
        command: String::new(),
        protocol: match seen.is_empty() {
            true => "life".into(),
            false => "life, seen".into(),
        },
        dataset: source.tested.set.name().into(),
        model: first.manifest().name.clone(),
        adaptation: options.adaptation.name().into(),
        window_s,
        sittings: SITTINGS,
        windows_a_sitting,
        seen,
        mean: means(&per_owner),
        per_owner,
        intrusions: folds
            .iter()
            .flat_map(|fold| fold.intrusions.clone())
            .collect(),
        intruder: options.intruder,
        skipped: folds.iter().flat_map(|fold| fold.skipped.clone()).collect(),
        folds: folds.into_iter().map(|fold| fold.people).collect(),
    })
}

struct Fold {
    people: FoldPeople,
    owners: Vec<LifeOwner>,
    intrusions: Vec<Intrusion>,
    skipped: Vec<Skipped>,
}

fn fold(
    source: &FoldSource,
    options: LifeOptions,
    protocol: Protocol,
    windows_a_sitting: usize,
) -> Result<Fold, EvaluateError> {
    let test = source.open(Progress::Silent)?;
    let people = person_features::embed(&test.bundle, &test.test_set, Progress::Silent)?;
    let cohort = protocol.scoring.of(test.bundle.cohort());
    let life = Life {
        test_set: &test.test_set,
        people: &people,
        setup: EnrolmentSetup {
            bundle: &test.bundle,
            cohort: cohort.as_deref(),
            policy: protocol.policy,
            how: protocol.enrolment,
        },
        adaptation: options.adaptation,
        windows_a_sitting,
        run: fused_windows(test.bundle.manifest().input.frames),
    };
    let lives: Result<Vec<_>, EvaluateError> = (0..people.len())
        .into_par_iter()
        .map(|owner| {
            let intrusions = match options.intruder {
                Some(intruder) => life.intrusions(owner, intruder, options.days)?,
                None => Vec::new(),
            };
            Ok((life.of(owner)?, intrusions))
        })
        .collect();
    let (owners, intrusions): (Vec<_>, Vec<_>) = lives?.into_iter().unzip();
    Ok(Fold {
        people: fold_people(&test),
        owners: owners.into_iter().flatten().collect(),
        intrusions: intrusions.into_iter().flatten().collect(),
        skipped: test.test_set.skipped.clone(),
    })
}

fn means(owners: &[LifeOwner]) -> LifeMeans {
    let over = |of: fn(&LifeOwner) -> Option<f64>| mean(owners.iter().map(of)).unwrap_or(f64::NAN);
    let longest = owners.iter().map(|owner| owner.sessions.len()).max();
    let by_session = |at: usize| {
        let sessions = owners.iter().filter_map(|owner| owner.sessions.get(at));
        mean(sessions.map(|session| session.eer)).unwrap_or(f64::NAN)
    };
    LifeMeans {
        eer: over(|owner| owner.eer),
        eer_30s: over(|owner| owner.eer_30s),
        eer_later_half: over(|owner| owner.eer_later_half),
        eer_30s_later_half: over(|owner| owner.eer_30s_later_half),
        eer_half_enrolled: over(|owner| owner.eer_half_enrolled),
        eer_30s_half_enrolled: over(|owner| owner.eer_30s_half_enrolled),
        as_enrolled: as_enrolled(owners),
        eer_by_session: (0..longest.unwrap_or(0)).map(by_session).collect(),
    }
}

/// `None` where no profile changes.
fn as_enrolled(owners: &[LifeOwner]) -> Option<LifeErrors> {
    let all: Vec<LifeErrors> = owners
        .iter()
        .filter_map(|owner| owner.as_enrolled)
        .collect();
    let over = |of: fn(&LifeErrors) -> Option<f64>| mean(all.iter().map(of));
    (!all.is_empty()).then(|| LifeErrors {
        eer: over(|errors| errors.eer),
        eer_30s: over(|errors| errors.eer_30s),
        eer_later_half: over(|errors| errors.eer_later_half),
        eer_30s_later_half: over(|errors| errors.eer_30s_later_half),
    })
}
