//! An evaluation as a page: report.html.

mod boxes;
mod decisions;
mod embedding;
mod error_rates;
mod figures;
mod life;
mod pairs;
mod promise;
mod seed;
mod training;
mod unseen;

pub use life::page as life;
pub use seed::page as seed;
pub use unseen::page as unseen;

use super::bootstrap::Interval;

fn rate(value: f64) -> String {
    if value.is_finite() {
        format!("{:.1} %", 100.0 * value)
    } else {
        "none".into()
    }
}

fn within(Interval(low, high): Interval) -> String {
    format!("95 %: {} to {}", rate(low), rate(high))
}
