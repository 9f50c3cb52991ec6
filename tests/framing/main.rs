//! From samples to windows: what alignment and the ring promise.

mod allocation;
mod interleaving;
mod streams;
mod windows;
