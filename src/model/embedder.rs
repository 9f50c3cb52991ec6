//! Windows to embeddings: runs one branch of the Siamese network, whole or, where graspd knows
//! how, hop by hop.

use ndarray::{ArrayView1, Ix1};
use thiserror::Error;
use tract_onnx::prelude::{Datum, TValue};

use super::catch_panic::catch_panic;
use super::chain::Chain;
use super::spectral::{self, Spectral};
use super::whole_graph::WholeGraph;
use super::{Bundle, ModelError, ModelId};
use crate::motion::window::Window;
use crate::motion::{CHANNELS, Channels, DEFAULT_HOP, FrameIndex};

/// A loaded model, for use on one thread.
pub struct Embedder {
    engine: Engine,
    /// Newest frame of the window before.
    before: Option<FrameIndex>,
    channels: Channels,
    frames: usize,
    length: usize,
    hop_multiple: usize,
    id: ModelId,
}

enum Engine {
    /// The whole graph for each window.
    Whole(WholeGraph),
    /// What is new in each window, by the graph's own nodes.
    Chain(Box<Chain>),
    /// The same, without tract.
    Spectral(Box<Spectral>),
}

/// The network's output for a window.
pub struct Embedding<'a>(Numbers<'a>);

enum Numbers<'a> {
    Tracts(TValue),
    Ours(&'a [f32]),
}

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
    /// Loads a bundle's model, as [`Embedder::for_hop`] does for the usual hop.
    pub fn new(bundle: &Bundle) -> Result<Self, ModelError> {
        Self::for_hop(bundle, DEFAULT_HOP)
    }

    /// Loads a bundle's model. A graph that graspd can compute hop by hop is computed so, at
    /// least at hops of `hop` frames; any other as by [`Embedder::of_whole_graph`].
    pub fn for_hop(bundle: &Bundle, hop: usize) -> Result<Self, ModelError> {
        if let Some(spectral) = spectral(bundle) {
            return Self::with(Engine::Spectral(Box::new(spectral)), bundle)
                .map_err(|why| bundle.refuse_graph(why));
        }
        let mut embedder = Self::of_whole_graph(bundle)?;
        if let Some(chain) = Chain::of(bundle, hop) {
            embedder.engine = Engine::Chain(Box::new(chain));
        }
        Ok(embedder)
    }

    /// Loads and optimises the whole graph of a bundle with tract, to run it for each window:
    /// the reference that computing it hop by hop is tested against. Fails if it exceeds the
    /// budget, or if tract cannot run it.
    pub fn of_whole_graph(bundle: &Bundle) -> Result<Self, ModelError> {
        let start = || Self::with(Engine::Whole(WholeGraph::of(bundle)?), bundle);
        // A well-formed graph that is invalid all the same (a kernel larger than its
        // input, say) can make tract panic.
        catch_panic(start)
            .unwrap_or_else(|| Err("tract cannot make sense of it".into()))
            .map_err(|why| bundle.refuse_graph(why))
    }

    /// Fails if the engine cannot embed a window of zeros.
    fn with(engine: Engine, bundle: &Bundle) -> Result<Self, String> {
        let manifest = bundle.manifest();
        let mut embedder = Self {
            engine,
            before: None,
            channels: bundle.channels(),
            frames: manifest.input.frames,
            length: manifest.output.embedding,
            hop_multiple: manifest.runtime.hop_multiple_of,
            id: bundle.id(),
        };
        let zeros = vec![0.0; embedder.frames * CHANNELS];
        let probe = embedder.run(&zeros, None).map_err(|e| e.to_string())?;
        if !probe.view().iter().all(|v| v.is_finite()) {
            return Err("gives no finite numbers for a window of zeros".into());
        }
        Ok(embedder)
    }

    /// Whether it computes only what is new in each window.
    pub fn is_streaming(&self) -> bool {
        !matches!(self.engine, Engine::Whole(_))
    }

    /// The sensors that it takes. What a window holds of others is not looked at.
    pub fn channels(&self) -> Channels {
        self.channels
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

    /// Embeds a window. The result depends on the window alone, not on those before it.
    pub fn embed(&mut self, window: &Window<'_>) -> Result<Embedding<'_>, EmbedError> {
        match window.frames.as_slice() {
            Some(values) if window.frames.nrows() == self.frames => {
                let before = self.before.replace(window.end);
                let hop = before.and_then(|before| window.end.frames_after(before));
                self.run(values, hop)
            }
            _ => Err(EmbedError::Length {
                expected: self.frames,
                found: window.frames.nrows(),
            }),
        }
    }

    /// Embeds a window that ends `hop` frames after the one before, if it follows it.
    fn run(&mut self, values: &[f32], hop: Option<usize>) -> Result<Embedding<'_>, EmbedError> {
        let output = match &mut self.engine {
            Engine::Spectral(spectral) => {
                return Ok(Embedding(Numbers::Ours(spectral.embed(values, hop))));
            }
            Engine::Chain(chain) => chain.embed(values, hop),
            Engine::Whole(whole) => whole.embed(values),
        };
        let output = output.map_err(|e| EmbedError::Run(format!("{e:#}").replace('\n', " ")))?;
        if output.shape() != [1, self.length] || output.datum_type() != f32::datum_type() {
            return Err(EmbedError::Run(format!("its output is {output:?}")));
        }
        Ok(Embedding(Numbers::Tracts(output)))
    }
}

/// The branch of the shipped models, if the bundle's graph is it.
fn spectral(bundle: &Bundle) -> Option<Spectral> {
    let manifest = bundle.manifest();
    // What a manifest says of other shapes is tract's to refuse.
    let fits = manifest.input.frames == spectral::FRAMES
        && manifest.output.embedding == spectral::length(bundle.channels());
    let graph = bundle.graph().graph.as_ref().filter(|_| fits);
    graph.and_then(|graph| Spectral::of(graph, bundle.channels()))
}

impl Embedding<'_> {
    /// The numbers, borrowed.
    pub fn view(&self) -> ArrayView1<'_, f32> {
        let output = match &self.0 {
            Numbers::Tracts(output) => output,
            Numbers::Ours(numbers) => return ArrayView1::from(*numbers),
        };
        // `run` has checked type and shape, so the fallback is never taken.
        output
            .to_plain_array_view::<f32>()
            .ok()
            .and_then(|all| all.into_shape_with_order(output.len()).ok())
            .and_then(|flat| flat.into_dimensionality::<Ix1>().ok())
            .unwrap_or_else(|| ArrayView1::from(&[]))
    }
}
