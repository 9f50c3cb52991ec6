//! Burn's terminal dashboard of a training: curves, progress, and a key to stop.

#[cfg(feature = "dashboard")]
pub(crate) use built::Dashboard;
#[cfg(not(feature = "dashboard"))]
pub(crate) use missing::Dashboard;

#[cfg(feature = "dashboard")]
mod built {
    use std::io::IsTerminal;
    use std::sync::Arc;

    use burn_train::Interrupter;
    use burn_train::logger::TrainingProgressLogger;
    use burn_train::metric::{
        MetricDefinition, MetricEntry, MetricId, NumericAttributes, NumericEntry, SerializedEntry,
    };
    use burn_train::renderer::tui::TuiMetricsRendererWrapper;
    use burn_train::renderer::{MetricState, MetricsRenderer, MetricsRendererTraining};

    use crate::history::{Epoch, Figures};

    const LOSS: &str = "Loss";
    const AUC: &str = "AUC";
    const EER: &str = "EER";

    /// Holds the terminal from [`Self::open`] until dropped.
    pub(crate) struct Dashboard {
        renderer: TuiMetricsRendererWrapper,
        stop: Interrupter,
    }

    impl Dashboard {
        /// An error if standard output is no terminal.
        pub(crate) fn check() -> Result<(), String> {
            match std::io::stdout().is_terminal() {
                true => Ok(()),
                false => Err("--progress dashboard needs a terminal to draw on".into()),
            }
        }

        /// Shows a training of `epochs`, of which `done` were completed in an earlier run.
        pub(crate) fn open(epochs: usize, done: usize) -> Option<Self> {
            let stop = Interrupter::new();
            let mut renderer = TuiMetricsRendererWrapper::new(stop.clone(), Some(done));
            for (name, higher_is_better) in [(LOSS, false), (EER, false), (AUC, true)] {
                renderer.register_metric(MetricDefinition {
                    metric_id: id(name),
                    name: Arc::new(name.to_owned()),
                    description: None,
                    attributes: NumericAttributes {
                        unit: None,
                        higher_is_better,
                    }
                    .into(),
                });
            }
            renderer.start(epochs, done + 1, None, None);
            Some(Self { renderer, stop })
        }

        /// Starts an epoch of `pairs` pairs.
        pub(crate) fn begin(&mut self, pairs: usize) {
            self.renderer.start_split("train", pairs);
        }

        /// Shows the loss of the last batch, after `shown` pairs of the epoch.
        pub(crate) fn step(&mut self, shown: usize, loss: f64) {
            self.renderer.update_train(state(LOSS, loss));
            self.renderer.update_split(shown);
        }

        /// Shows the figures of epoch `number`, counted from 1.
        pub(crate) fn end(&mut self, number: usize, epoch: &Epoch) {
            self.renderer.end_split();
            let measured = epoch.measured.unwrap_or_default();
            for (name, value) in named(measured.training) {
                self.renderer.update_train(state(name, value));
            }
            let held_out = epoch.held_out_loss.map(|loss| (LOSS, loss));
            for (name, value) in held_out.into_iter().chain(named(measured.held_out)) {
                self.renderer.update_valid(state(name, value));
            }
            self.renderer.update_epoch(number);
        }

        /// Whether the stop key was pressed.
        pub(crate) fn is_stopped(&self) -> bool {
            self.stop.should_stop()
        }
    }

    fn named(figures: Option<Figures>) -> impl Iterator<Item = (&'static str, f64)> {
        figures
            .into_iter()
            .flat_map(|figures| [(EER, figures.eer), (AUC, figures.auc)])
    }

    fn id(name: &str) -> MetricId {
        MetricId::new(Arc::new(name.to_owned()))
    }

    fn state(name: &str, value: f64) -> MetricState {
        let shown = SerializedEntry::new(format!("{value:.5}"), value.to_string());
        let entry = MetricEntry::new(id(name), shown);
        MetricState::Numeric(entry, Some(NumericEntry::Value(value)))
    }
}

#[cfg(not(feature = "dashboard"))]
mod missing {
    use crate::build_feature::not_built;
    use crate::history::Epoch;

    /// Has no value: this build lacks the cargo feature `dashboard`.
    pub(crate) enum Dashboard {}

    impl Dashboard {
        pub(crate) fn check() -> Result<(), String> {
            Err(not_built("dashboard"))
        }

        pub(crate) fn open(_: usize, _: usize) -> Option<Self> {
            None
        }

        pub(crate) fn begin(&mut self, _: usize) {
            match *self {}
        }

        pub(crate) fn step(&mut self, _: usize, _: f64) {
            match *self {}
        }

        pub(crate) fn end(&mut self, _: usize, _: &Epoch) {
            match *self {}
        }

        pub(crate) fn is_stopped(&self) -> bool {
            match *self {}
        }
    }
}
