//! What is written in TOML: the configuration, and the manifest of a bundle.

use std::path::Path;

use crate::config::Config;
use crate::hidden_characters::is_hidden;
use crate::model::parse_manifest;

/// Any text as either; what is accepted is the same when it is written and read again, and
/// what is said of the rest is one line without hidden characters.
pub fn settings(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let said = Config::parse(text).err().map(|why| why.to_string());
    let of_bundle = parse_manifest(text).err().map(|why| why.to_string());
    for said in said.iter().chain(&of_bundle) {
        assert!(!said.contains(is_hidden), "{said:?}");
    }
    if let Ok(config) = Config::parse(text) {
        let path = Path::new("graspd.toml");
        assert!(config.policy(path).is_ok());
        let _ = config.iio(path);
        let written = toml::to_string(&config);
        assert!(written.is_ok_and(|again| Config::parse(&again).is_ok()));
    }
    if let Ok(manifest) = parse_manifest(text) {
        let written = toml::to_string(&manifest);
        assert!(written.is_ok_and(|again| parse_manifest(&again).is_ok()));
    }
}
