//! `grasp-train`: see `grasp-train help`, or the library's front page.

use std::process::ExitCode;

fn main() -> ExitCode {
    grasp_train::cli::main()
}
