//! Derives the log-likelihood ratio of the owner to the cohort.
//!
//! The owner is an equal-weight mixture of Gaussians, one template for each session of the
//! enrolment, because a person's sessions differ by posture, grip and task. Everybody else
//! is an equal-weight mixture of the cohort's classes. For an owner far from all classes,
//! whose device or way of carrying it the cohort does not cover, each class is added a
//! second time, shifted by the difference between the owner's mean and the mean of the
//! classes, because an impostor with that device would be as far from the cohort.
//!
//! All Gaussians share one covariance, a weighted sum of the owner's, the cohort's within
//! classes and that between a person's sessions (within-class covariance normalisation:
//! Hatch, Kajarekar and Stolcke, Interspeech 2006). With a shared covariance the
//! quadratic terms cancel, so that a template or class costs one dot product.

use ndarray::{Array1, Array2, ArrayView2, Axis, Slice};

use super::LikelihoodRatio;
use super::cholesky::Cholesky;
use super::lines::Lines;
use crate::model::cohort::Cohort;
use crate::owner::session_adaptation::SessionSpace;

/// Factors of the owner's covariance, the cohort's within classes, and the cohort's
/// between sessions. Chosen with [`RIDGE`] and [`TEMPER`] on the ordered pairs of six
/// people (docs/experiments.md, "The back-end").
const OWNER: f64 = 0.2;
const COHORT: f64 = 0.8;
const SESSIONS: f64 = 0.15;
/// Ridge added to the diagonal, as a share of the mean variance.
const RIDGE: f64 = 0.01;
/// Exponent of likelihoods, below 1 because windows and the numbers of an embedding
/// are not independent.
const TEMPER: f64 = 0.5;
/// The same for an owner far from the cohort, where the impostors are less certain.
const TEMPER_AFAR: f64 = 0.2;
/// An owner whose mean is farther than this from every class, in standard deviations
/// (Mahalanobis), is far from the cohort. HMOG's people are 4.6 to 5.8 from a cohort of the
/// three others of two folds; MotionSense's, phones in pockets, 6.6 to 8.3 from all six
/// (docs/experiments.md).
const FAR: f64 = 6.0;
/// Most templates. More sessions than that share some.
const MOST_TEMPLATES: usize = 32;
/// Fewest windows of a template: the mean of fewer is mostly noise. A shorter session
/// shares its template with the next.
const LEAST_WINDOWS: usize = 4;

/// An owner's templates, with the covariance shared with the cohort.
#[derive(Debug, Clone)]
pub struct OwnerTemplates {
    /// Mean of all windows.
    mean: Vec<f64>,
    /// Mean of each template's windows.
    templates: Vec<Vec<f64>>,
    shared: Cholesky,
}

impl OwnerTemplates {
    /// Estimates them from `rows`, one embedding each in time order; `sessions` has a
    /// session number for each. `None` without rows, where their length is not the
    /// cohort's, or where the covariance is not positive definite.
    pub fn of(cohort: &Cohort, rows: ArrayView2<'_, f32>, sessions: &[u32]) -> Option<Self> {
        let d = cohort.columns;
        if rows.ncols() != d || rows.nrows() != sessions.len() {
            return None;
        }
        let mean = |rows: ArrayView2<'_, f32>| -> Option<Vec<f64>> {
            Some(rows.mapv(f64::from).mean_axis(Axis(0))?.to_vec())
        };
        let all = mean(rows)?;
        let templates = stretches(sessions)
            .into_iter()
            .map(|(start, end)| mean(rows.slice_axis(Axis(0), Slice::from(start..end))))
            .collect::<Option<_>>()?;
        let shared = Cholesky::of(covariance(cohort, rows, &all), d)?;
        Some(Self {
            mean: all,
            templates,
            shared,
        })
    }

    /// Distance of the owner's mean from the nearest class of the cohort, in standard
    /// deviations (Mahalanobis); `None` if it is at most 6, which is not far.
    pub fn far_from(&self, cohort: &Cohort) -> Option<f64> {
        Some(self.distance_from(cohort)).filter(|far| *far > FAR)
    }

    /// Distance of the owner's mean from the nearest class of the cohort, in standard
    /// deviations (Mahalanobis).
    pub fn distance_from(&self, cohort: &Cohort) -> f64 {
        let distances = means(cohort).map(|mean| self.shared.distance(&mean, &self.mean));
        distances.fold(f64::INFINITY, f64::min)
    }

    /// The log-likelihood ratio of the owner to the cohort; for an owner `far` from it with
    /// the shifted classes added.
    pub fn against(&self, cohort: &Cohort, far: bool) -> LikelihoodRatio {
        let mut classes: Vec<Vec<f64>> = means(cohort).collect();
        let temper = if far {
            let way = cohort.way_to(&self.mean);
            let moved = |mean: &Vec<f64>| mean.iter().zip(&way).map(|(m, w)| m + w).collect();
            classes.extend(classes.iter().map(moved).collect::<Vec<_>>());
            TEMPER_AFAR
        } else {
            TEMPER
        };
        let people = cohort.classes.iter().map(|class| class.person);
        LikelihoodRatio {
            columns: cohort.columns,
            templates: self.lines(&self.templates, temper),
            people: people.cycle().take(classes.len()).collect(),
            classes: self.lines(&classes, temper),
        }
    }

    /// Where a session's windows are averaged, for an owner who is not far from the cohort.
    pub fn session_space(&self) -> Option<SessionSpace> {
        let templates = self.templates.iter().map(Vec::as_slice);
        SessionSpace::new(self.shared.lower(), templates, TEMPER)
    }

    /// Embeddings of impostors: the windows of each person of the cohort, for an owner `far`
    /// from it shifted as the classes are.
    pub fn strangers(&self, cohort: &Cohort, far: bool) -> Vec<(u32, Array2<f32>)> {
        let way = cohort.way_to(&self.mean).into_iter().map(|w| w as f32);
        let way: Array1<f32> = way.collect();
        let of_person = |person: u32| {
            let runs = cohort.runs.iter().filter(|run| run.person == person);
            let values: Vec<f32> = runs.flat_map(|run| &run.embeddings).copied().collect();
            let shape = (values.len() / cohort.columns.max(1), cohort.columns);
            let mut rows = Array2::from_shape_vec(shape, values).unwrap_or_default();
            if far {
                rows += &way;
            }
            (person, rows)
        };
        cohort.people().into_iter().map(of_person).collect()
    }

    /// The covariance of the cohort's people, without an owner's.
    pub(super) fn of_cohort(cohort: &Cohort) -> Option<Cholesky> {
        let covariance = pooled(cohort, 1.0);
        Cholesky::of(ridged(covariance, cohort.columns), cohort.columns)
    }

    /// ln(Gaussian / reference) for a Gaussian at each of `means`, tempered; the reference
    /// is the Gaussian at the owner's mean.
    fn lines(&self, means: &[Vec<f64>], temper: f64) -> Lines {
        let (reference, origin) = self.line(&self.mean, temper);
        let mut lines = Lines::default();
        for mean in means {
            let (slope, offset) = self.line(mean, temper);
            let apart = slope.iter().zip(&reference).map(|(w, r)| w - r);
            lines.push(apart, offset - origin);
        }
        lines
    }

    /// The terms of a Gaussian's log-likelihood that are not quadratic in x: the slope, and
    /// the constant.
    fn line(&self, mean: &[f64], temper: f64) -> (Vec<f64>, f64) {
        let slope: Vec<f64> = self.shared.solve(mean).iter().map(|w| temper * w).collect();
        let offset = -0.5 * slope.iter().zip(mean).map(|(w, m)| w * m).sum::<f64>();
        (slope, offset)
    }
}

/// Half-open ranges of the rows of each template: sessions, of which short ones share a
/// template with the next, the last with the one before.
fn stretches(sessions: &[u32]) -> Vec<(usize, usize)> {
    let least = LEAST_WINDOWS.max(sessions.len().div_ceil(MOST_TEMPLATES));
    let mut stretches: Vec<(usize, usize)> = Vec::new();
    let (mut start, mut end) = (0, 0);
    for session in sessions.chunk_by(|a, b| a == b) {
        end += session.len();
        if end - start >= least {
            stretches.push((start, end));
            start = end;
        }
    }
    if start < end {
        match stretches.last_mut() {
            Some(last) => last.1 = end,
            None => stretches.push((start, end)),
        }
    }
    stretches
}

fn means(cohort: &Cohort) -> impl Iterator<Item = Vec<f64>> {
    let means = cohort.classes.iter().map(|class| &class.mean);
    means.map(|mean| mean.iter().map(|&m| f64::from(m)).collect())
}

fn covariance(cohort: &Cohort, rows: ArrayView2<'_, f32>, mean: &[f64]) -> Vec<f64> {
    let d = cohort.columns;
    let mut shared = pooled(cohort, COHORT);
    let share = OWNER / rows.nrows() as f64;
    let mut centred = vec![0.0; d];
    for row in rows.outer_iter() {
        for ((c, &x), m) in centred.iter_mut().zip(row).zip(mean) {
            *c = f64::from(x) - m;
        }
        for (i, &left) in centred.iter().enumerate() {
            let line = &mut shared[i * d..][..=i];
            for (value, right) in line.iter_mut().zip(&centred) {
                *value += share * left * right;
            }
        }
    }
    ridged(shared, d)
}

/// Covariance within the cohort's classes, by a factor, and between sessions.
fn pooled(cohort: &Cohort, factor: f64) -> Vec<f64> {
    let both = cohort.within.iter().zip(&cohort.between);
    both.map(|(&within, &between)| factor * f64::from(within) + SESSIONS * f64::from(between))
        .collect()
}

/// The covariance with the ridge on its diagonal.
fn ridged(mut covariance: Vec<f64>, d: usize) -> Vec<f64> {
    let trace: f64 = (0..d).map(|i| covariance[i * d + i]).sum();
    for i in 0..d {
        covariance[i * d + i] += RIDGE * trace / d as f64;
    }
    covariance
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::cohort::tests::cohort;
    use ndarray::arr1;

    fn owner() -> Array2<f32> {
        Array2::from_shape_fn((40, 4), |(row, column)| {
            let wobble = ((row * 11 + column * 5) as f32 * 0.9).sin();
            wobble + if column == 3 { -3.0 } else { 0.0 }
        })
    }

    /// The ratio of an owner not far from the cohort.
    fn near(cohort: &Cohort, rows: Array2<f32>) -> LikelihoodRatio {
        let owner = OwnerTemplates::of(cohort, rows.view(), &vec![0; rows.nrows()]).unwrap();
        assert_eq!(owner.far_from(cohort), None);
        owner.against(cohort, false)
    }

    #[test]
    fn the_owner_is_above_everybody_else() {
        let ratio = near(&cohort(4), owner());
        assert!(ratio.score(arr1(&[0.0, 0.0, 0.0, -3.0]).view()) > 2.0);
        assert!(ratio.score(arr1(&[3.0, 0.0, 0.0, 0.0]).view()) < -2.0);
        assert!(ratio.score(arr1(&[0.0; 3]).view()).is_nan());
        assert!(
            !ratio
                .score(arr1(&[f32::NAN, 0.0, 0.0, 0.0]).view())
                .is_finite()
        );
    }

    #[test]
    fn it_is_the_log_ratio_of_the_gaussians() {
        // Written out with one class: ln N(x; owner, S)/N(x; class, S), tempered.
        let mut one = cohort(2);
        one.classes.truncate(1);
        let rows = Array2::from_shape_vec((2, 2), vec![1.0, 2.0, 1.0, 2.0]).unwrap();
        let ratio = near(&one, rows);
        // The owner's own covariance is zero: S = (0.8 + 0.15·0.2)·1.01·I.
        let variance = (0.8 + 0.15 * 0.2) * 1.01;
        let square = |x: [f64; 2], m: [f64; 2]| (x[0] - m[0]).powi(2) + (x[1] - m[1]).powi(2);
        for x in [[0.5, -1.0], [4.0, 2.0]] {
            let class = square(x, [3.0, 0.0]);
            let expected = 0.5 * 0.5 * (class - square(x, [1.0, 2.0])) / variance;
            let found = ratio.score(arr1(&x.map(|v| v as f32)).view());
            assert!((found - expected).abs() < 1e-4, "{found} {expected}");
        }
    }

    #[test]
    fn a_window_like_any_one_session_is_the_owners() {
        // Two sessions on either side of a class that lies at their common mean.
        let mut cohort = cohort(4);
        cohort.classes[0].mean = vec![0.0; 4];
        let rows = Array2::from_shape_fn((40, 4), |(row, column)| {
            let wobble = ((row * 11 + column * 5) as f32 * 0.9).sin() * 0.3;
            let side = if row < 20 { -4.0 } else { 4.0 };
            wobble + if column == 3 { side } else { 0.0 }
        });
        let sessions: Vec<u32> = (0..40).map(|row| row / 20).collect();
        let of = |sessions: &[u32]| {
            let owner = OwnerTemplates::of(&cohort, rows.view(), sessions).unwrap();
            owner.against(&cohort, false)
        };
        let (two, one) = (of(&sessions), of(&[0; 40]));
        assert_eq!((two.templates(), one.templates()), (2, 1));
        for side in [-4.0, 4.0] {
            let x = arr1(&[0.0f32, 0.0, 0.0, side]);
            assert!(two.score(x.view()) > one.score(x.view()) + 0.2);
            assert!(two.score(x.view()) > 0.0);
        }
    }

    #[test]
    fn short_sessions_share_a_template_and_many_do_too() {
        assert_eq!(stretches(&[0, 0, 0, 0, 1, 2, 2, 2, 3]), [(0, 4), (4, 9)]);
        assert_eq!(stretches(&[0, 1]), [(0, 2)]);
        let many: Vec<u32> = (0..600).map(|row| row / 5).collect();
        assert!(stretches(&many).len() <= MOST_TEMPLATES);
    }

    #[test]
    fn who_is_left_out_scores_as_a_stranger() {
        let cohort = cohort(4);
        let ratio = near(&cohort, owner());
        let them = arr1(&[3.0f32, 0.0, 0.0, 0.0]);
        assert!(ratio.score_without(Some(0), them.view()) > ratio.score(them.view()));
    }

    #[test]
    fn strangers_who_carry_the_device_as_a_far_owner_does_are_told_from_them() {
        let mut apart = cohort(4);
        for mean in apart.classes.iter_mut().flat_map(|class| &mut class.mean) {
            *mean *= 4.0;
        }
        // Far from all classes along the last axis, along which impostors are shifted.
        let rows = owner() + arr1(&[0.0, 0.0, 0.0, -60.0]).view();
        let templates = OwnerTemplates::of(&apart, rows.view(), &[0; 40]).unwrap();
        assert!(templates.far_from(&apart).is_some());
        let ratio = templates.against(&apart, true);
        let at = |x: [f32; 4]| ratio.score(arr1(&x).view());
        let (owner, stranger) = (at([0.0, 0.0, 0.0, -63.0]), at([9.0, 0.0, 0.0, -63.0]));
        assert!(owner > 0.0 && stranger < 0.0, "{owner} {stranger}");
    }
}
