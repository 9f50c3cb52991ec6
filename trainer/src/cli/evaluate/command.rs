//! The command of an evaluation as it is published, with every path left out.

use std::fmt::Write as _;
use std::path::Path;

use clap::ValueEnum;
use graspd::enrol::GammaRule;

use super::{EvaluateArgs, Kind};
use crate::cli::folds;
use crate::evaluate::scoring::Scoring;

impl EvaluateArgs {
    /// The command with every path left out.
    pub(super) fn command(&self) -> String {
        let mut text = String::from("grasp-train evaluate");
        let name = |path: &Path| path.file_name().unwrap_or_default().display().to_string();
        if let Some(model) = &self.model {
            let _ = write!(text, " --model {}", name(model));
        }
        if let (Some(folds), Some(train)) = (self.folds, &self.train) {
            let train = folds::without_places(train);
            let _ = write!(text, " --folds {folds} --train '{train}'");
            if self.folds_from.is_some() {
                text += " --folds-from DIR";
            }
        }
        for spec in self.data.sets().unwrap_or_default() {
            let _ = write!(text, " --data {}", spec.without_folder());
        }
        if let Some(spec) = &self.impostors {
            let _ = write!(text, " --impostors {}", spec.without_folder());
        }
        if self.protocol == Kind::Seed {
            text += " --protocol seed";
        } else {
            if self.protocol == Kind::Life {
                let adaptation = self.adaptation().name();
                let _ = write!(text, " --protocol life --adaptation {adaptation}");
                if let Some(intruder) = self.intruder {
                    let _ = write!(text, " --intruder {} --days {}", intruder.name(), self.days);
                }
            }
            let gamma = gamma(self.gamma());
            let _ = write!(text, " --enrolment {} --gamma {gamma}", self.enrolment());
        }
        if self.scoring() != Scoring::default() {
            let scoring = self.scoring().to_possible_value();
            let name = scoring.as_ref().map_or("", |value| value.get_name());
            let _ = write!(text, " --scoring {name}");
        }
        if let Some(against) = &self.against {
            let _ = write!(text, " --against {}", name(against));
        }
        if self.windows_only {
            text += " --windows-only";
        }
        if self.allow_seen {
            text += " --allow-seen";
        }
        if self.protocol != Kind::Life {
            let _ = write!(text, " --seed {}", self.seed());
        }
        text + " --out DIR"
    }
}

fn gamma(gamma: GammaRule) -> String {
    match gamma {
        GammaRule::HeldOut => "auto".into(),
        GammaRule::Fixed(gamma) => gamma.get().to_string(),
    }
}
