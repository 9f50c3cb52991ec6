//! What is seen: thin, because what is said is decided elsewhere.

pub mod chart;
pub mod health;
pub mod learning;
pub mod legend;
pub mod locks;
pub mod named;
pub mod now;
pub mod parts;
pub mod pause;
pub mod store;
pub mod style;
pub mod times;
pub mod well;
pub mod window;
