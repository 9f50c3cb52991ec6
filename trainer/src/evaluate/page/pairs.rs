//! Section on each owner against each impostor.

use grasp_chart::{Fact, Section, Table};

use super::{rate, within};
use crate::evaluate::results::{PairFigures, Results};

/// The most pairs that are listed.
const LISTED: usize = 30;

pub(super) fn pairs(r: &Results) -> Section {
    let mut sorted: Vec<&PairFigures> = r.pairs.iter().filter(|pair| pair.eer.is_some()).collect();
    let eer = |pair: &PairFigures| pair.eer.unwrap_or(0.0);
    sorted.sort_by(|a, b| eer(b).total_cmp(&eer(a)));
    let header = ["owner", "impostor", "EER", "EER 30 s"];
    let rows = sorted.iter().take(LISTED).map(|pair| {
        let told = |eer: Option<f64>| eer.map_or_else(|| "none".into(), rate);
        [
            pair.owner.clone(),
            pair.impostor.clone(),
            told(pair.eer),
            told(pair.eer_30s),
        ]
    });
    let mut facts = vec![
        Fact::new("ordered pairs", r.pairs.len().to_string()),
        Fact::new("EER", rate(r.eer_pairs_mean)),
        Fact::new("EER, 30 s", rate(r.eer_30s_pairs_mean)),
    ];
    if let Some(s) = &r.strangers {
        let who = format!("against {} people of {}", s.people, s.dataset);
        let again = format!("{who}, 30 s");
        facts.push(Fact::new(who, rate(s.eer_mean)).within(within(s.eer_crossed_ci95)));
        facts.push(Fact::new(again, rate(s.eer_30s_mean)).within(within(s.eer_30s_crossed_ci95)));
    }
    Section::new("Pairs")
        .text("Each owner against each impostor, each pair at its own threshold: means hide who is taken for whom.")
        .facts(facts)
        .table(
            Table::new("Pairs, worst first; thirty at most", header)
                .rows(rows)
                .text_columns(2),
        )
}
