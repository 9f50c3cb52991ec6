//! Data augmentation: windows changed as if by another grip, or by another person, who
//! holds the phone at another angle or in the other hand, and moves at another speed and
//! strength.

use graspd::motion::CHANNELS;
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use crate::box_muller::box_muller;
use crate::data::Windows;

/// Distribution that changes are drawn from: standard deviations, and one probability.
#[derive(Debug, Clone, Copy)]
pub struct AugmentationRange {
    /// Probability of the other hand.
    pub mirror: f64,
    /// Rotation, radians about each axis.
    pub angle: f64,
    /// Logarithm of the speed.
    pub speed: f64,
    /// Logarithm of the amplitude, common to all axes.
    pub gain: f64,
}

/// Another person.
pub const OTHER_PERSON: AugmentationRange = AugmentationRange {
    mirror: 0.3,
    angle: 0.35,
    speed: 0.07,
    gain: 0.17,
};
/// The same person, another grip.
pub const OTHER_GRIP: AugmentationRange = AugmentationRange {
    mirror: 0.0,
    angle: 0.1,
    speed: 0.0,
    gain: 0.1,
};

/// One drawn change, to be applied to any number of windows.
#[derive(Debug, Clone, PartialEq)]
pub struct Augmentation {
    mirrored: bool,
    rotation: [[f64; 3]; 3],
    speed: f64,
    gains: [f64; CHANNELS],
}

impl Augmentation {
    /// Draws a change from `range`.
    pub fn draw(range: AugmentationRange, rng: &mut ChaCha8Rng) -> Self {
        let mirrored = rng.random_bool(range.mirror);
        let mut normal = |deviation: f64| {
            let u = rng.random_range(f64::MIN_POSITIVE..1.0);
            box_muller(u, rng.random()) * deviation
        };
        let rotation = rotation([(); 3].map(|()| normal(range.angle)));
        let speed = normal(range.speed).exp();
        let common = normal(range.gain);
        // Each axis also has half the deviation of its own.
        let gains = [(); CHANNELS].map(|()| (common + normal(range.gain / 2.0)).exp());
        Self {
            mirrored,
            rotation,
            speed,
            gains,
        }
    }

    /// The windows, of `frames` frames, with the change applied.
    pub fn apply(&self, windows: &Windows, frames: usize) -> Windows {
        let mut recorded = Windows::new(frames);
        for window in windows.iter() {
            let (rows, _) = window.as_chunks::<CHANNELS>();
            let turned: Vec<[f64; CHANNELS]> = rows.iter().map(|row| self.turn(row)).collect();
            let played: Vec<[f64; CHANNELS]> = (0..turned.len())
                .map(|at| at_speed(&turned, at, self.speed))
                .collect();
            let count = played.len().max(1) as f64;
            let mean: [f64; CHANNELS] =
                std::array::from_fn(|c| played.iter().map(|row| row[c]).sum::<f64>() / count);
            recorded.push(played.iter().flat_map(|row| {
                let scaled: [f32; CHANNELS] =
                    std::array::from_fn(|c| (mean[c] + (row[c] - mean[c]) * self.gains[c]) as f32);
                scaled
            }));
        }
        recorded
    }

    /// Mirrors a frame left to right if the change does, then rotates it.
    fn turn(&self, row: &[f32; CHANNELS]) -> [f64; CHANNELS] {
        let mut v = row.map(f64::from);
        if self.mirrored {
            // An angular rate is an axial vector: its other two components change sign.
            for axis in [0, 4, 5] {
                v[axis] = -v[axis];
            }
        }
        std::array::from_fn(|c| {
            let (line, of) = (&self.rotation[c % 3], c / 3 * 3);
            (0..3).map(|k| line[k] * v[of + k]).sum()
        })
    }
}

/// The frame at `at` of the window played at `speed` times its speed about its middle,
/// reflected at the ends.
fn at_speed(rows: &[[f64; CHANNELS]], at: usize, speed: f64) -> [f64; CHANNELS] {
    let last = rows.len().saturating_sub(1) as f64;
    let middle = last / 2.0;
    let t = ((at as f64 - middle) * speed + middle).abs();
    let t = if t > last {
        (2.0 * last - t).max(0.0)
    } else {
        t
    };
    let before = (t as usize).min(rows.len().saturating_sub(2));
    let part = t - before as f64;
    let next = (before + 1).min(rows.len() - 1);
    std::array::from_fn(|c| rows[before][c] * (1.0 - part) + rows[next][c] * part)
}

/// Rotation matrix of a rotation vector, rad, by Rodrigues' formula.
fn rotation(vector: [f64; 3]) -> [[f64; 3]; 3] {
    let angle = vector.iter().map(|v| v * v).sum::<f64>().sqrt().max(1e-9);
    let [x, y, z] = vector.map(|v| v / angle);
    let (sine, versine) = (angle.sin(), 1.0 - angle.cos());
    let cross = [[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]];
    std::array::from_fn(|i| {
        std::array::from_fn(|j| {
            let square: f64 = (0..3).map(|k| cross[i][k] * cross[k][j]).sum();
            f64::from(u8::from(i == j)) + sine * cross[i][j] + versine * square
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    fn windows() -> Windows {
        let mut windows = Windows::new(8);
        windows.push((0..8).flat_map(|t| [0.1 * t as f32, 9.8, 0.2, 0.3, -0.1 * t as f32, 0.0]));
        windows
    }

    #[test]
    fn no_change_changes_nothing() {
        let still = AugmentationRange {
            mirror: 0.0,
            angle: 0.0,
            speed: 0.0,
            gain: 0.0,
        };
        let same = Augmentation::draw(still, &mut ChaCha8Rng::seed_from_u64(1));
        let recorded = same.apply(&windows(), 8);
        let pairs = recorded
            .iter()
            .flatten()
            .zip(windows().iter().flatten().copied().collect::<Vec<_>>());
        for (a, b) in pairs {
            assert!((a - b).abs() < 1e-5);
        }
    }

    #[test]
    fn gravity_keeps_its_length_and_the_seed_decides() {
        let draw = |seed| Augmentation::draw(OTHER_PERSON, &mut ChaCha8Rng::seed_from_u64(seed));
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
        let mut level = Windows::new(2);
        level.push([0.0, 9.8, 0.0, 0.0, 0.0, 0.0, 0.0, 9.8, 0.0, 0.0, 0.0, 0.0]);
        let recorded = draw(3).apply(&level, 2);
        let row = recorded.iter().next().unwrap();
        let length = row[..3].iter().map(|v| v * v).sum::<f32>().sqrt();
        assert!((length - 9.8).abs() < 1e-3, "{length}");
    }
}
