//! A simulator of people handling a phone, for example recordings that can be published:
//! real ones are personal data.
//!
//! It is plausible, not validated: it has the properties by which the literature tells
//! people apart, and an error rate measured on it says nothing about real people. From
//! seeds alone it makes
//! - a [`person`]: gait, tremor, sway, grip, touch and ways to hold a phone,
//!   each from a range whose source is cited;
//! - a [`handset`]: noise, offset, scale, resolution and clocks of two sensors;
//! - a [`schedule`]: who reads, types, walks, puts the phone down or takes it over;
//! - the [`trajectory`] of the phone as each [`body`] moves it: orientation,
//!   then the rates and accelerations that follow from it.
//!
//! The same seeds give the same recording, to the byte.

mod body;
mod dynamics;
mod handset;
mod person;
mod random;
mod recording;
mod schedule;
mod trajectory;

use graspd::motion::Sample;
use thiserror::Error;

pub use schedule::{Activity, Episode};

use body::Body;
use handset::Handset;
use person::Person;
use random::{Purpose, SeededRng};
use trajectory::Trajectory;

/// Shortest time that each person has the phone, s.
pub const SHORTEST_TURN_S: f64 = 15.0;
/// Longest session, s.
pub const LONGEST_S: f64 = 4.0 * 3600.0;

/// What to simulate.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// Seed of each person, in the order in which they have the phone.
    pub people: Vec<u64>,
    /// Start of each hand-over, s; one fewer than people.
    pub hand_overs_s: Vec<f64>,
    /// Length of the session, s.
    pub end_s: f64,
    /// Seed of the activities.
    pub session: u64,
    /// Seed of the handset.
    pub handset: u64,
}

/// Why a plan cannot be simulated.
#[derive(Debug, Error, PartialEq)]
pub enum PlanError {
    /// Somebody would have the phone for less than [`SHORTEST_TURN_S`], or the session would
    /// be longer than [`LONGEST_S`].
    #[error(
        "everyone needs the phone for at least {SHORTEST_TURN_S} s and nobody after {LONGEST_S} s; \
         space the hand-overs out, or change the session's length"
    )]
    Times,
    /// The number of hand-overs is not one less than the number of people.
    #[error("{people} people cannot have {hand_overs} hand-overs: each takes the phone over once")]
    People {
        /// Number of people.
        people: usize,
        /// Number of hand-overs.
        hand_overs: usize,
    },
}

/// A simulated session.
#[derive(Debug, Clone, PartialEq)]
pub struct Session {
    /// Who had the phone and did what: the ground truth.
    pub schedule: Vec<Episode>,
    /// Samples of both sensors, by time from the session's start.
    pub samples: Vec<Sample>,
}

/// Simulates a plan.
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

    let rng = &mut SeededRng::new(Purpose::Script, [plan.session, 0]);
    let schedule = schedule::draw(rng, &starts_s, plan.end_s);
    let mut bodies: Vec<Body> = plan
        .people
        .iter()
        .enumerate()
        .map(|(k, &seed)| {
            let rng = SeededRng::new(Purpose::Body, [plan.session, seed]);
            Body::new(Person::from_seed(seed), rng, k == 0)
        })
        .collect();
    let path = Trajectory::simulate(&schedule, &mut bodies, plan.end_s);
    let rng = SeededRng::new(Purpose::Sensing, [plan.session, plan.handset]);
    let samples = Handset::from_seed(plan.handset).record(&path, plan.end_s, rng);
    Ok(Session { schedule, samples })
}
