//! The main figures of an evaluation as text, for the terminal.

mod life;
mod lines;
mod seed;
mod unseen;

pub use life::text as life;
pub use seed::text as seed;
pub use unseen::text as unseen;
