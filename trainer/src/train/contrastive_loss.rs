//! The contrastive loss of a pair of embeddings.
//!
//! y·d² + (1 − y)·max(margin − d, 0)², d the Euclidean distance, y = 1 for two
//! windows of one person. Hadsell, Chopra and LeCun 2006,
//! <https://doi.org/10.1109/CVPR.2006.100>

use burn::tensor::Tensor;

/// Least squared distance: the gradient of the root is infinite at 0.
const LEAST_SQUARE: f32 = 1e-12;

/// Euclidean distances of the rows of two `batch × embedding` tensors.
pub fn distances(first: Tensor<2>, second: Tensor<2>) -> Tensor<1> {
    (first - second)
        .powi_scalar(2)
        .sum_dim(1)
        .squeeze_dim::<1>(1)
        .clamp_min(LEAST_SQUARE)
        .sqrt()
}

/// Mean loss of pairs at these distances; `same` is y, 1 for genuine pairs.
pub fn loss(distances: Tensor<1>, same: Tensor<1>, margin: f32) -> Tensor<1> {
    let pull = same.clone() * distances.clone().powi_scalar(2);
    let short = (distances.neg() + margin).clamp_min(0.0);
    let push = (same.neg() + 1.0) * short.powi_scalar(2);
    (pull + push).mean()
}

/// Mean loss of pairs given as (distance, genuine), without tensors; 0 without pairs.
pub fn mean_loss(pairs: impl IntoIterator<Item = (f32, bool)>, margin: f32) -> f64 {
    let (mut sum, mut count) = (0.0, 0usize);
    for (distance, same) in pairs {
        let (distance, margin) = (f64::from(distance), f64::from(margin));
        let off = if same {
            distance
        } else {
            (margin - distance).max(0.0)
        };
        sum += off * off;
        count += 1;
    }
    sum / count.max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::Device;

    #[test]
    fn each_kind_of_pair_is_charged_for_its_own_fault() {
        let device = Device::flex();
        let pairs = [(0.5, true), (0.25, false), (3.0, false)];
        let distances = Tensor::<1>::from_data([0.5f32, 0.25, 3.0], &device);
        let same = Tensor::<1>::from_data([1.0f32, 0.0, 0.0], &device);
        let expected = (0.25 + 0.5625 + 0.0) / 3.0;
        let by_tensor: f32 = loss(distances, same, 1.0).into_scalar();
        assert!((by_tensor - expected as f32).abs() < 1e-6, "{by_tensor}");
        assert!((mean_loss(pairs, 1.0) - expected).abs() < 1e-12);
    }

    #[test]
    fn equal_windows_leave_the_gradient_finite() {
        let device = Device::flex().autodiff();
        let first = Tensor::<2>::from_data([[1.0f32, 2.0]], &device).require_grad();
        let second = Tensor::<2>::from_data([[1.0f32, 2.0]], &device);
        let impostor = Tensor::<1>::from_data([0.0f32], &device);
        let loss = loss(distances(first.clone(), second), impostor, 1.0);
        let gradient = first.grad(&loss.backward()).expect("a gradient");
        let values: Vec<f32> = gradient.into_data().iter::<f32>().collect();
        assert!(values.iter().all(|value| value.is_finite()), "{values:?}");
    }
}
