//! Dynamic systems: a damped spring, a smooth follower, and band-limited noise.

use std::f64::consts::TAU;

use super::random::SeededRng;

/// A vector in space.
pub(super) type Vector = nalgebra::Vector3<f64>;

/// Time step of the simulation, s: finer than the sensors' intervals, so that each sensor
/// can sample at its own times.
pub(super) const STEP_S: f64 = 1.0 / 400.0;

/// A unit mass on a damped spring.
#[derive(Debug, Clone)]
pub(super) struct Spring {
    omega: f64,
    damping: f64,
    pub(super) position: f64,
    pub(super) velocity: f64,
    pub(super) acceleration: f64,
}

impl Spring {
    /// At rest, with this natural frequency and damping ratio (1 is critical).
    pub(super) fn new(hz: f64, damping: f64) -> Self {
        Self {
            omega: TAU * hz,
            damping,
            position: 0.0,
            velocity: 0.0,
            acceleration: 0.0,
        }
    }

    /// One step under a force (per mass); returns the displacement.
    pub(super) fn push(&mut self, force: f64) -> f64 {
        self.acceleration = force
            - 2.0 * self.damping * self.omega * self.velocity
            - self.omega * self.omega * self.position;
        self.velocity += STEP_S * self.acceleration;
        self.position += STEP_S * self.velocity;
        self.position
    }

    fn pull_towards(&mut self, target: f64) -> f64 {
        self.push(self.omega * self.omega * target)
    }
}

/// Follows a target smoothly: two critically damped springs in series, whose speed has the
/// bell shape of reaching movements.
#[derive(Debug, Clone)]
pub(super) struct SmoothFollower([Spring; 2]);

impl SmoothFollower {
    pub(super) fn new(hz: f64, start: f64) -> Self {
        let mut spring = Spring::new(hz, 1.0);
        spring.position = start;
        Self([spring.clone(), spring])
    }

    pub(super) fn towards(&mut self, target: f64) -> f64 {
        let [lead, lag] = &mut self.0;
        lag.pull_towards(lead.pull_towards(target))
    }

    pub(super) fn acceleration(&self) -> f64 {
        self.0[1].acceleration
    }
}

/// Noise in a band around a frequency: white noise through a low-pass and a damped spring.
/// Little damping gives a spectral peak, as of tremor; much gives a slow drift.
pub(super) struct BandNoise {
    smooth: f64,
    smoothing: f64,
    spring: Spring,
    gain: f64,
}

impl BandNoise {
    /// Noise with this peak frequency, damping ratio and standard deviation.
    pub(super) fn new(hz: f64, damping: f64, sd: f64) -> Self {
        let mut wander = Self {
            smooth: 0.0,
            smoothing: 1.0 - (-TAU * 2.0 * hz * STEP_S).exp(),
            spring: Spring::new(hz, damping),
            gain: 1.0,
        };
        let mut impulse = wander.clone_at_rest();
        let steps = 10.0 / (damping * TAU * hz) / STEP_S;
        let energy: f64 = (0..steps as u64)
            .map(|k| impulse.step(if k == 0 { 1.0 } else { 0.0 }).powi(2))
            .sum();
        wander.gain = sd / energy.sqrt();
        wander
    }

    pub(super) fn next(&mut self, rng: &mut SeededRng) -> f64 {
        self.step(rng.normal())
    }

    fn step(&mut self, noise: f64) -> f64 {
        self.smooth += self.smoothing * (noise - self.smooth);
        self.gain * self.spring.pull_towards(self.smooth)
    }

    fn clone_at_rest(&self) -> Self {
        Self {
            spring: self.spring.clone(),
            ..*self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::random::Purpose;
    use super::*;

    #[test]
    fn noise_has_the_stated_spread_and_peak() {
        let mut rng = SeededRng::new(Purpose::Body, [1, 2]);
        let mut tremor = BandNoise::new(9.0, 0.08, 0.02);
        let x: Vec<f64> = (0..200_000).map(|_| tremor.next(&mut rng)).collect();
        let sd = (x.iter().map(|v| v * v).sum::<f64>() / x.len() as f64).sqrt();
        assert!((sd / 0.02 - 1.0).abs() < 0.1, "sd {sd}");
        let rises = x.windows(2).filter(|w| w[0] < 0.0 && w[1] >= 0.0).count();
        let hz = rises as f64 / (x.len() as f64 * STEP_S);
        assert!((hz - 9.0).abs() < 0.5, "{hz} Hz");
    }

    #[test]
    fn following_arrives_without_a_jump() {
        let mut follow = SmoothFollower::new(0.8, 0.0);
        let path: Vec<f64> = (0..2000).map(|_| follow.towards(1.0)).collect();
        assert!(
            path.windows(2)
                .all(|w| (0.0..0.02).contains(&(w[1] - w[0])))
        );
        assert!((path[1999] - 1.0).abs() < 1e-6);
    }
}
