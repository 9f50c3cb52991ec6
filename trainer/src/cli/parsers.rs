//! Parsers of option values that several subcommands share.

use clap::builder::RangedU64ValueParser;

/// A whole number of at least 1.
pub(super) fn at_least_one() -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(1..)
}
