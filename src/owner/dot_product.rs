//! Dot products in double precision.

/// Partial sums kept side by side: one sum alone waits for each addition.
const LANES: usize = 8;

/// Σ aᵢ·bᵢ over the length of the shorter.
pub(super) fn dot_product<A, B>(a: &[A], b: &[B]) -> f64
where
    A: Copy + Into<f64>,
    B: Copy + Into<f64>,
{
    let length = a.len().min(b.len());
    let (a, a_rest) = a[..length].as_chunks::<LANES>();
    let (b, b_rest) = b[..length].as_chunks::<LANES>();
    let product = |a: A, b: B| a.into() * b.into();
    let mut lanes = [0.0; LANES];
    for (a, b) in a.iter().zip(b) {
        for (i, lane) in lanes.iter_mut().enumerate() {
            *lane += product(a[i], b[i]);
        }
    }
    let (a_half, a_rest) = a_rest.as_chunks::<{ LANES / 2 }>();
    let (b_half, b_rest) = b_rest.as_chunks::<{ LANES / 2 }>();
    let mut halves = [0.0; LANES / 2];
    for (i, half) in halves.iter_mut().enumerate() {
        *half = lanes[i] + lanes[i + LANES / 2];
    }
    for (a, b) in a_half.iter().zip(b_half) {
        for (i, half) in halves.iter_mut().enumerate() {
            *half += product(a[i], b[i]);
        }
    }
    for (half, (&a, &b)) in halves.iter_mut().zip(a_rest.iter().zip(b_rest)) {
        *half += product(a, b);
    }
    (halves[0] + halves[2]) + (halves[1] + halves[3])
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
        assert_eq!(dot_product(&[1.0f32, 2.0], &[3.0f64]), 3.0);
    }
}
