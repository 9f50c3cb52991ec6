//! The `grasp-train` program; [`grasp_train::cli`] has its command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    grasp_train::cli::main()
}
