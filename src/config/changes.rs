//! The keys in which two configurations differ.

use std::collections::BTreeSet;

use toml::{Table, Value};

use super::Config;

impl Config {
    /// The keys, as `section.key`, that are not the same in `other`, in order.
    pub(crate) fn changed_keys(&self, other: &Self) -> Vec<String> {
        let [ours, theirs] = [self, other].map(flat);
        let keys: BTreeSet<_> = ours.keys().chain(theirs.keys()).cloned().collect();
        let changed = keys.into_iter();
        changed
            .filter(|key| ours.get(key) != theirs.get(key))
            .collect()
    }
}

fn flat(config: &Config) -> Table {
    // Cannot fail: the configuration was itself read from TOML.
    let sections = Table::try_from(config).unwrap_or_default();
    let mut all = Table::new();
    for (section, values) in sections {
        match values {
            Value::Table(keys) => all.extend(
                keys.into_iter()
                    .map(|(key, value)| (format!("{section}.{key}"), value)),
            ),
            value => {
                all.insert(section, value);
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_changed_came_or_went_are_named() {
        let read = |text: &str| toml::from_str::<Config>(text).unwrap();
        let before = read("[decide]\nlose_s = 9\n[source]\nrate_hz = 50.0\n");
        let after = read("mode = \"observe\"\n[decide]\nlose_s = 8\n");
        let keys = ["decide.lose_s", "mode", "source.rate_hz"];
        assert_eq!(before.changed_keys(&after), keys);
        assert_eq!(after.changed_keys(&before), keys);
        assert!(before.changed_keys(&before).is_empty());
    }
}
