//! From samples to windows: properties of alignment and of the ring buffer.

mod allocation;
mod interleaving;
mod streams;
mod windows;
