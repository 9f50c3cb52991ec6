//! A graph run whole by tract, for each window.

use tract_onnx::prelude::*;

use super::{Bundle, budget};
use crate::motion::{CHANNELS, Channels};

/// The whole graph of a bundle.
pub(super) struct WholeGraph {
    state: TypedSimpleState,
    channels: Channels,
}

impl WholeGraph {
    /// Loads and optimises the graph. Fails if it exceeds the budget, or if tract cannot run it;
    /// tract may panic as well.
    pub(super) fn of(bundle: &Bundle) -> Result<Self, String> {
        let frames = bundle.manifest().input.frames;
        let one_line = |e: TractError| format!("{e:#}").replace('\n', " ");
        let parse = || -> TractResult<InferenceModel> {
            let shape = [1, frames, bundle.channels().count()];
            let parsed = tract_onnx::onnx().parse(bundle.graph(), None)?;
            parsed.model.with_input_fact(0, f32::fact(shape).into())
        };
        let build = |model: InferenceModel| -> TractResult<TypedSimpleState> {
            model.into_optimized()?.into_runnable()?.spawn()
        };
        let mut model = parse().map_err(one_line)?;
        budget::hold(&mut model, bundle.graph())?;
        Ok(Self {
            state: build(model).map_err(one_line)?,
            channels: bundle.channels(),
        })
    }

    /// Embeds a window of frames × 6. Copies the values of its channels once, into the tensor
    /// that tract takes ownership of (12 kB of both sensors).
    pub(super) fn embed(&mut self, window: &[f32]) -> TractResult<TValue> {
        let (frames, _) = window.as_chunks::<CHANNELS>();
        let count = self.channels.count();
        let taken = frames.iter().flat_map(|frame| &frame[..count]);
        let input = tract_ndarray::Array1::from_iter(taken.copied()).into_shape_with_order((
            1,
            frames.len(),
            count,
        ))?;
        let mut output = self.state.run(tvec!(Tensor::from(input).into_tvalue()))?;
        Ok(output.swap_remove(0))
    }
}
