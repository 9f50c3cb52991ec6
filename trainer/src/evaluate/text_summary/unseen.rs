//! The summary of `--protocol unseen`.

use super::lines::Lines;
use crate::evaluate::bootstrap::Interval;
use crate::evaluate::controls::Controls;
use crate::evaluate::decision::{DecisionFigures, GenuineFigures, PromiseFigures, PromiseSummary};
use crate::evaluate::results::{ModelComparison, OwnerFigures, Results};
use crate::evaluate::wording::seconds;

/// One figure a line.
pub fn text(results: &Results) -> String {
    let r = results;
    let mut lines = Lines::default();
    let model = format!("{} on {}, model {}", r.protocol, r.dataset, r.model);
    lines.add("protocol", model);
    let tested = format!("{}, {}", r.owners, r.windows);
    lines.add("owners, test windows", tested);
    error_rates(&mut lines, r);
    r.per_owner.iter().for_each(|one| owner(&mut lines, one));
    for (which, decision) in [
        ("", &r.decision),
        (", new handset", &r.decision_handset_randomised),
    ] {
        if let Some(figures) = decision {
            decisions(&mut lines, which, figures);
        }
    }
    controls(&mut lines, &r.controls);
    if let Some(against) = &r.against {
        comparison(&mut lines, against);
    }
    for warning in &r.warnings {
        lines.add("WARNING", warning);
    }
    for failure in &r.failures {
        lines.add("FAILED", failure);
    }
    lines.0
}

fn error_rates(lines: &mut Lines, r: &Results) {
    let window = format!("EER, window of {} s", r.window_s);
    lines.add_rate(&window, r.eer_mean, r.eer_ci95);
    lines.add_rate("  other impostors, too", r.eer_mean, r.eer_crossed_ci95);
    lines.add_rate("EER, 30 s", r.eer_30s_mean, r.eer_30s_ci95);
    let crossed = r.eer_30s_crossed_ci95;
    lines.add_rate("  other impostors, too", r.eer_30s_mean, crossed);
    let both = |eer: f64, eer_30s: f64| format!("{eer:.3}, 30 s {eer_30s:.3}");
    lines.add(
        &format!("EER over {} ordered pairs", r.pairs.len()),
        both(r.eer_pairs_mean, r.eer_30s_pairs_mean),
    );
    if let Some(s) = &r.strangers {
        let name = format!("EER against {} of {}", s.people, s.dataset);
        lines.add_rate(&name, s.eer_mean, s.eer_crossed_ci95);
        lines.add_rate("  30 s", s.eer_30s_mean, s.eer_30s_crossed_ci95);
    }
    let rate = |eer: f64| format!("{eer:.3}");
    lines.add("EER, one threshold for all", rate(r.eer_global_threshold));
    lines.add("EER, impostors move as much", rate(r.eer_matched_motion));
    lines.add(
        "EER, another handset each session",
        both(r.eer_handset_randomised, r.eer_30s_handset_randomised),
    );
    for (frr, far) in &r.far_at_frr {
        lines.add(&format!("FAR at FRR {frr}"), rate(*far));
    }
    let rho = format!("{:.2}", r.rho);
    lines.add("score variance of a session (rho)", rho);
}

fn owner(lines: &mut Lines, owner: &OwnerFigures) {
    let mut told = format!("EER {:.3}", owner.eer);
    if let Some(eer) = owner.eer_30s {
        told += &format!(", 30 s {eer:.3}");
    }
    if let Some(far) = owner.from_cohort {
        told += &format!(", {far:.1} from the cohort");
    }
    if owner.svms_alone {
        told += ", by the SVMs alone";
    }
    if let (Some(hours), Some(soon)) = (owner.hours_to_first_test, owner.sessions_within_12_h) {
        let all = owner.sessions;
        told += &format!(", tested from {hours:.1} h on, {soon} of {all} sessions within 12 h");
    }
    lines.add(&format!("  owner {}", owner.owner), told);
}

fn decisions(lines: &mut Lines, which: &str, d: &DecisionFigures) {
    let told = false_locks(
        d.false_locks_per_hour,
        d.false_locks_ci95,
        d.false_locks,
        d.hours,
    );
    lines.add(&format!("false locks an hour{which}"), told);
    for (name, used) in [
        ("  without an unlock first", &d.untrusted_start),
        ("  changes of context", &d.context_changes),
        ("  sessions and changes", &d.with_changes),
    ] {
        let GenuineFigures {
            hours,
            false_locks: locks,
            false_locks_per_hour: per_hour,
            false_locks_ci95: interval,
            ..
        } = *used;
        lines.add(name, false_locks(per_hour, interval, locks, hours));
    }
    let waits = [d.seconds_to_lock_median, d.seconds_to_lock_p90];
    let told = locked(waits, d.never_locked_5min);
    let name = format!("hand-over to lock{which}");
    lines.add(&name, format!("{told}   ({} hand-overs)", d.hand_overs));
    for each in d.hand_over_times.iter().chain(&d.impostor_first) {
        let waits = [each.seconds_to_lock_median, each.seconds_to_lock_p90];
        let told = locked(waits, each.never_locked_5min.unwrap_or(f64::NAN));
        let (count, before) = (each.hand_overs, each.locked_before);
        let told = format!("{told}   ({count}, {before} locked before)");
        lines.add(&format!("  {}", each.scenario), told);
    }
    if d.hand_overs_locked_otherwise > 0 {
        let told = format!("{} hand-overs", d.hand_overs_locked_otherwise);
        lines.add("  ended by rest or gaps", told);
    }
    if let Some(summary) = &d.promise {
        promises(lines, which, summary, &d.promises);
    }
    for refused in &d.refused {
        let name = format!("  enrolment of {} refused", refused.owner);
        lines.add(&name, &refused.why);
    }
}

fn false_locks(per_hour: f64, Interval(low, high): Interval, count: u64, hours: f64) -> String {
    format!("{per_hour:.2}   95 % {low:.2} to {high:.2}   ({count} in {hours:.1} h)")
}

fn locked([median, most]: [Option<f64>; 2], never: f64) -> String {
    let (median, most) = (seconds(median), seconds(most));
    let never = 100.0 * never;
    format!("median {median}, 90 % {most}, {never:.0} % not within 5 min")
}

fn promises(lines: &mut Lines, which: &str, p: &PromiseSummary, all: &[PromiseFigures]) {
    lines.add(
        &format!("promised false locks{which}"),
        format!(
            "{:.1} expected, {} came; kept for {} of {} enrolments",
            p.expected_false_locks, p.false_locks, p.kept, p.promises
        ),
    );
    let percent = |share: f64| 100.0 * share;
    lines.add(
        &format!("promised never locked{which}"),
        format!(
            "{:.0} % expected, {:.0} % came",
            percent(p.expected_never_locked),
            percent(p.never_locked)
        ),
    );
    for broken in all.iter().filter(|one| one.kept == Some(false)) {
        lines.add(
            &format!("  not kept for {}", broken.owner),
            format!(
                "{:.1} expected in {:.1} h, {} came (impostors {})",
                broken.expected_false_locks.unwrap_or(f64::NAN),
                broken.hours,
                broken.false_locks,
                broken.impostors.join(", ")
            ),
        );
    }
}

fn controls(lines: &mut Lines, c: &Controls) {
    let (eer, within) = (c.shuffled.eer, c.shuffled.tolerance());
    lines.add(
        "control: shuffled identities",
        format!("EER {eer:.3}, should be 0.5 within {within:.2}"),
    );
    lines.add(
        "control: channel means alone",
        format!("EER {:.3}", c.gravity_only),
    );
    lines.add(
        "control: causality",
        format!("{} windows scored alike", c.causal_windows),
    );
    for (what, probe) in [("session", c.session_probe), ("handset", c.handset_probe)] {
        lines.add(
            &format!("probe: nearest is of one {what}"),
            format!("{:.2}, chance {:.2}", probe.accuracy, probe.chance),
        );
    }
}

fn comparison(lines: &mut Lines, a: &ModelComparison) {
    let name = format!("EER less that of {}", a.model);
    lines.add_difference(&name, a.difference, a.difference_ci95);
    lines.add_difference("  the same, 30 s", a.difference_30s, a.difference_30s_ci95);
    if !a.seen.is_empty() {
        let unfair = format!("{} was trained on {}", a.model, a.seen.join(", "));
        lines.add("  NO FAIR COMPARISON", unfair);
    }
}
