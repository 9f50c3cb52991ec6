//! The phone's true motion over a session, before sensor errors.
//!
//! Angular rates are the derivative of the orientation. The specific force is gravity in the
//! device's axes, plus the body's accelerations, plus those of the rotation at the sensors'
//! position (α × r + ω × (ω × r)). So both sensors are consistent, as in a real phone.

use nalgebra::UnitQuaternion;

use super::body::Body;
use super::dynamics::{STEP_S, SmoothFollower, Vector};
use super::schedule::{Activity, Episode};

/// A rotation from device axes to world axes (x right, y ahead, z up, at heading zero).
type Rotation = UnitQuaternion<f64>;

/// Standard gravity, m/s².
pub(super) const GRAVITY: f64 = 9.80665;

/// Natural frequency of putting down, raising, tilting and turning, Hz.
const MOVE_HZ: f64 = 0.8;
/// Height above the table of a held phone, and height and reach of one being passed, m.
const HELD_M: f64 = 0.35;
const PASSED_M: [f64; 2] = [0.2, 0.45];
/// Times after the start of a hand-over at which one grips and the other lets go, s.
const GRIPPED_S: f64 = 0.8;
const RELEASED_S: f64 = 1.3;
/// Time after the start of putting down at which the phone touches the table, s.
const TOUCHDOWN_S: f64 = 1.0;

/// A phone's motion, on a grid of [`STEP_S`].
pub(super) struct Trajectory {
    /// Angular rate in device axes, rad/s.
    rate: Vec<Vector>,
    /// Specific force in device axes, m/s².
    force: Vec<Vector>,
}

impl Trajectory {
    /// Simulates the schedule until `end_s`; holders are positions in `bodies`.
    pub(super) fn simulate(schedule: &[Episode], bodies: &mut [Body], end_s: f64) -> Self {
        Path::walk(schedule, bodies, end_s).into_trajectory()
    }

    /// Angular rate at time `t`, rad/s in device axes.
    pub(super) fn rate_at(&self, t: f64) -> Vector {
        interpolated(&self.rate, t)
    }

    /// Specific force at time `t`, m/s² in device axes.
    pub(super) fn force_at(&self, t: f64) -> Vector {
        interpolated(&self.force, t)
    }
}

/// Linear interpolation at time `t`, s.
fn interpolated(track: &[Vector], t: f64) -> Vector {
    let at = (t / STEP_S).clamp(0.0, (track.len() - 2) as f64);
    let (k, part) = (at as usize, at.fract());
    track[k] * (1.0 - part) + track[k + 1] * part
}

/// A trajectory under construction.
struct Path {
    episode: usize,
    /// Pitch, roll, heading; then height and reach.
    pose: [SmoothFollower; 3],
    place: [SmoothFollower; 2],
    lever: [SmoothFollower; 3],
    orientation: Vec<Rotation>,
    /// Specific force in device axes, without the part of the rotation.
    force: Vec<Vector>,
    levers: Vec<Vector>,
}

impl Path {
    fn walk(schedule: &[Episode], bodies: &mut [Body], end_s: f64) -> Self {
        let mut path = Self::before(schedule, bodies);
        // A little past the end, so that every instant lies between two steps.
        let steps = (end_s / STEP_S).ceil() as usize + 3;
        for n in 0..steps {
            path.step(n, schedule, bodies);
        }
        path
    }

    fn before(schedule: &[Episode], bodies: &[Body]) -> Self {
        let first = schedule[0];
        let body = &bodies[first.holder];
        Self {
            episode: 0,
            pose: body
                .pose(first.activity)
                .map(|angle| SmoothFollower::new(MOVE_HZ, angle)),
            place: [
                SmoothFollower::new(MOVE_HZ, HELD_M),
                SmoothFollower::new(MOVE_HZ, 0.0),
            ],
            lever: body.lever().map(|m| SmoothFollower::new(MOVE_HZ, m)),
            orientation: Vec::new(),
            force: Vec::new(),
            levers: Vec::new(),
        }
    }

    fn step(&mut self, n: usize, schedule: &[Episode], bodies: &mut [Body]) {
        let t = n as f64 * STEP_S;
        if schedule
            .get(self.episode + 1)
            .is_some_and(|next| t >= next.start_s)
        {
            self.episode += 1;
            self.begin(&schedule[self.episode], bodies);
        }
        let Episode {
            start_s,
            holder,
            activity,
        } = schedule[self.episode];
        let passing = activity == Activity::HandedOver;

        let (mut of_body, mut of_device, mut turn) =
            (Vector::zeros(), Vector::zeros(), Vector::zeros());
        for (k, body) in bodies.iter_mut().enumerate() {
            let has_it = match passing {
                true if k == holder => t >= start_s + GRIPPED_S,
                true => k + 1 == holder && t < start_s + RELEASED_S,
                false => k == holder,
            };
            let motion = body.step(t, has_it.then_some(activity));
            of_body += motion.of_body;
            of_device += motion.of_device;
            turn += motion.turn;
        }

        let arrived = !passing || t >= start_s + RELEASED_S;
        let [pitch, roll, yaw] = self.follow(activity, arrived, &bodies[holder]);
        let heading = Rotation::from_scaled_axis(Vector::new(0.0, 0.0, yaw));
        let orientation = heading
            * Rotation::from_scaled_axis(Vector::new(pitch, 0.0, 0.0))
            * Rotation::from_scaled_axis(Vector::new(0.0, roll, 0.0))
            * Rotation::from_scaled_axis(turn);
        let [height, reach] = self.place.each_ref().map(SmoothFollower::acceleration);
        let in_world = heading * (of_body + Vector::new(0.0, reach, height));
        let felt = orientation.inverse() * (in_world + Vector::new(0.0, 0.0, GRAVITY));
        self.force.push(felt + of_device);
        self.orientation.push(orientation);
    }

    /// Adds the jolts with which an episode begins.
    fn begin(&mut self, episode: &Episode, bodies: &mut [Body]) {
        let Episode {
            start_s,
            holder,
            activity,
        } = *episode;
        match activity {
            Activity::OnTable => bodies[holder].jolt(start_s + TOUCHDOWN_S, 4.0),
            Activity::HandedOver => {
                bodies[holder - 1].jolt(start_s + GRIPPED_S, 2.0);
                bodies[holder].jolt(start_s + RELEASED_S, -1.5);
            }
            _ => {}
        }
    }

    /// Moves pose, place and lever towards the holder's targets; returns the pose.
    fn follow(&mut self, activity: Activity, arrived: bool, holder: &Body) -> [f64; 3] {
        let mut pose = holder.pose(activity);
        let mut place = [HELD_M, 0.0];
        if activity == Activity::OnTable {
            (pose[0], pose[1], place) = (0.0, 0.0, [0.0, 0.1]);
        } else if !arrived {
            (pose[0], place) = (pose[0] / 2.0, PASSED_M);
        }
        for (follow, to) in self.place.iter_mut().zip(place) {
            follow.towards(to);
        }
        let mut lever = holder.lever();
        for (follow, m) in self.lever.iter_mut().zip(&mut lever) {
            *m = follow.towards(*m);
        }
        self.levers.push(lever.into());
        for (follow, angle) in self.pose.iter_mut().zip(&mut pose) {
            *angle = follow.towards(*angle);
        }
        pose
    }

    fn into_trajectory(self) -> Trajectory {
        let turns = self.orientation.windows(3);
        let inner: Vec<Vector> = turns
            .map(|o| (o[0].inverse() * o[2]).scaled_axis() * (0.5 / STEP_S))
            .collect();
        let rate = held_at_ends(inner);
        let inner: Vec<Vector> = rate
            .windows(3)
            .map(|w| (w[2] - w[0]) * (0.5 / STEP_S))
            .collect();
        let spin_up = held_at_ends(inner);
        let mut force = self.force;
        for (k, force) in force.iter_mut().enumerate() {
            let (rate, lever) = (rate[k], self.levers[k]);
            let whirl = rate.cross(&rate.cross(&lever));
            *force += spin_up[k].cross(&lever) + whirl;
        }
        Trajectory { rate, force }
    }
}

/// Values with the first and last repeated.
fn held_at_ends(mut inner: Vec<Vector>) -> Vec<Vector> {
    let first = inner.first().copied().unwrap_or_default();
    let last = inner.last().copied().unwrap_or_default();
    inner.insert(0, first);
    inner.push(last);
    inner
}

#[cfg(test)]
mod tests {
    use super::super::person::Person;
    use super::super::random::{Purpose, SeededRng};
    use super::*;

    /// Half a minute's walk: the orientations, and what sensors could feel.
    fn walk_with_turns() -> (Vec<Rotation>, Trajectory) {
        let schedule = [Episode {
            start_s: 0.0,
            holder: 0,
            activity: Activity::ReadWalking,
        }];
        let rng = SeededRng::new(Purpose::Body, [5, 1]);
        let mut bodies = [Body::new(Person::from_seed(5), rng, true)];
        let path = Path::walk(&schedule, &mut bodies, 30.0);
        (path.orientation.clone(), path.into_trajectory())
    }

    #[test]
    fn rates_integrate_to_the_change_of_orientation() {
        let (orientations, path) = walk_with_turns();
        let mut integrated = orientations[1];
        for k in 1..path.rate.len() - 2 {
            let middle = (path.rate[k] + path.rate[k + 1]) * 0.5;
            integrated *= Rotation::from_scaled_axis(middle * STEP_S);
        }
        let end = orientations[path.rate.len() - 2];
        let error = (end.inverse() * integrated).scaled_axis();
        let error = error.norm();
        assert!(error < 0.01, "{error} rad after 30 s");
    }

    #[test]
    fn accelerations_average_to_gravity() {
        // Nobody flies off: in world axes the mean specific force is +g up.
        let (orientations, path) = walk_with_turns();
        let mut mean = Vector::zeros();
        for (orientation, force) in orientations.iter().zip(&path.force) {
            mean += orientation * force;
        }
        let mean = mean / path.force.len() as f64;
        assert!(mean[0].abs() < 0.1 && mean[1].abs() < 0.1, "{mean:?}");
        assert!((mean[2] - GRAVITY).abs() < 0.1, "{mean:?}");
    }
}
