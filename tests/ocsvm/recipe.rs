//! The inputs of the golden cases, as tests/reference/ocsvm.py draws them.

use ndarray::Array2;

/// Rows of sums of four uniform numbers in [0, 1), less 2, times 2^`exponent`:
/// multiples of 2^(`exponent` − 20) that f32 holds exactly.
pub fn draw(seed: u64, rows: usize, columns: usize, exponent: i32) -> Array2<f32> {
    let mut state = seed;
    let mut uniform = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 44) as f64
    };
    Array2::from_shape_simple_fn((rows, columns), || {
        let total = uniform() + uniform() + uniform() + uniform();
        ((total / f64::from(1 << 20) - 2.0) * 2f64.powi(exponent)) as f32
    })
}
