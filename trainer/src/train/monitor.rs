//! Shows a running training, as a progress bar or on the dashboard.

use super::dashboard::Dashboard;
use crate::history::{Epoch, Measured};
use crate::progress::{Bar, Progress};

/// Length of a training, and how much of it an earlier run has done.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extent {
    pub(crate) epochs: usize,
    pub(crate) steps: usize,
    pub(crate) epochs_done: usize,
    pub(crate) steps_done: usize,
}

/// Display of one training.
pub(crate) struct TrainingMonitor {
    shown: Shown,
    epochs: usize,
}

enum Shown {
    Bar(Bar),
    Dashboard(Box<Dashboard>),
}

/// One step of an epoch.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Step {
    /// Epoch, counted from 1.
    pub(crate) epoch: usize,
    /// Pairs of the epoch so far.
    pub(crate) shown: usize,
    /// Mean loss of the pairs of this step.
    pub(crate) loss: f64,
    /// Mean loss of the pairs of the epoch so far.
    pub(crate) running: f64,
}

/// Whether this build and this terminal can show `progress`; the error says what is
/// missing.
pub(crate) fn check(progress: Progress) -> Result<(), String> {
    match progress {
        Progress::Dashboard => Dashboard::check(),
        Progress::Bar | Progress::Lines | Progress::Silent => Ok(()),
    }
}

impl TrainingMonitor {
    /// Starts the display.
    pub(crate) fn begin(progress: Progress, extent: Extent) -> Self {
        let dashboard = match progress {
            Progress::Dashboard => Dashboard::open(extent.epochs, extent.epochs_done),
            _ => None,
        };
        let shown = dashboard.map_or_else(
            || {
                let bar = progress.bar("training", extent.steps);
                bar.resume_at(extent.steps_done);
                Shown::Bar(bar)
            },
            |dashboard| Shown::Dashboard(Box::new(dashboard)),
        );
        Self {
            shown,
            epochs: extent.epochs,
        }
    }

    /// Starts an epoch of `pairs` pairs.
    pub(crate) fn epoch_begins(&mut self, pairs: usize) {
        if let Shown::Dashboard(dashboard) = &mut self.shown {
            dashboard.begin(pairs);
        }
    }

    /// Shows a finished step.
    pub(crate) fn step(&mut self, step: Step) {
        match &mut self.shown {
            Shown::Bar(bar) => {
                bar.step(1, &format!("epoch {} loss {:.4}", step.epoch, step.running));
            }
            Shown::Dashboard(dashboard) => dashboard.step(step.shown, step.loss),
        }
    }

    /// Shows the figures of epoch `number`, counted from 1.
    pub(crate) fn epoch_ends(&mut self, number: usize, epoch: &Epoch) {
        match &mut self.shown {
            Shown::Bar(bar) => {
                bar.say(&format!("epoch {number:>2}/{}  {epoch}", self.epochs));
                for (set, figures) in epoch.measured.into_iter().flat_map(Measured::sets) {
                    bar.say(&format!("             {set} pairs {figures}"));
                }
            }
            Shown::Dashboard(dashboard) => dashboard.end(number, epoch),
        }
    }

    /// Whether the user asked to stop, on the dashboard.
    pub(crate) fn is_stopped(&self) -> bool {
        match &self.shown {
            Shown::Bar(_) => false,
            Shown::Dashboard(dashboard) => dashboard.is_stopped(),
        }
    }

    /// Ends the display.
    pub(crate) fn finish(self) {
        match self.shown {
            Shown::Bar(bar) => bar.finish(),
            Shown::Dashboard(dashboard) => drop(dashboard),
        }
    }
}
