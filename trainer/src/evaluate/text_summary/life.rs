//! The summary of `--protocol life`.

use std::fmt::Write as _;

use crate::evaluate::life::{Intrusion, LifeResults};

/// Summary of `--protocol life`.
pub fn text(results: &LifeResults) -> String {
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
            "  {kind} {} with the device of {}: {} of {} sessions joined in {} days ({first}), {} \
             of the owner's; windows that pass {:.3}, then {:.3}",
            one.intruder,
            one.owner,
            one.joined,
            one.sessions,
            one.days,
            one.owner_joined,
            one.passes_as_enrolled,
            one.passes_after,
        );
    }
    text
}
