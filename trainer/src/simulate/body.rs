//! The motion of a phone in a person's hand: gait, sway, tremor, drift and touches.

use std::f64::consts::{PI, TAU};

use super::dynamics::{BandNoise, STEP_S, SmoothFollower, Spring, Vector};
use super::person::{Harmonic, Person};
use super::random::SeededRng;
use super::schedule::Activity;

/// Natural frequency of taking hold, setting off and stopping, Hz.
const CHANGE_HZ: f64 = 0.9;
/// Factor on sway while standing, over seated.
const STANDING_SWAY: f64 = 1.5;

/// A person's contribution to the phone's motion at one instant; it decays to zero after
/// the phone leaves the hand.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Motion {
    /// Acceleration to the right, ahead and up of the person, m/s².
    pub(super) of_body: Vector,
    /// Acceleration along the device's axes, m/s².
    pub(super) of_device: Vector,
    /// Rotation from the held orientation, about the device's axes, rad.
    pub(super) turn: Vector,
}

/// A brief force and torque: half a period of sine squared.
#[derive(Debug, Clone, Copy)]
struct Push {
    start_s: f64,
    length_s: f64,
    force: Vector,
    torque: Vector,
}

/// A person's body during a session.
pub(super) struct Body {
    person: Person,
    rng: SeededRng,
    in_hand: SmoothFollower,
    walking: SmoothFollower,
    swaying: SmoothFollower,
    stride: f64,
    pace: BandNoise,
    effort: BandNoise,
    drift: [BandNoise; 3],
    sway: [BandNoise; 3],
    tremor: [BandNoise; 3],
    give: [Spring; 3],
    twist: [Spring; 3],
    pushes: Vec<Push>,
    next_touch_s: f64,
    next_shift_s: f64,
    next_turn_s: f64,
    /// Pitch and roll offsets of the whole session, and since the last shift of the grip.
    session_hold: [f64; 2],
    grip_hold: [f64; 2],
    heading: f64,
}

impl Body {
    pub(super) fn new(person: Person, mut rng: SeededRng, has_the_phone: bool) -> Self {
        let tremor_rad = |axis: usize| person.tremor.rate[axis] / (TAU * person.tremor.hz);
        let spring = || Spring::new(person.grip.hz, person.grip.damping);
        let from_day_to_day = f64::to_radians(3.0);
        Self {
            in_hand: SmoothFollower::new(CHANGE_HZ, f64::from(has_the_phone)),
            walking: SmoothFollower::new(CHANGE_HZ, 0.0),
            swaying: SmoothFollower::new(CHANGE_HZ, 1.0),
            stride: rng.unit(),
            pace: BandNoise::new(0.3, 0.7, person.gait.variation),
            effort: BandNoise::new(0.3, 0.7, 0.12),
            drift: [(); 3].map(|()| BandNoise::new(0.06, 0.7, person.drift_rad)),
            sway: [(); 3].map(|()| BandNoise::new(person.sway_hz, 0.5, person.sway_rad)),
            tremor: [0, 1, 2]
                .map(|k| BandNoise::new(person.tremor.hz, person.tremor.damping, tremor_rad(k))),
            give: [(); 3].map(|()| spring()),
            twist: [(); 3].map(|()| spring()),
            pushes: Vec::new(),
            next_touch_s: 0.0,
            next_shift_s: rng.wait(person.grip.shift_every_s),
            next_turn_s: rng.within(5.0..15.0),
            session_hold: [(); 2].map(|()| from_day_to_day * rng.normal()),
            grip_hold: [0.0; 2],
            heading: 0.0,
            person,
            rng,
        }
    }

    /// Target pitch, roll and heading, rad.
    pub(super) fn pose(&self, activity: Activity) -> [f64; 3] {
        let [pitch, roll] = self.person.hold(activity);
        [
            pitch + self.session_hold[0] + self.grip_hold[0],
            roll + self.session_hold[1] + self.grip_hold[1],
            self.heading,
        ]
    }

    /// Adds a jolt at time `t`, as of setting the phone down or gripping it.
    pub(super) fn jolt(&mut self, t: f64, force: f64) {
        let torque = Vector::from([(); 3].map(|()| 4.0 * self.rng.normal()));
        let direction = Vector::new(0.2 * self.rng.normal(), 0.2 * self.rng.normal(), 1.0);
        self.pushes.push(Push {
            start_s: t,
            length_s: 0.04,
            force: direction * force,
            torque,
        });
    }

    /// Advances by one step; `activity` is `None` while another has the phone.
    pub(super) fn step(&mut self, t: f64, activity: Option<Activity>) -> Motion {
        let held = activity.is_some_and(|a| a != Activity::OnTable);
        let in_hand = self.in_hand.towards(f64::from(held));
        let walks = activity.is_some_and(Activity::walks);
        let walking = self.walking.towards(f64::from(walks));
        let stands = walks || activity == Some(Activity::ReadStanding);
        let swaying = self
            .swaying
            .towards(if stands { STANDING_SWAY } else { 1.0 });
        if let Some(activity) = activity.filter(|_| held) {
            self.act(t, activity);
        }

        let [shake, rock] = self.walk(walking);
        let mut turn = rock;
        for (axis, turn) in turn.iter_mut().enumerate() {
            *turn += self.drift[axis].next(&mut self.rng)
                + swaying * self.sway[axis].next(&mut self.rng)
                + self.tremor[axis].next(&mut self.rng);
        }
        let [give, twist] = self.grip_response(t);
        Motion {
            of_body: shake * in_hand,
            of_device: give * in_hand,
            turn: (turn + twist) * in_hand,
        }
    }

    /// Acceleration and rotation by the gait.
    fn walk(&mut self, walking: f64) -> [Vector; 2] {
        let stride_hz = self.person.gait.cadence_hz / 2.0;
        self.stride += stride_hz * (1.0 + self.pace.next(&mut self.rng)) * STEP_S;
        let strength = walking * (1.0 + self.effort.next(&mut self.rng));
        let at = TAU * self.stride;
        let sum = |harmonics: &Vec<Harmonic>| {
            let waves = harmonics
                .iter()
                .map(|h| h.amplitude * (h.multiple * at + h.phase).sin());
            strength * waves.sum::<f64>()
        };
        let gait = &self.person.gait;
        [
            gait.shake.each_ref().map(sum).into(),
            gait.rock.each_ref().map(sum).into(),
        ]
    }

    /// Starts touches, grip shifts and heading turns that are due.
    fn act(&mut self, t: f64, activity: Activity) {
        if t >= self.next_touch_s {
            if activity.types() {
                self.tap(t);
            } else if activity.reads() {
                self.scroll(t);
            }
        }
        let rng = &mut self.rng;
        if t >= self.next_shift_s {
            let grip = &self.person.grip;
            self.grip_hold = [(); 2].map(|()| grip.shift_rad * rng.normal());
            self.next_shift_s = t + 1.0 + rng.wait(grip.shift_every_s);
        }
        if t >= self.next_turn_s && activity.walks() {
            self.heading += rng.sign() * rng.within(PI / 4.0..PI);
            self.next_turn_s = t + rng.within(6.0..20.0);
        }
    }

    /// Taps a key and schedules the next, after a pause between words.
    fn tap(&mut self, t: f64) {
        let (touch, rng) = (&self.person.touch, &mut self.rng);
        let x = (touch.side * rng.sign() + touch.spread * rng.normal()).clamp(-1.0, 1.0);
        let y = rng.within(-1.0..-0.3);
        let force = touch.force * rng.within(0.6..1.4);
        self.pushes.push(Push {
            start_s: t,
            length_s: rng.within(0.05..0.09),
            force: Vector::new(0.0, 0.0, -force),
            // Over a half-width of 4 cm and a half-height of 7 cm: rad/s² a m/s².
            torque: Vector::new(-1.2 * y, 1.2 * x, 0.0) * (-4.0 * force),
        });
        let word_ends = rng.chance(0.18);
        let pause = if word_ends { rng.wait(0.8) } else { 0.0 };
        self.next_touch_s = t + pause + rng.within(0.7..1.3) / touch.keys_hz;
    }

    /// Swipes up and schedules the next touch, after reading.
    fn scroll(&mut self, t: f64) {
        let (touch, rng) = (&self.person.touch, &mut self.rng);
        let force = 0.7 * touch.force * rng.within(0.6..1.4);
        self.pushes.push(Push {
            start_s: t,
            length_s: rng.within(0.12..0.25),
            force: Vector::new(0.0, force, -0.5 * force),
            torque: Vector::new(-4.0 * force, 2.0 * touch.side * force, 0.5 * rng.normal()),
        });
        self.next_touch_s = t + 0.6 + rng.wait(touch.scroll_every_s);
    }

    /// Acceleration and rotation of the grip under the present pushes.
    fn grip_response(&mut self, t: f64) -> [Vector; 2] {
        self.pushes.retain(|p| t < p.start_s + p.length_s);
        let (mut force, mut torque) = (Vector::zeros(), Vector::zeros());
        for push in self.pushes.iter().filter(|p| t >= p.start_s) {
            let now = (PI * (t - push.start_s) / push.length_s).sin().powi(2);
            force += push.force * now;
            torque += push.torque * now;
        }
        let mut moved = [Vector::zeros(); 2];
        for axis in 0..3 {
            self.give[axis].push(force[axis]);
            moved[0][axis] = self.give[axis].acceleration;
            moved[1][axis] = self.twist[axis].push(torque[axis]);
        }
        moved
    }

    /// Position of the sensors from the wrist, in device axes, m.
    pub(super) fn lever(&self) -> [f64; 3] {
        self.person.grip.lever
    }
}
