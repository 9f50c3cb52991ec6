//! graspd's one binary.
//!
//! Fail-safe: graspd asks for locks and never unlocks anything. When it cannot
//! tell (no sensor, no window, no model, no time) its state runs out into lock.
//! When it ends, however it ends, its clients lose the connection, and what has
//! no connection has no evidence. Nothing that goes wrong in here can turn a
//! phone that would have been locked into one that stays open.

use std::process::ExitCode;

fn main() -> ExitCode {
    graspd::cli::main()
}
