//! Texts about the accelerometer bundle, for devices without a gyroscope: where it is, and what
//! it costs.

use crate::motion::Sensor;

/// Where packages install it.
pub const PATH: &str = "/usr/share/graspd/models/accelerometer";

/// What to do where a model wants this sensor and there is none, to be appended to that;
/// nothing for an accelerometer, which every model wants.
pub fn remedy(missing: Sensor) -> &'static str {
    match missing {
        Sensor::Accelerometer => "",
        Sensor::Gyroscope => {
            "; where there is none, use the model of the accelerometer alone: model.bundle = \
             \"/usr/share/graspd/models/accelerometer\", or --model for recordings"
        }
    }
}

/// What it costs to go without the gyroscope: models/accelerometer beside models/default, by
/// docs/results.md.
pub const COST: &str = "equal error rates of 0.162 instead of 0.117 a window and of 0.105 \
                        instead of 0.083 over 30 s, and 8 % of strangers not locked within \
                        five minutes instead of 7 % (six people of docs/results.md)";

/// The same as a sentence for whoever enrols.
pub fn cost() -> String {
    format!("this model goes by the accelerometer alone, which costs {COST}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn it_is_where_the_remedy_says_and_its_card_says_what_it_costs() {
        assert!(remedy(Sensor::Gyroscope).contains(PATH));
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("models/accelerometer");
        let card = std::fs::read_to_string(shipped.join("README.md")).unwrap();
        assert!(card.contains(COST), "{card}");
    }
}
