//! The binary `graspd`; everything is in the library.
//!
//! Fail-safe: graspd asks for locks and never unlocks anything. Without evidence (no
//! sensor, no window, no model, no time) its state becomes lock. When it ends, for
//! whatever reason, its clients lose the connection and must treat that as no evidence.
//! So no failure of graspd keeps a phone open that would have been locked without it.

use std::process::ExitCode;

fn main() -> ExitCode {
    graspd::cli::main()
}
