//! Dot products of embeddings, in double precision.

/// Partial sums kept side by side: one sum alone waits for each addition.
const LANES: usize = 8;

/// Σ aᵢ·bᵢ over the length of the shorter.
pub(super) fn dot_product(a: &[f32], b: &[f32]) -> f64 {
    let length = a.len().min(b.len());
    let (a, a_rest) = a[..length].as_chunks::<LANES>();
    let (b, b_rest) = b[..length].as_chunks::<LANES>();
    let mut lanes = [0.0; LANES];
    for (a, b) in a.iter().zip(b) {
        lanes = std::array::from_fn(|i| lanes[i] + f64::from(a[i]) * f64::from(b[i]));
    }
    let rest = a_rest.iter().zip(b_rest);
    let rest: f64 = rest.map(|(&a, &b)| f64::from(a) * f64::from(b)).sum();
    lanes.iter().sum::<f64>() + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_is_summed_whole() {
        for length in 0..40 {
            let a: Vec<f32> = (0..length).map(|at| at as f32).collect();
            let expected: usize = (0..length).map(|at| at * at).sum();
            assert_eq!(dot_product(&a, &a), expected as f64);
        }
        assert_eq!(dot_product(&[1.0, 2.0], &[3.0]), 3.0);
    }
}
