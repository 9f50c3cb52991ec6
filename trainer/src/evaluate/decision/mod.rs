//! Error rates of decisions instead of windows, by the daemon's own pipeline and policy
//! ([`OwnerPipeline`]): false locks over the owner's test sessions, over changes of what they
//! do and without an unlock first ([`GenuineUse`]), times to lock after hand-overs at several
//! times ([`HandOvers`]), and whether enrolment had promised so ([`promise`]).

pub mod context_change;
mod figures;
mod genuine_use;
mod hand_over;
mod outcome;
mod owner_pipeline;
pub mod promise;
mod splice;
mod start;

pub use figures::{
    DecisionFigures, GenuineFigures, HandOverFigures, OwnerDecisions, RefusedEnrolment,
};
pub use genuine_use::GenuineUse;
pub use hand_over::{HAND_OVERS, HandOvers, IMPOSTOR_FIRST, Scenario, WATCHED_S};
pub use outcome::OwnerOutcome;
pub use owner_pipeline::{OwnerPipeline, read_samples};
pub use promise::{Promise, PromiseFigures, PromiseSummary};
pub use splice::Splice;
pub use start::Start;
