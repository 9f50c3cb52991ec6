//! graspd.toml(5), from the configuration that is shipped: it has every key with its default,
//! and says above it what it is.

use super::roff::{line, literal, text};

/// The page for this configuration.
pub(super) fn page(settings: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let mut page = format!(
        ".TH graspd.toml 5 \"\" \"graspd {version}\" graspd\n\
         .SH NAME\ngraspd.toml \\- graspd's configuration\n\
         .SH SYNOPSIS\n/etc/graspd/graspd.toml\n.SH DESCRIPTION\n"
    );
    let mut comment = String::new();
    for row in settings.lines() {
        if let Some(more) = row.strip_prefix('#') {
            comment += more;
        } else if row.is_empty() {
            // A comment that stands alone, as that at the head.
            if !comment.is_empty() {
                page += &line(text(&comment).trim());
            }
            comment.clear();
        } else if row.starts_with('[') {
            page += &format!(".SH \"{}\"\n", literal(row));
        } else if let Some((key, value)) = row.split_once('=') {
            let (key, value) = (literal(key.trim()), literal(value.trim()));
            page += &format!(".TP\n\\fB{key}\\fR = {value}\n");
            if !comment.is_empty() {
                page += &line(text(&comment).trim());
            }
            comment.clear();
        }
    }
    page + ".SH SEE ALSO\n.BR graspd (8),\n.BR graspd\\-validate (1)\n"
}
