//! The summary of `--protocol seed`.

use std::fmt::Write as _;

use crate::evaluate::seed::SeedResults;

/// Summary of `--protocol seed`.
pub fn text(results: &SeedResults) -> String {
    let r = results;
    let mut text = format!(
        "the original protocol on {}, model {}: these figures say nothing about strangers\n",
        r.dataset, r.model
    );
    for flaw in &r.flaws {
        let _ = writeln!(text, "  flaw: {flaw}");
    }
    let published = |name: &str| r.published.get(name).copied().unwrap_or(f64::NAN);
    for (name, key, value) in [
        (
            "EER, best nu and gamma per owner",
            "best_per_owner_eer_mean",
            r.best_per_owner_eer_mean,
        ),
        ("EER, common nu and gamma", "eer_mean", r.eer_mean),
        (
            "accuracy, common nu and gamma",
            "accuracy_mean",
            r.accuracy_mean,
        ),
    ] {
        let _ = writeln!(
            text,
            "{name:<34}{value:.3}   published {:.3}",
            published(key)
        );
    }
    if let Some(eer) = r.training_pair_eer {
        let _ = writeln!(
            text,
            "{:<34}{eer:.3}   published {:.3}",
            "EER, pairs that were learnt from",
            published("training_pair_eer")
        );
    }
    for owner in &r.per_owner {
        let _ = writeln!(
            text,
            "  owner {:<26}EER {:.3}, best {:.3} at nu {:.3}, gamma {:.3}",
            owner.owner,
            owner.common.label_eer,
            owner.best_rates.label_eer,
            owner.best.nu.get(),
            owner.best.gamma.get()
        );
    }
    text
}
