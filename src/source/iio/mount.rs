//! How a sensor sits in the device.
//! <https://docs.kernel.org/devicetree/bindings/iio/mount-matrix.txt>

use std::fmt;
use std::str::FromStr;

/// Turns the sensor's axes into the device's: `x y z` of the device are the
/// rows times the `x y z` of the sensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MountMatrix([[f64; 3]; 3]);

impl MountMatrix {
    /// A sensor that sits as the device does.
    pub(super) const IDENTITY: Self = Self([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);

    pub(super) fn apply(&self, v: [f64; 3]) -> [f64; 3] {
        self.0
            .map(|row| row.iter().zip(v).map(|(m, v)| m * v).sum())
    }

    fn determinant(&self) -> f64 {
        let [[a, b, c], [d, e, f], [g, h, i]] = self.0;
        a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    }
}

impl fmt::Display for MountMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [x, y, z] = self.0.map(|[a, b, c]| format!("{a}, {b}, {c}"));
        write!(f, "{x}; {y}; {z}")
    }
}

impl FromStr for MountMatrix {
    type Err = ();

    /// Rows end in semicolons, numbers in commas. What would stretch or
    /// flatten the world is no mount matrix.
    fn from_str(text: &str) -> Result<Self, ()> {
        fn three<T>(mut parts: impl Iterator<Item = Result<T, ()>>) -> Result<[T; 3], ()> {
            let mut next = || parts.next().unwrap_or(Err(()));
            let found = [next()?, next()?, next()?];
            parts.next().is_none().then_some(found).ok_or(())
        }
        let number = |text: &str| text.trim().parse::<f64>().map_err(|_| ());
        let row = |text: &str| three(text.split(',').map(number));
        let matrix = Self(three(text.split(';').map(row))?);
        (0.9..1.1)
            .contains(&matrix.determinant().abs())
            .then_some(matrix)
            .ok_or(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_turned_sensor_is_turned_back() {
        let matrix: MountMatrix = "0, 1, 0; -1, 0, 0; 0, 0, 1".parse().unwrap();
        assert_eq!(matrix.apply([1.0, 2.0, 3.0]), [2.0, -1.0, 3.0]);
        let spaced: MountMatrix = "0,1,0;-1.0,0,0;0,0,1.000".parse().unwrap();
        assert_eq!(spaced, matrix);
        assert_eq!(matrix.to_string(), "0, 1, 0; -1, 0, 0; 0, 0, 1");
    }

    #[test]
    fn what_is_no_mount_matrix_is_refused() {
        for text in [
            "",
            "1",
            "1,0,0;0,1,0",
            "1,0,0;0,1,0;0,0,1;0,0,0",
            "1,0;0,1,0;0,0,1",
            "0,0,0;0,0,0;0,0,0",
            "NaN,0,0;0,1,0;0,0,1",
            "1e300,0,0;0,1e300,0;0,0,1",
            "2,0,0;0,2,0;0,0,2",
        ] {
            assert_eq!(text.parse::<MountMatrix>(), Err(()), "{text}");
        }
    }

    proptest! {
        #[test]
        fn turns_keep_lengths(angle in -3.2f64..3.2, v in prop::array::uniform3(-20f64..20.0)) {
            let (s, c) = angle.sin_cos();
            let matrix: MountMatrix = format!("{c}, {}, 0; {s}, {c}, 0; 0, 0, 1", -s).parse().unwrap();
            let length = |v: [f64; 3]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
            prop_assert!((length(matrix.apply(v)) - length(v)).abs() < 1e-9);
        }

        #[test]
        fn no_text_panics(text in "[-0-9.,;e ]{0,40}") {
            let _ = text.parse::<MountMatrix>();
        }
    }
}
