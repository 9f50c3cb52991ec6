//! End to end: the real program on a real FIFO and a real socket, with a simulated
//! service manager.

// clippy.toml allows these in tests, but does not recognise this crate as one.
#![allow(clippy::unwrap_used, clippy::panic)]

mod accelerometer;
mod adaptation;
mod agent;
mod app;
mod bus;
mod demo;
mod doctor;
mod elogind;
mod enrol;
mod fail_safe;
mod flood;
mod formats;
mod hand_over;
mod harness;
mod iio;
mod live_enrolment;
mod login;
mod observe;
mod pam;
mod polkit;
mod record;
mod recorded;
mod reload;
mod report;
mod restart;
mod service;
mod session;
mod soak;
mod stalls;
mod start;
mod state;
mod stream;
mod users;
mod watch;
