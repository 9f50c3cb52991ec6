//! End to end: the real program, on a real FIFO and a real socket, told what a
//! service manager would tell it.

mod hand_over;
mod harness;
mod service;
mod start;
mod stream;
