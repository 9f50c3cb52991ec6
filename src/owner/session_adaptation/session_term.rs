//! The mean of a session's windows so far, and the owner's templates drawn towards it.

use super::session_space::SessionSpace;
use crate::owner::dot_product::dot_product;

/// A window in the owner's [`SessionSpace`].
#[derive(Debug, Clone)]
pub(super) struct WhitenedWindow {
    /// The whitened embedding.
    pub point: Box<[f64]>,
    /// Its dot product with each template.
    pub along: Box<[f64]>,
    /// How much the device moved; see [`activity`](crate::motion::activity::activity).
    pub activity: f64,
}

impl WhitenedWindow {
    /// Room for a window of `space`.
    pub(super) fn room(space: &SessionSpace) -> Self {
        Self {
            point: vec![0.0; space.columns()].into(),
            along: vec![0.0; space.len()].into(),
            activity: 0.0,
        }
    }

    /// Overwrites it with another of the same space. Allocates nothing.
    pub(super) fn copy_from(&mut self, other: &Self) {
        self.point.copy_from_slice(&other.point);
        self.along.copy_from_slice(&other.along);
        self.activity = other.activity;
    }
}

/// A session's mean, estimated from the windows learnt.
#[derive(Debug, Clone)]
pub(super) struct SessionTerm {
    mean: WhitenedWindow,
    /// Windows of five seconds learnt, in units of independent ones, at most `most`.
    windows: f64,
    most: f64,
}

impl SessionTerm {
    /// Without a window yet, and never remembering more than `most`.
    pub(super) fn new(space: &SessionSpace, most: f64) -> Self {
        Self {
            mean: WhitenedWindow::room(space),
            windows: 0.0,
            most,
        }
    }

    /// Forgets every window. Allocates nothing.
    pub(super) fn clear(&mut self) {
        self.windows = 0.0;
        self.mean.point.fill(0.0);
        self.mean.along.fill(0.0);
        self.mean.activity = 0.0;
    }

    /// How many windows it was learnt from.
    pub(super) fn windows(&self) -> f64 {
        self.windows
    }

    /// Mean activity of the windows learnt.
    pub(super) fn activity(&self) -> f64 {
        self.mean.activity
    }

    /// Learns a window that counts as `share` of an independent one; nothing at 0. The
    /// oldest windows fade where there are more than it remembers. Allocates nothing.
    pub(super) fn learn(&mut self, window: &WhitenedWindow, share: f64) {
        if share <= 0.0 {
            return;
        }
        self.windows = (self.windows + share).min(self.most.max(share));
        let step = share / self.windows;
        let towards = |mean: &mut [f64], new: &[f64]| {
            for (mean, new) in mean.iter_mut().zip(new) {
                *mean += step * (new - *mean);
            }
        };
        towards(&mut self.mean.point, &window.point);
        towards(&mut self.mean.along, &window.along);
        self.mean.activity += step * (window.activity - self.mean.activity);
    }

    /// ln of how much likelier `window` is for the owner in this session than in any of
    /// theirs. Each template is drawn towards the session's mean by
    /// windows / (windows + `prior`), because few windows tell little of a session (the
    /// posterior mean of a normal mean). 0 without a window learnt. Allocates nothing.
    pub(super) fn gain(
        &self,
        space: &SessionSpace,
        squares: &[f64],
        window: &WhitenedWindow,
        prior: f64,
    ) -> f64 {
        let drawn = self.windows / (self.windows + prior);
        let kept = 1.0 - drawn;
        let along = dot_product(&window.point, &self.mean.point);
        let length = dot_product(&self.mean.point, &self.mean.point);
        let terms = || {
            let of_template = window.along.iter().zip(squares).zip(&self.mean.along);
            of_template.map(|((&fit, &square), &towards)| {
                let any = fit - 0.5 * square;
                let drawn_square =
                    kept * kept * square + 2.0 * kept * drawn * towards + drawn * drawn * length;
                let today = kept * fit + drawn * along - 0.5 * drawn_square;
                (space.temper() * today, space.temper() * any)
            })
        };
        log_sum_exp(terms().map(|(today, _)| today)) - log_sum_exp(terms().map(|(_, any)| any))
    }
}

/// ln of a sum of exponentials without overflow.
fn log_sum_exp(values: impl Iterator<Item = f64> + Clone) -> f64 {
    let most = values.clone().fold(f64::NEG_INFINITY, f64::max);
    most + values.map(|v| (v - most).exp()).sum::<f64>().ln()
}
