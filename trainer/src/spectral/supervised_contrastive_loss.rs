//! The supervised contrastive loss: of each window, the mean over the others of its person
//! of −ln of their share of the likeness to all others.
//!
//! Khosla et al. 2020, L_out, <https://arxiv.org/abs/2004.11362>

use burn::tensor::activation::log_softmax;
use burn::tensor::{Tensor, TensorData};

/// Likeness of a window to itself, which does not count.
const NONE: f32 = -1e9;

/// Mean loss of embeddings of unit length, `batch × embedding`, each of the person `labels`
/// says. Who is there only once costs nothing.
pub fn loss(embeddings: Tensor<2>, labels: &[usize], temperature: f32) -> Tensor<1> {
    let count = labels.len();
    let device = embeddings.device();
    let square = |value: &dyn Fn(usize, usize) -> f32| {
        let values = (0..count * count).map(|at| value(at / count, at % count));
        Tensor::<2>::from_data(TensorData::new(values.collect(), [count, count]), &device)
    };
    let others: Vec<f32> = (labels.iter())
        .map(|label| labels.iter().filter(|other| *other == label).count() as f32 - 1.0)
        .collect();
    let itself = square(&|row, column| if row == column { NONE } else { 0.0 });
    let wanted = square(&|row, column| {
        let same = row != column && labels[row] == labels[column];
        if same { 1.0 / others[row] } else { 0.0 }
    });
    let likeness = embeddings.clone().matmul(embeddings.transpose()) / temperature + itself;
    (log_softmax(likeness, 1) * wanted).sum().neg() / count.max(1) as f32
}

#[cfg(test)]
mod tests {
    use burn::tensor::Device;

    use super::*;

    fn of(embeddings: [[f32; 2]; 3], labels: [usize; 3]) -> f32 {
        let embeddings = Tensor::from_data(embeddings, &Device::flex());
        loss(embeddings, &labels, 0.5).into_scalar()
    }

    #[test]
    fn it_is_small_where_a_persons_windows_are_near_and_others_far() {
        // By hand: likeness / 0.5 is 2 to the same, 0 to the other.
        let share = 2f32.exp() / (2f32.exp() + 1.0);
        let near = of([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], [7, 7, 3]);
        assert!((near + 2.0 * share.ln() / 3.0).abs() < 1e-6, "{near}");
        let far = of([[1.0, 0.0], [0.0, 1.0], [1.0, 0.0]], [7, 7, 3]);
        assert!(far > near);
        assert_eq!(of([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]], [1, 2, 3]), 0.0);
    }
}
