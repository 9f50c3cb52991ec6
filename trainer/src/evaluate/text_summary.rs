//! The main figures of an evaluation as text, for the terminal.

use std::fmt::Write as _;

use super::bootstrap::Interval;
use super::life::{Intrusion, LifeResults};
use super::results::Results;
use super::seed::SeedResults;

/// Summary of `--protocol unseen`, one figure a line.
pub fn text(results: &Results) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        // Figures that cannot be computed, as ρ where nobody has two test sessions.
        let value = value.replace("NaN", "–");
        let _ = writeln!(text, "{name:<34}{value}");
    };
    let with = |value: f64, Interval(low, high): Interval| {
        format!("{value:.3}   95 % {low:.3} to {high:.3}")
    };
    let r = results;
    line(
        "protocol",
        format!("{} on {}, model {}", r.protocol, r.dataset, r.model),
    );
    line(
        "owners, test windows",
        format!("{}, {}", r.owners, r.windows),
    );
    line(
        &format!("EER, window of {} s", r.window_s),
        with(r.eer_mean, r.eer_ci95),
    );
    line(
        "  other impostors, too",
        with(r.eer_mean, r.eer_crossed_ci95),
    );
    line("EER, 30 s", with(r.eer_30s_mean, r.eer_30s_ci95));
    line(
        "  other impostors, too",
        with(r.eer_30s_mean, r.eer_30s_crossed_ci95),
    );
    line(
        &format!("EER over {} ordered pairs", r.pairs.len()),
        format!("{:.3}, 30 s {:.3}", r.eer_pairs_mean, r.eer_30s_pairs_mean),
    );
    if let Some(s) = &r.strangers {
        line(
            &format!("EER against {} of {}", s.people, s.dataset),
            with(s.eer_mean, s.eer_crossed_ci95),
        );
        line("  30 s", with(s.eer_30s_mean, s.eer_30s_crossed_ci95));
    }
    line(
        "EER, one threshold for all",
        format!("{:.3}", r.eer_global_threshold),
    );
    line(
        "EER, impostors move as much",
        format!("{:.3}", r.eer_matched_motion),
    );
    line(
        "EER, another handset each session",
        format!(
            "{:.3}, 30 s {:.3}",
            r.eer_handset_randomised, r.eer_30s_handset_randomised
        ),
    );
    for (frr, far) in &r.far_at_frr {
        line(&format!("FAR at FRR {frr}"), format!("{far:.3}"));
    }
    line("score variance of a session (rho)", format!("{:.2}", r.rho));
    for owner in &r.per_owner {
        let fused = owner
            .eer_30s
            .map_or_else(String::new, |eer| format!(", 30 s {eer:.3}"));
        let mut from_cohort = owner
            .from_cohort
            .map_or_else(String::new, |far| format!(", {far:.1} from the cohort"));
        if owner.svms_alone {
            from_cohort += ", by the SVMs alone";
        }
        line(
            &format!("  owner {}", owner.owner),
            format!("EER {:.3}{fused}{from_cohort}", owner.eer),
        );
    }
    for (which, decision) in [
        ("", &r.decision),
        (", new handset", &r.decision_handset_randomised),
    ] {
        let Some(d) = decision else { continue };
        let Interval(low, high) = d.false_locks_ci95;
        let seconds = |s: Option<f64>| s.map_or("never".into(), |s| format!("{s:.0} s"));
        line(
            &format!("false locks an hour{which}"),
            format!(
                "{:.2}   95 % {low:.2} to {high:.2}   ({} in {:.1} h)",
                d.false_locks_per_hour, d.false_locks, d.hours
            ),
        );
        for (what, used) in [
            ("  without an unlock first", &d.untrusted_start),
            ("  changes of context", &d.context_changes),
            ("  sessions and changes", &d.with_changes),
        ] {
            let Interval(low, high) = used.false_locks_ci95;
            line(
                what,
                format!(
                    "{:.2}   95 % {low:.2} to {high:.2}   ({} in {:.1} h)",
                    used.false_locks_per_hour, used.false_locks, used.hours
                ),
            );
        }
        line(
            &format!("hand-over to lock{which}"),
            format!(
                "median {}, 90 % {}, {:.0} % not within 5 min   ({} hand-overs)",
                seconds(d.seconds_to_lock_median),
                seconds(d.seconds_to_lock_p90),
                100.0 * d.never_locked_5min,
                d.hand_overs
            ),
        );
        for each in d.hand_over_times.iter().chain(&d.impostor_first) {
            line(
                &format!("  {}", each.scenario),
                format!(
                    "median {}, 90 % {}, {:.0} % not within 5 min   ({}, {} locked before)",
                    seconds(each.seconds_to_lock_median),
                    seconds(each.seconds_to_lock_p90),
                    100.0 * each.never_locked_5min.unwrap_or(f64::NAN),
                    each.hand_overs,
                    each.locked_before
                ),
            );
        }
        if let Some(p) = &d.promise {
            line(
                &format!("promised false locks{which}"),
                format!(
                    "{:.1} expected, {} came; kept for {} of {} enrolments",
                    p.expected_false_locks, p.false_locks, p.kept, p.promises
                ),
            );
            line(
                &format!("promised never locked{which}"),
                format!(
                    "{:.0} % expected, {:.0} % came",
                    100.0 * p.expected_never_locked,
                    100.0 * p.never_locked
                ),
            );
            for broken in d.promises.iter().filter(|one| one.kept == Some(false)) {
                line(
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
        for refused in &d.refused {
            line(
                &format!("  enrolment of {} refused", refused.owner),
                refused.why.clone(),
            );
        }
    }
    let c = &r.controls;
    line(
        "control: shuffled identities",
        format!(
            "EER {:.3}, should be 0.5 within {:.2}",
            c.shuffled.eer,
            c.shuffled.tolerance()
        ),
    );
    line(
        "control: channel means alone",
        format!("EER {:.3}", c.gravity_only),
    );
    line(
        "control: causality",
        format!("{} windows scored alike", c.causal_windows),
    );
    for (what, probe) in [("session", c.session_probe), ("handset", c.handset_probe)] {
        line(
            &format!("probe: nearest is of one {what}"),
            format!("{:.2}, chance {:.2}", probe.accuracy, probe.chance),
        );
    }
    if let Some(a) = &r.against {
        let name = format!("EER less that of {}", a.model);
        let signed = |v: f64, Interval(low, high): Interval| {
            format!("{v:+.3}   95 % {low:+.3} to {high:+.3}")
        };
        line(&name, signed(a.difference, a.difference_ci95));
        line(
            "  the same, 30 s",
            signed(a.difference_30s, a.difference_30s_ci95),
        );
        if !a.seen.is_empty() {
            let unfair = format!("{} was trained on {}", a.model, a.seen.join(", "));
            line("  NO FAIR COMPARISON", unfair);
        }
    }
    for warning in &r.warnings {
        line("WARNING", warning.clone());
    }
    for failure in &r.failures {
        line("FAILED", failure.clone());
    }
    text
}

/// Summary of `--protocol life`.
pub fn life_text(results: &LifeResults) -> String {
    let r = results;
    let mut text = format!(
        "{} on {}, model {}: two sittings, then each session; the profile learns: {}\n",
        r.protocol, r.dataset, r.model, r.adaptation
    );
    let mut line = |name: &str, eer: f64, eer_30s: f64| {
        let told = format!("{name:<34}{eer:.3}, 30 s {eer_30s:.3}");
        let _ = writeln!(text, "{}", told.replace("NaN", "–"));
    };
    let m = &r.mean;
    line("EER, all later sessions", m.eer, m.eer_30s);
    let rate = |eer: Option<f64>| eer.unwrap_or(f64::NAN);
    if let Some(fixed) = &m.as_enrolled {
        line("  as enrolled", rate(fixed.eer), rate(fixed.eer_30s));
    }
    line(
        "EER, later half of the sessions",
        m.eer_later_half,
        m.eer_30s_later_half,
    );
    if let Some(fixed) = &m.as_enrolled {
        let (eer, eer_30s) = (fixed.eer_later_half, fixed.eer_30s_later_half);
        line("  as enrolled", rate(eer), rate(eer_30s));
    }
    line(
        "  enrolled on the earlier half",
        m.eer_half_enrolled,
        m.eer_30s_half_enrolled,
    );
    for owner in &r.per_owner {
        let learnt = owner.sessions.iter().filter(|one| one.learnt).count();
        let learnt = match r.mean.as_enrolled {
            Some(_) => format!(", learnt {learnt} of {}", owner.sessions.len()),
            None => String::new(),
        };
        line(
            &format!("  owner {}{learnt}", owner.owner),
            rate(owner.eer),
            rate(owner.eer_30s),
        );
    }
    let by_session: Vec<String> = m
        .eer_by_session
        .iter()
        .map(|eer| format!("{eer:.3}"))
        .collect();
    let _ = writeln!(
        text,
        "{:<34}{}",
        "EER, session by session",
        by_session.join(" ")
    );
    if let Some(intruder) = r.intruder {
        text.push_str(&intrusions_text(intruder.name(), &r.intrusions));
    }
    text
}

fn intrusions_text(kind: &str, intrusions: &[Intrusion]) -> String {
    let mut text = String::new();
    for one in intrusions {
        let first = match one.first_joined_day {
            Some(day) => format!("from day {day}"),
            None => "never".into(),
        };
        let _ = writeln!(
            text,
            "  {kind} {} with the device of {}: {} of {} sessions joined in {} days ({first}); \
             windows that pass {:.3}, then {:.3}",
            one.intruder,
            one.owner,
            one.joined,
            one.sessions,
            one.days,
            one.passes_as_enrolled,
            one.passes_after,
        );
    }
    text
}

/// Summary of `--protocol seed`.
pub fn seed_text(results: &SeedResults) -> String {
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
