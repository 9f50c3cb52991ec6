//! Windows to embeddings: runs one branch of the Siamese network with tract.

use ndarray::{ArrayView1, Ix1};
use thiserror::Error;
use tract_onnx::prelude::*;

use super::catch_panic::catch_panic;
use super::{Bundle, ModelError, ModelId, budget};
use crate::motion::CHANNELS;
use crate::motion::window::Window;

/// A loaded model, for use on one thread.
pub struct Embedder {
    state: TypedSimpleState,
    frames: usize,
    length: usize,
    hop_multiple: usize,
    id: ModelId,
}

/// The network's output for a window.
pub struct Embedding(TValue);

/// Why a window cannot be embedded.
#[derive(Debug, Error)]
pub enum EmbedError {
    /// The window has another length than the model's input.
    #[error("the model takes windows of {expected} frames, this one has {found}")]
    Length {
        /// Frames that the model takes.
        expected: usize,
        /// Frames of the window.
        found: usize,
    },
    /// tract reported an error.
    #[error("the model cannot be run: {0}")]
    Run(String),
}

impl Embedder {
    /// Loads and optimises the graph of a bundle. Fails if it exceeds the budget, or if
    /// tract cannot run it.
    pub fn new(bundle: &Bundle) -> Result<Self, ModelError> {
        let manifest = bundle.manifest();
        let (frames, length) = (manifest.input.frames, manifest.output.embedding);
        let one_line = |e: TractError| format!("{e:#}").replace('\n', " ");
        let parse = || -> TractResult<InferenceModel> {
            let shape = [1, frames, CHANNELS];
            let parsed = tract_onnx::onnx().parse(bundle.graph(), None)?;
            parsed.model.with_input_fact(0, f32::fact(shape).into())
        };
        let build = |model: InferenceModel| -> TractResult<TypedSimpleState> {
            model.into_optimized()?.into_runnable()?.spawn()
        };
        let start = || -> Result<Self, String> {
            let mut model = parse().map_err(one_line)?;
            budget::hold(&mut model, bundle.graph())?;
            let state = build(model).map_err(one_line)?;
            let mut embedder = Self {
                state,
                frames,
                length,
                hop_multiple: manifest.runtime.hop_multiple_of,
                id: bundle.id(),
            };
            let zeros = vec![0.0; frames * CHANNELS];
            let probe = embedder.run(&zeros).map_err(|e| e.to_string())?;
            if !probe.view().iter().all(|v| v.is_finite()) {
                return Err("gives no finite numbers for a window of zeros".into());
            }
            Ok(embedder)
        };
        // A well-formed graph that is invalid all the same (a kernel larger than its
        // input, say) can make tract panic.
        catch_panic(start)
            .unwrap_or_else(|| Err("tract cannot make sense of it".into()))
            .map_err(|why| bundle.refuse_graph(why))
    }

    /// Frames of a window.
    pub fn frames(&self) -> usize {
        self.frames
    }

    /// Length of an embedding.
    pub fn embedding_len(&self) -> usize {
        self.length
    }

    /// The hop must be a multiple of this many frames.
    pub fn hop_multiple(&self) -> usize {
        self.hop_multiple
    }

    /// Identity of the model.
    pub fn id(&self) -> ModelId {
        self.id
    }

    /// Embeds a window.
    pub fn embed(&mut self, window: &Window<'_>) -> Result<Embedding, EmbedError> {
        match window.frames.as_slice() {
            Some(values) if window.frames.nrows() == self.frames => self.run(values),
            _ => Err(EmbedError::Length {
                expected: self.frames,
                found: window.frames.nrows(),
            }),
        }
    }

    /// Copies the values once, into the tensor that tract takes ownership of (12 kB).
    fn run(&mut self, values: &[f32]) -> Result<Embedding, EmbedError> {
        let failed = |e: TractError| EmbedError::Run(format!("{e:#}").replace('\n', " "));
        let shape = [1, self.frames, CHANNELS];
        let input = Tensor::from_shape(&shape, values).map_err(failed)?;
        let output = self
            .state
            .run(tvec!(input.into_tvalue()))
            .map_err(failed)?
            .swap_remove(0);
        if output.shape() != [1, self.length] || output.datum_type() != f32::datum_type() {
            return Err(EmbedError::Run(format!("its output is {output:?}")));
        }
        Ok(Embedding(output))
    }
}

impl Embedding {
    /// The numbers, borrowed from tract's output.
    pub fn view(&self) -> ArrayView1<'_, f32> {
        // `Embedder::run` has checked type and shape, so the fallback is never taken.
        self.0
            .to_plain_array_view::<f32>()
            .ok()
            .and_then(|all| all.into_shape_with_order(self.0.len()).ok())
            .and_then(|flat| flat.into_dimensionality::<Ix1>().ok())
            .unwrap_or_else(|| ArrayView1::from(&[]))
    }
}
