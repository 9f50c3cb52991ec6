//! What is written in TOML: the configuration, and the manifest of a bundle.

use std::path::Path;

use crate::config::Config;
use crate::model::parse_manifest;

/// Any text as either; what is accepted is the same when it is written and read again.
pub fn settings(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
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
