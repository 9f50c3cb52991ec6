//! Markdown tables that compare several `results.json`.

use std::fmt::Write as _;

use serde_json::Value;

/// A table row: heading, and how to format its cell from a result.
type Row = (&'static str, fn(&Value) -> String);

const UNSEEN: [Row; 42] = [
    ("owners", |r| whole(&r["owners"])),
    ("EER, 5 s", |r| rate(&r["eer_mean"])),
    ("  95 %", |r| interval(&r["eer_ci95"])),
    ("  95 %, other impostors too", |r| {
        interval(&r["eer_crossed_ci95"])
    }),
    ("EER, 30 s", |r| rate(&r["eer_30s_mean"])),
    ("  95 %", |r| interval(&r["eer_30s_ci95"])),
    ("  95 %, other impostors too", |r| {
        interval(&r["eer_30s_crossed_ci95"])
    }),
    ("EER over ordered pairs, 5 s", |r| {
        rate(&r["eer_pairs_mean"])
    }),
    ("  30 s", |r| rate(&r["eer_30s_pairs_mean"])),
    ("EER, one threshold for all", |r| {
        rate(&r["eer_global_threshold"])
    }),
    ("EER, impostors move as much", |r| {
        rate(&r["eer_matched_motion"])
    }),
    ("EER, another handset each session", |r| {
        rate(&r["eer_handset_randomised"])
    }),
    ("  30 s", |r| rate(&r["eer_30s_handset_randomised"])),
    ("worst owner, EER 5 s", worst),
    ("FAR at FRR 1 %", |r| rate(&r["far_at_frr"]["0.01"])),
    ("FAR at FRR 5 %", |r| rate(&r["far_at_frr"]["0.05"])),
    ("FAR at FRR 10 %", |r| rate(&r["far_at_frr"]["0.10"])),
    ("EER by enrolment of ½, 1, 3, 5, 15 min", curve),
    ("ρ", |r| number(&r["rho"], 2)),
    ("hours of genuine use", |r| {
        number(&r["decision"]["hours"], 1)
    }),
    ("false locks in 4 h", |r| {
        times(&r["decision"]["false_locks_per_hour"], 4.0)
    }),
    ("  95 %", four_hours),
    ("  without an unlock first", |r| {
        times(
            &r["decision"]["untrusted_start"]["false_locks_per_hour"],
            4.0,
        )
    }),
    ("  when contexts change", |r| {
        times(
            &r["decision"]["context_changes"]["false_locks_per_hour"],
            4.0,
        )
    }),
    ("  of all that", |r| {
        times(&r["decision"]["with_changes"]["false_locks_per_hour"], 4.0)
    }),
    ("false locks expected by enrolment, and come", |r| {
        let promise = &r["decision"]["promise"];
        let expected = number(&promise["expected_false_locks"], 1);
        format!("{expected}, {}", whole(&promise["false_locks"]))
    }),
    ("promises kept", |r| {
        let promise = &r["decision"]["promise"];
        format!(
            "{} of {}",
            whole(&promise["kept"]),
            whole(&promise["promises"])
        )
    }),
    ("longest genuine rejection, s", |r| {
        number(&r["decision"]["longest_genuine_rejection_s"], 0)
    }),
    ("hand-over to lock, median s", |r| {
        number(&r["decision"]["seconds_to_lock_median"], 0)
    }),
    ("  90 % within, s", |r| {
        number(&r["decision"]["seconds_to_lock_p90"], 0)
    }),
    ("  never within 5 min", |r| {
        rate(&r["decision"]["never_locked_5min"])
    }),
    ("  handed over after 10 s: median, never", |r| at(r, 0)),
    ("  after 60 s", |r| at(r, 1)),
    ("  after 5 min", |r| at(r, 2)),
    ("  begun by a thief, without an unlock", |r| {
        median_and_never(&r["decision"]["impostor_first"][0])
    }),
    ("  and with one", |r| {
        median_and_never(&r["decision"]["impostor_first"][1])
    }),
    ("another handset: false locks in 4 h", |r| {
        times(&handset(r)["false_locks_per_hour"], 4.0)
    }),
    ("  hand-over to lock, median s", |r| {
        number(&handset(r)["seconds_to_lock_median"], 0)
    }),
    ("  90 % within, s", |r| {
        number(&handset(r)["seconds_to_lock_p90"], 0)
    }),
    ("  never within 5 min", |r| {
        rate(&handset(r)["never_locked_5min"])
    }),
    ("control: identities shuffled, EER", |r| {
        rate(&r["controls"]["shuffled"])
    }),
    ("control: channel means alone, EER", |r| {
        rate(&r["controls"]["gravity_only"])
    }),
];

fn at(result: &Value, time: usize) -> String {
    median_and_never(&result["decision"]["hand_over_times"][time])
}

fn median_and_never(figures: &Value) -> String {
    let median = number(&figures["seconds_to_lock_median"], 0);
    format!("{median}, {}", rate(&figures["never_locked_5min"]))
}

/// Decision figures with another simulated handset each session.
fn handset(result: &Value) -> &Value {
    &result["decision_handset_randomised"]
}

const SEED: [Row; 5] = [
    ("owners", |r| whole(&r["owners"])),
    ("EER, common ν and γ", |r| rate(&r["eer_mean"])),
    ("accuracy, common ν and γ", |r| rate(&r["accuracy_mean"])),
    ("EER, best ν and γ per owner", |r| {
        rate(&r["best_per_owner_eer_mean"])
    }),
    ("EER, pairs that were learnt from", |r| {
        rate(&r["training_pair_eer"])
    }),
];

/// Tables of `results` (column heading, parsed JSON), one for each protocol, each followed by
/// the command of every column.
pub fn markdown(results: &[(String, Value)]) -> String {
    let of = |seed: bool| -> Vec<&(String, Value)> {
        results
            .iter()
            .filter(|(_, r)| (r["protocol"] == "seed") == seed)
            .collect()
    };
    let mut text = String::new();
    let (seed, unseen) = (of(true), of(false));
    if !seed.is_empty() {
        text += "## The original protocol, flaws included (B0)\n\n";
        let published = &seed[0].1["published"];
        let published = (
            "published".to_owned(),
            serde_json::json!({
                "eer_mean": published["eer_mean"],
                "accuracy_mean": published["accuracy_mean"],
                "best_per_owner_eer_mean": published["best_per_owner_eer_mean"],
                "training_pair_eer": published["training_pair_eer"],
            }),
        );
        let columns: Vec<_> = seed.iter().copied().chain([&published]).collect();
        text += &table(&columns, &SEED);
        text += &commands(&seed);
    }
    if !unseen.is_empty() {
        text += "## People that the network never saw (B1)\n\n";
        text += &table(&unseen, &UNSEEN);
        text += &per_owner(&unseen);
        text += &commands(&unseen);
    }
    text
}

fn table(columns: &[&(String, Value)], rows: &[Row]) -> String {
    let mut text = String::from("| |");
    for (name, _) in columns {
        let _ = write!(text, " {name} |");
    }
    text += "\n|---|";
    text += &"---|".repeat(columns.len());
    text += "\n";
    for (name, cell) in rows {
        let _ = write!(text, "| {name} |");
        for (_, result) in columns {
            let _ = write!(text, " {} |", cell(result));
        }
        text += "\n";
    }
    text + "\n"
}

fn per_owner(columns: &[&(String, Value)]) -> String {
    let owners: Vec<&String> = columns
        .iter()
        .filter_map(|(_, result)| result["eer_per_owner"].as_object())
        .flat_map(serde_json::Map::keys)
        .collect::<std::collections::BTreeSet<_>>()
        .into_iter()
        .collect();
    let mut text = String::from("EER of each owner, 5 s:\n\n| owner |");
    for (name, _) in columns {
        let _ = write!(text, " {name} |");
    }
    text += "\n|---|";
    text += &"---|".repeat(columns.len());
    text += "\n";
    for owner in owners {
        let _ = write!(text, "| {owner} |");
        for (_, result) in columns {
            let _ = write!(text, " {} |", rate(&result["eer_per_owner"][owner]));
        }
        text += "\n";
    }
    text + "\n"
}

fn commands(columns: &[&(String, Value)]) -> String {
    let mut text = String::new();
    for (name, result) in columns {
        let sha = result["model_sha256"].as_str().unwrap_or_default();
        let short: Vec<&str> = sha
            .split('+')
            .map(|sha| sha.get(..12).unwrap_or(sha))
            .collect();
        let command = result["command"].as_str().unwrap_or_default();
        let _ = writeln!(
            text,
            "- **{name}** (model {}): `{command}`",
            short.join(", ")
        );
    }
    text + "\n"
}

fn number(value: &Value, places: usize) -> String {
    value
        .as_f64()
        .map_or_else(|| "–".into(), |v| format!("{v:.places$}"))
}

fn times(value: &Value, factor: f64) -> String {
    value
        .as_f64()
        .map_or_else(|| "–".into(), |v| format!("{:.2}", v * factor))
}

fn rate(value: &Value) -> String {
    number(value, 3)
}

fn whole(value: &Value) -> String {
    value.as_u64().map_or_else(|| "–".into(), |v| v.to_string())
}

fn interval(value: &Value) -> String {
    format!("{} to {}", rate(&value[0]), rate(&value[1]))
}

fn four_hours(result: &Value) -> String {
    let interval = &result["decision"]["false_locks_ci95"];
    format!(
        "{} to {}",
        times(&interval[0], 4.0),
        times(&interval[1], 4.0)
    )
}

fn worst(result: &Value) -> String {
    let owners = result["eer_per_owner"].as_object();
    let worst = owners.into_iter().flatten().max_by(|a, b| {
        let eer = |value: &Value| value.as_f64().unwrap_or(0.0);
        eer(a.1).total_cmp(&eer(b.1))
    });
    worst.map_or_else(
        || "–".into(),
        |(owner, eer)| format!("{} ({owner})", rate(eer)),
    )
}

fn curve(result: &Value) -> String {
    let points = result["enrolment_curve"].as_array().into_iter().flatten();
    let main = &result["enrolment_windows"];
    let cells = points
        .filter(|point| point["windows"] != *main)
        .map(|p| rate(&p["eer_mean"]));
    cells.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_missing_is_a_dash_and_what_is_there_is_told() {
        let unseen = json!({
            "protocol": "unseen", "owners": 2, "eer_mean": 0.25, "eer_ci95": [0.125, 0.5],
            "eer_per_owner": {"a": 0.125, "b": 0.375}, "model_sha256": "0123456789abcdef",
            "decision": null, "command": "grasp-train evaluate --out DIR",
        });
        let seed = json!({
            "protocol": "seed", "owners": 2, "eer_mean": 0.125,
            "published": {"eer_mean": 0.1983, "training_pair_eer": 0.0518},
        });
        let text = markdown(&[("one".into(), unseen), ("two".into(), seed)]);
        for line in [
            "| EER, 5 s | 0.250 |",
            "|   95 % | 0.125 to 0.500 |",
            "| worst owner, EER 5 s | 0.375 (b) |",
            "| false locks in 4 h | – |",
            "| b | 0.375 |",
            "- **one** (model 0123456789ab): `grasp-train evaluate --out DIR`",
            "| EER, common ν and γ | 0.125 | 0.198 |",
            "| EER, pairs that were learnt from | – | 0.052 |",
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
    }
}
