//! GTK widgets; their texts are chosen in the modules above.

pub mod advice;
pub mod chart;
pub mod headline;
pub mod health;
pub mod learning;
pub mod legend;
pub mod locks;
pub mod named;
pub mod now;
pub mod parts;
pub mod pause;
pub mod performance;
pub mod question;
pub mod store;
pub mod style;
pub mod times;
pub mod window;
