//! Rotations in space, as unit quaternions.

pub(super) type Vector = [f64; 3];

pub(super) fn add(a: Vector, b: Vector) -> Vector {
    [a[0] + b[0], a[1] + b[1], a[2] + b[2]]
}

pub(super) fn scaled(a: Vector, by: f64) -> Vector {
    a.map(|v| v * by)
}

pub(super) fn cross(a: Vector, b: Vector) -> Vector {
    [
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    ]
}

/// A rotation from device axes to world axes (x right, y ahead, z up, at heading zero).
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Rotation {
    w: f64,
    v: Vector,
}

impl Rotation {
    /// From a rotation vector: by its length, in radians, about its direction.
    pub(super) fn by(turn: Vector) -> Self {
        let angle = turn.iter().map(|v| v * v).sum::<f64>().sqrt();
        let half = angle / 2.0;
        // sin(x/2)/x near zero is 1/2.
        let by = if angle < 1e-12 {
            0.5
        } else {
            half.sin() / angle
        };
        Self {
            w: half.cos(),
            v: scaled(turn, by),
        }
    }

    /// Composition: `other` first, then this one.
    pub(super) fn after(self, other: Self) -> Self {
        let dot: f64 = self.v.iter().zip(other.v).map(|(a, b)| a * b).sum();
        let sides = add(scaled(other.v, self.w), scaled(self.v, other.w));
        Self {
            w: self.w * other.w - dot,
            v: add(sides, cross(self.v, other.v)),
        }
    }

    pub(super) fn inverse(self) -> Self {
        Self {
            w: self.w,
            v: scaled(self.v, -1.0),
        }
    }

    pub(super) fn apply(self, to: Vector) -> Vector {
        let t = scaled(cross(self.v, to), 2.0);
        add(add(to, scaled(t, self.w)), cross(self.v, t))
    }

    /// The rotation vector, of length at most π.
    pub(super) fn turn(self) -> Vector {
        let sine = self.v.iter().map(|v| v * v).sum::<f64>().sqrt();
        let (sine, sign) = if self.w < 0.0 {
            (sine, -1.0)
        } else {
            (sine, 1.0)
        };
        let by = if sine < 1e-12 {
            2.0
        } else {
            2.0 * sine.atan2(self.w.abs()) / sine
        };
        scaled(self.v, sign * by)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_compose_and_come_back() {
        let a = Rotation::by([0.3, -1.0, 0.4]);
        let b = Rotation::by([-0.7, 0.2, 0.9]);
        let x = [1.0, 2.0, 3.0];
        let [one, two] = [a.after(b).apply(x), a.apply(b.apply(x))];
        for k in 0..3 {
            assert!((one[k] - two[k]).abs() < 1e-12);
            assert!((a.turn()[k] - [0.3, -1.0, 0.4][k]).abs() < 1e-12);
            assert!((a.inverse().apply(a.apply(x))[k] - x[k]).abs() < 1e-12);
        }
    }

    #[test]
    fn a_phone_stood_upright_feels_gravity_along_y() {
        let upright = Rotation::by([std::f64::consts::FRAC_PI_2, 0.0, 0.0]);
        let felt = upright.inverse().apply([0.0, 0.0, 9.81]);
        assert!((felt[1] - 9.81).abs() < 1e-12 && felt[2].abs() < 1e-12);
    }
}
