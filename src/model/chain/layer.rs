//! A layer of a chain: operators, of which the first with a kernel may reach over neighbouring
//! frames.

use tract_onnx::pb::GraphProto;

use super::operator::{Operator, Value};
use super::pool::MaxPool;
use super::product::Product;
use super::reach::Reach;

/// Operators one after the other, at the end of which stand those that share no frames, or a
/// maximum.
pub(super) struct Layer {
    pub(super) input: Value,
    pub(super) operators: Vec<Operator>,
    /// Which of them is computed as a product.
    pub(super) product: Option<(usize, Product)>,
    /// The maximum that is taken of what they give.
    pub(super) pool: Option<MaxPool>,
    pub(super) output: Value,
    pub(super) reach: Reach,
}

impl Layer {
    /// One without operators.
    pub(super) fn of(input: Value) -> Self {
        Self {
            output: input.clone(),
            input,
            operators: Vec::new(),
            product: None,
            pool: None,
            reach: Reach::ONE,
        }
    }

    /// Whether it has a kernel that spans frames.
    pub(super) fn is_complete(&self) -> bool {
        self.reach.size > 1 || self.reach.stride > 1
    }

    /// Whether `next` begins another layer.
    pub(super) fn ends_before(&self, next: &Operator) -> bool {
        self.pool.is_some() || (self.is_complete() && next.reach.overlaps())
    }

    /// Appends an operator of `graph`. `None` if it reaches beyond any window.
    pub(super) fn push(&mut self, next: Operator, graph: &GraphProto) -> Option<()> {
        self.reach = self.reach.then(next.reach)?;
        let pool = MaxPool::of(&next, &self.output);
        if self.product.is_none() {
            let product = Product::of(&next, &self.output, graph);
            self.product = product.map(|product| (self.operators.len(), product));
        }
        self.output = next.output.clone();
        match pool.filter(|_| !self.operators.is_empty()) {
            Some(pool) => self.pool = Some(pool),
            None => self.operators.push(next),
        }
        Some(())
    }

    /// Nodes of the graph that it stands for.
    pub(super) fn nodes(&self) -> usize {
        self.operators.len() + usize::from(self.pool.is_some())
    }
}
