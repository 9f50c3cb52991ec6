//! The configuration file.

use std::path::Path;

use super::Finding;
use crate::config::Config;

const CHECK: &str = "configuration";

pub(super) fn check(path: &Path) -> (Option<Config>, Vec<Finding>) {
    match Config::load(path) {
        Ok(config) => {
            let found = format!("{} is valid", path.display());
            (Some(config), vec![Finding::ok(CHECK, found)])
        }
        Err(error) => (None, vec![Finding::fail(CHECK, error.to_string())]),
    }
}
