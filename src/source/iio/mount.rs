//! Mount matrices: the orientation of a sensor in the device.
//! <https://docs.kernel.org/devicetree/bindings/iio/mount-matrix.txt>

use std::fmt;
use std::str::FromStr;

use thiserror::Error;

/// Converts the sensor's axes to the device's: `x y z` of the device are the rows times
/// the `x y z` of the sensor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MountMatrix([[f64; 3]; 3]);

impl MountMatrix {
    /// A sensor whose axes are the device's.
    pub(super) const IDENTITY: Self = Self([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);

    pub(super) fn apply(&self, v: [f64; 3]) -> [f64; 3] {
        self.0
            .map(|row| row.iter().zip(v).map(|(m, v)| m * v).sum())
    }
}

impl fmt::Display for MountMatrix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [x, y, z] = self.0.map(|[a, b, c]| format!("{a}, {b}, {c}"));
        write!(f, "{x}; {y}; {z}")
    }
}

/// Why a text is not a mount matrix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MatrixError {
    /// It does not have three rows of three numbers.
    #[error("it is not three rows, separated by semicolons, of three numbers, separated by commas")]
    Form,
    /// This row is all zeros: no motion would show on this axis.
    #[error("its row {0} is all zeros")]
    ZeroRow(usize),
    /// These two rows are equal: two axes would show the same motion.
    #[error("its rows {0} and {1} say the same")]
    SameRow(usize, usize),
    /// The rows are not of length 1 and perpendicular to one another.
    #[error("it would stretch or skew what is measured")]
    Skewed,
}

/// Largest deviation of the rows' scalar products from those of a rotation. Device
/// trees round the numbers, some to one decimal.
const TOLERANCE: f64 = 0.1;

impl FromStr for MountMatrix {
    type Err = MatrixError;

    /// Rows end in semicolons, numbers in commas, as the kernel writes them; the last
    /// semicolon may be missing, and blanks may stand for commas. Reflections are
    /// accepted, because most matrices in udev's database are.
    fn from_str(text: &str) -> Result<Self, MatrixError> {
        let text = text.trim_matches(|c: char| c == '\0' || c.is_whitespace());
        let text = text.strip_suffix(';').unwrap_or(text);
        let mut rows = text.split(';').map(row);
        let mut next = || rows.next().unwrap_or(Err(MatrixError::Form));
        let matrix = Self([next()?, next()?, next()?]);
        if rows.next().is_some() {
            return Err(MatrixError::Form);
        }
        matrix.check().map(|()| matrix)
    }
}

fn row(text: &str) -> Result<[f64; 3], MatrixError> {
    let number = |word: &str| word.trim().parse().map_err(|_| MatrixError::Form);
    let numbers: Result<Vec<f64>, _> = if text.contains(',') {
        text.split(',').map(number).collect()
    } else {
        text.split_whitespace().map(number).collect()
    };
    let row: [f64; 3] = numbers?.try_into().map_err(|_| MatrixError::Form)?;
    let finite = row.iter().all(|number| number.is_finite());
    finite.then_some(row).ok_or(MatrixError::Form)
}

impl MountMatrix {
    fn check(&self) -> Result<(), MatrixError> {
        let product = |i: usize, j: usize| -> f64 {
            self.0[i].iter().zip(self.0[j]).map(|(a, b)| a * b).sum()
        };
        if let Some(zero) = (0..3).find(|&i| product(i, i) < TOLERANCE * TOLERANCE) {
            return Err(MatrixError::ZeroRow(zero + 1));
        }
        for (i, j) in [(0, 1), (0, 2), (1, 2)] {
            if self.0[i] == self.0[j] {
                return Err(MatrixError::SameRow(i + 1, j + 1));
            }
        }
        let is_near = |i, j| (product(i, j) - f64::from(u8::from(i == j))).abs() <= TOLERANCE;
        let all = (0..3).all(|i| (i..3).all(|j| is_near(i, j)));
        all.then_some(()).ok_or(MatrixError::Skewed)
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
        for spelling in [
            "0,1,0;-1.0,0,0;0,0,1.000",
            "0, 1, 0; -1, 0, 0; 0, 0, 1;",
            " 0, 1, 0; -1, 0, 0; 0, 0, 1 ; \n\0",
            "-0 1 0; -1 0 0; 0 0 1",
        ] {
            let matrix: MountMatrix = spelling.parse().unwrap();
            assert_eq!(
                matrix.apply([1.0, 2.0, 3.0]),
                [2.0, -1.0, 3.0],
                "{spelling}"
            );
        }
        assert_eq!(matrix.to_string(), "0, 1, 0; -1, 0, 0; 0, 0, 1");
    }

    #[test]
    fn mirrors_and_rounded_turns_are_mount_matrices() {
        for text in [
            "0, -1, 0; -1, 0, 0; 0, 0, 1",
            "-1, 0, 0; 0, -1, 0; 0, 0, -1",
            "0.7, -0.7, 0; 0.7, 0.7, 0; 0, 0, 1",
            "-0.984807753012208, 0, -0.173648177666930; 0, -1, 0; -0.173648177666930, 0, 0.984807753012208",
        ] {
            assert!(text.parse::<MountMatrix>().is_ok(), "{text}");
        }
    }

    #[test]
    fn what_is_no_mount_matrix_is_refused_with_the_reason() {
        use MatrixError::{Form, SameRow, Skewed, ZeroRow};
        for (text, why) in [
            ("", Form),
            (";", Form),
            ("1", Form),
            ("1,0,0;0,1,0", Form),
            ("1,0,0;0,1,0;", Form),
            ("1,0,0;0,1,0;0,0,1;;", Form),
            ("1,0,0;0,1,0;0,0,1;0,0,0", Form),
            ("1,0;0,1,0;0,0,1", Form),
            ("1,0,0,;0,1,0;0,0,1", Form),
            ("1,0,0,0,1,0,0,0,1", Form),
            (
                "\"0\",\"1\",\"0\";\"-1\",\"0\",\"0\";\"0\",\"0\",\"1\"",
                Form,
            ),
            ("1.0,0,0;0,1,0;0,0,(null)", Form),
            ("NaN,0,0;0,1,0;0,0,1", Form),
            ("inf,0,0;0,1,0;0,0,1", Form),
            ("0,0,0;0,0,0;0,0,0", ZeroRow(1)),
            ("1,0,0;0,1,0;0,0,0", ZeroRow(3)),
            // Both are in systemd's hwdb.
            ("1, 0, 0; 0, -1, 0; 1, 0, 0", SameRow(1, 3)),
            ("0,1,0;-1,0,0;-1,0,0", SameRow(2, 3)),
            ("1,0,0;0,1,0;0,-1,0", Skewed),
            ("1e300,0,0;0,1e300,0;0,0,1", Skewed),
            ("2,0,0;0,2,0;0,0,2", Skewed),
            ("2,0,0;0,0.5,0;0,0,1", Skewed),
            ("1,0.5,0;0,1,0;0,0,1", Skewed),
        ] {
            assert_eq!(text.parse::<MountMatrix>(), Err(why), "{text}");
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
        fn no_text_panics(text in "[-0-9.,;e ]{0,40}|\\PC{0,40}") {
            let _ = text.parse::<MountMatrix>();
        }

        #[test]
        fn what_is_written_is_read_again(angle in -3.2f64..3.2, mirror: bool, end in "[ ;]?[\n\0]{0,2}") {
            let (s, c) = angle.sin_cos();
            let z = if mirror { -1 } else { 1 };
            let matrix: MountMatrix = format!("{c}, 0, {}; 0, {z}, 0; {s}, 0, {c}", -s).parse().unwrap();
            prop_assert_eq!(format!("{matrix}{end}").parse(), Ok(matrix));
        }

        #[test]
        fn whatever_is_accepted_nearly_keeps_lengths(
            angle in -3.2f64..3.2, noise in prop::array::uniform9(-0.1f64..0.1),
            v in prop::array::uniform3(-20f64..20.0)
        ) {
            let (s, c) = angle.sin_cos();
            let mut numbers = [c, -s, 0.0, s, c, 0.0, 0.0, 0.0, 1.0];
            numbers.iter_mut().zip(noise).for_each(|(number, noise)| *number += noise);
            let [a, b, c, d, e, f, g, h, i] = numbers;
            let text = format!("{a}, {b}, {c}; {d}, {e}, {f}; {g}, {h}, {i}");
            if let Ok(matrix) = text.parse::<MountMatrix>() {
                let length = |v: [f64; 3]| v.iter().map(|x| x * x).sum::<f64>().sqrt();
                // Each of the three rows may be off by the tolerance.
                prop_assert!((length(matrix.apply(v)) - length(v)).abs() <= 0.3 * length(v) + 1e-9);
            }
        }
    }
}
