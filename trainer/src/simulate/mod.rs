//! A small simulator of people handling a phone, for a sample that anyone may
//! have and run: real recordings are other people's.
//!
//! It is made to be plausible, not to be true. It has the ingredients that
//! tell people apart in the literature, and no more; an error rate measured on
//! it says nothing about people. From the seeds alone it makes
//! - a [`person`]: gait, tremor, sway, grip, touch and ways to hold a phone,
//!   each from a range whose source is cited;
//! - a [`handset`]: noise, offset, scale, resolution and clocks of two sensors;
//! - a [`script`]: who reads, types, walks, puts the phone down or takes it over;
//! - the [`trajectory`] of the phone as each [`body`] moves it: orientation,
//!   then the rates and accelerations that follow from it.
//!
//! The same seeds give the same recording, to the byte.

mod body;
mod handset;
mod person;
mod process;
mod random;
mod recording;
mod rotation;
mod script;
mod trajectory;

use graspd::motion::Sample;
use thiserror::Error;

pub use script::{Activity, Episode};

use body::Body;
use handset::Handset;
use person::Person;
use random::{Dice, Purpose};
use trajectory::Trajectory;

/// The least time, in seconds, that anybody has the phone.
pub const SHORTEST_TURN_S: f64 = 15.0;
/// The longest session, in seconds.
pub const LONGEST_S: f64 = 4.0 * 3600.0;

/// What to simulate.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Seed of each person, in the order in which they have the phone.
    pub people: Vec<u64>,
    /// When each but the first begins to take it over, in seconds.
    pub hand_overs_s: Vec<f64>,
    /// Length of the session in seconds.
    pub end_s: f64,
    /// Seed of what happens in it.
    pub session: u64,
    /// Seed of the phone.
    pub handset: u64,
}

/// A plan that cannot be played.
#[derive(Debug, Error, PartialEq)]
pub enum PlanError {
    /// Someone would have the phone for too short a time, or for ever.
    #[error(
        "everyone needs the phone for at least {SHORTEST_TURN_S} s and nobody after {LONGEST_S} s; \
         space the hand-overs out, or change the session's length"
    )]
    Times,
    /// A hand-over without a time or without a taker.
    #[error("{people} people cannot have {hand_overs} hand-overs: each takes the phone over once")]
    People {
        /// How many there are.
        people: usize,
        /// How many hand-overs.
        hand_overs: usize,
    },
}

/// A simulated session.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// What happened: the truth that a detector is to find.
    pub script: Vec<Episode>,
    /// What the sensors saw of it, by time from the session's start.
    pub samples: Vec<Sample>,
}

/// Plays a plan.
pub fn simulate(plan: &Plan) -> Result<Session, PlanError> {
    if plan.people.len() != plan.hand_overs_s.len() + 1 {
        return Err(PlanError::People {
            people: plan.people.len(),
            hand_overs: plan.hand_overs_s.len(),
        });
    }
    let mut starts_s = vec![0.0];
    starts_s.extend(&plan.hand_overs_s);
    let ends_s = starts_s.iter().skip(1).chain([&plan.end_s]);
    // Written so that a NaN is refused.
    let long_enough = |(start, end): (&f64, &f64)| end - start >= SHORTEST_TURN_S;
    if !(starts_s.iter().zip(ends_s).all(long_enough) && plan.end_s <= LONGEST_S) {
        return Err(PlanError::Times);
    }

    let plot = &mut Dice::new(Purpose::Script, [plan.session, 0]);
    let script = script::write(plot, &starts_s, plan.end_s);
    let mut bodies: Vec<Body> = plan
        .people
        .iter()
        .enumerate()
        .map(|(k, &seed)| {
            let dice = Dice::new(Purpose::Body, [plan.session, seed]);
            Body::new(Person::from_seed(seed), dice, k == 0)
        })
        .collect();
    let path = Trajectory::play(&script, &mut bodies, plan.end_s);
    let dice = Dice::new(Purpose::Sensing, [plan.session, plan.handset]);
    let samples = Handset::from_seed(plan.handset).record(&path, plan.end_s, dice);
    Ok(Session { script, samples })
}
