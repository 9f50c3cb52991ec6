//! From samples to windows: properties of alignment and of the ring buffer.

mod accelerometer_alone;
mod allocation;
mod interleaving;
mod streams;
mod windows;
