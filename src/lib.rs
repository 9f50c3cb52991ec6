//! graspd: continuous authentication from the way a phone is held.
//!
//! Data goes one way, and the modules stand in that order. A test
//! (`layout.rs`) keeps it so: no module imports one below it, and this table has all of
//! them.
//!
//! | module | what comes in | what goes out |
//! |---|---|---|
//! | `wide_registers` | | arithmetic in the widest vector registers that the processor has |
//! | [`motion`] | samples of two sensors | windows, 500 × 6 at 100 Hz |
//! | [`accelerometer_bundle`] | | texts about the accelerometer bundle |
//! | [`regular_file`] | paths | opened regular files, and checks of owner and mode |
//! | [`hidden_characters`] | names | text that controls no terminal |
//! | [`source`] | files, FIFOs, the kernel | samples |
//! | [`examine`] | samples | what speaks against them: units, clocks, a missing sensor |
//! | [`sealed`] | | files with a checksum |
//! | [`model`] | a bundle, windows | embeddings |
//! | [`owner`] | a profile, embeddings | scores |
//! | [`decide`] | scores and their times | lock, unlock, inconclusive |
//! | [`pipeline`] | samples | all of the above, on one thread |
//! | [`enrol`] | embeddings of one person | a profile |
//! | [`publish`] | decisions | JSON lines on a Unix socket |
//! | [`session`] | lock decisions | requests to logind |
//! | [`bus`] | decisions, commands | D-Bus properties, signals and methods |
//! | [`config`] | graspd.toml | settings of the modules above |
//! | [`record`], [`report`], [`daemon`], [`doctor`], [`cli`] | | programs made of them |
//! | `fuzzing` | bytes | what fuzz targets and their tests check |
//!
//! docs/architecture.md follows one sample through them.

// println! and eprintln! panic where their stream cannot be written, as of a terminal that has
// hung up. What prints is `print` of `cli/watch`, and `tell` of `cli/standard_error`.
#![cfg_attr(
    not(any(test, fuzzing)),
    warn(clippy::print_stdout, clippy::print_stderr)
)]

// Nobody has tried it on others: files are little-endian, and counts of samples and bytes
// are `usize`.
#[cfg(not(all(target_endian = "little", target_pointer_width = "64")))]
compile_error!("graspd is for little-endian machines of 64 bits: docs/install.md");

mod wide_registers;

pub mod motion;

pub mod accelerometer_bundle;

pub mod regular_file;

pub mod hidden_characters;

pub mod source;

pub mod examine;

pub mod sealed;

pub mod model;

pub mod owner;

pub mod decide;

pub mod pipeline;

pub mod enrol;

pub mod publish;

pub mod session;

pub mod bus;

pub mod config;

pub mod record;

pub mod report;

pub mod daemon;

pub mod doctor;

pub mod cli;

#[cfg(any(test, fuzzing))]
#[doc(hidden)]
pub mod fuzzing;

#[cfg(test)]
mod layout;
