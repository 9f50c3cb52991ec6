//! A graph that begins with layers along time, computed hop by hop.
//!
//! A convolution or a pooling gives a frame for every so many frames of its input, and each is
//! made of a few neighbours. At the usual hop of 96 frames four fifths of a window were in the
//! window before, so the middle of every layer's output is what it was then, a hop further on.
//! New are the last frames, and the first and last few, which padding has a part in. Each
//! layer's middle is kept ([`frames`]), and the layer is run on the two ends of its input joined
//! together ([`reach`]); what the graph does with the last layer's frames is run whole.
//!
//! Layers are run by tract, maxima here, because tract spends as much time on them as on the
//! products ([`pool`]).
//!
//! An embedding is a function of its window alone, and of the same bits as tract gives for the
//! whole graph. Frames are kept only while all frames that two windows share are the same bit
//! for bit. That tract rounds a frame alike wherever it stands in whatever length is not
//! promised by it, so it is tried for each model when it is loaded, on this processor, on
//! windows of noise; where one bit differs, the graph is run whole.

mod frames;
mod layer;
mod operator;
mod plan;
mod pool;
mod product;
mod reach;
mod recognise;
mod stage;

use tract_onnx::prelude::{TValue, TractResult};

use self::frames::Frames;
use self::layer::Layer;
use self::plan::Plan;
use self::pool::MaxPool;
use self::reach::{Clean, Splice};
use self::stage::Stage;
use super::Bundle;
use super::catch_panic::catch_panic;
use super::previous_window::PreviousWindow;
use super::whole_graph::WholeGraph;
use crate::motion::{CHANNELS, Channels};

/// The layers of a graph and what follows, with what they gave for the window before.
pub(super) struct Chain {
    previous: PreviousWindow,
    channels: Channels,
    /// Frames of the only hop at which anything is kept.
    hop: usize,
    window: Frames,
    layers: Vec<Running>,
    rest: Plan,
}

/// A layer, with its output.
struct Running {
    splice: Splice,
    whole: Stage,
    spliced: Stage,
    pool: Option<MaxPool>,
    output: Frames,
}

impl Chain {
    /// The graph of a bundle, for hops of `hop` frames; `None` if it begins with no layers, or
    /// if any bit differs from what the graph gives when tract runs it whole.
    pub(super) fn of(bundle: &Bundle, hop: usize) -> Option<Self> {
        let attempt = || {
            let mut chain = Self::build(bundle, hop)?;
            let mut whole = WholeGraph::of(bundle).ok()?;
            chain.agrees_with(&mut whole, bundle).then_some(chain)
        };
        catch_panic(attempt)?
    }

    fn build(bundle: &Bundle, hop: usize) -> Option<Self> {
        let (model, channels) = (bundle.graph(), bundle.channels());
        let frames = bundle.manifest().input.frames;
        let found = recognise::layers(model.graph.as_ref()?, [frames, channels.count()])?;
        let mut clean = Clean {
            frames: 0..frames,
            hop,
        };
        let window = Frames::of(&found.layers.first()?.input);
        let end = found.layers.last()?.output.clone();
        let mut layers = Vec::with_capacity(found.layers.len());
        for layer in found.layers {
            let splice;
            (clean, splice) = clean.through(layer.reach)?;
            layers.push(Running::of(layer, splice, bundle)?);
        }
        Some(Self {
            previous: PreviousWindow::with_capacity(frames),
            channels,
            hop,
            window,
            layers,
            rest: Plan::of(model, (&end.name, &end.shape), found.rest, Vec::new())?,
        })
    }

    /// Embeds a window of frames × 6, which begins `hop` frames after the one before (`None`
    /// if it does not follow it).
    pub(super) fn embed(&mut self, window: &[f32], hop: Option<usize>) -> TractResult<TValue> {
        let continues = hop == Some(self.hop) && self.previous.continues_in(window, self.hop);
        // What the layers hold is of no window until all of them have run.
        self.previous.forget();
        let taken = self.channels.count();
        let (frames, _) = window.as_chunks::<CHANNELS>();
        for (to, frame) in self.window.all_mut().chunks_exact_mut(taken).zip(frames) {
            to.copy_from_slice(&frame[..taken]);
        }
        let mut input = &self.window;
        for layer in &mut self.layers {
            match continues {
                true => layer.advance(input)?,
                false => layer.begin(input)?,
            }
            input = &layer.output;
        }
        let embedding = self.rest.run(|to| to.copy_from_slice(input.all()))?;
        self.previous.replace(window);
        Ok(embedding)
    }

    /// Whether every layer gives the same bits hop by hop as at once, and all together those
    /// that tract gives for the whole graph: for windows of noise.
    fn agrees_with(&mut self, whole: &mut WholeGraph, bundle: &Bundle) -> bool {
        let frames = bundle.manifest().input.frames;
        let noise = noise((frames + 2 * self.hop) * CHANNELS);
        (0..3).all(|at| {
            let window = &noise[at * self.hop * CHANNELS..][..frames * CHANNELS];
            let by_hop = self.embed(window, Some(self.hop)).ok();
            let after_hop = self.bits();
            let at_once = self.embed(window, None).ok();
            let in_tract = whole.embed(window).ok();
            let same =
                |a: &TValue, b: &TValue| a.shape() == b.shape() && a.as_bytes() == b.as_bytes();
            after_hop == self.bits()
                && by_hop
                    .zip(at_once)
                    .zip(in_tract)
                    .is_some_and(|((a, b), c)| same(&a, &b) && same(&b, &c))
        })
    }

    /// What the layers gave last.
    fn bits(&self) -> Vec<u32> {
        let numbers = self.layers.iter().flat_map(|layer| layer.output.all());
        numbers.map(|number| number.to_bits()).collect()
    }
}

impl Running {
    fn of(layer: Layer, splice: Splice, bundle: &Bundle) -> Option<Self> {
        let frames = layer.input.frames();
        let joined = splice.head + frames - splice.tail;
        let stage = |frames: usize| Stage::of(bundle.graph(), &layer, frames);
        Some(Self {
            whole: stage(frames)?,
            spliced: stage(joined)?,
            output: Frames::of(&layer.output),
            pool: layer.pool,
            splice,
        })
    }

    /// Computes all frames.
    fn begin(&mut self, input: &Frames) -> TractResult<()> {
        let given = self.whole.run(|to| to.copy_from_slice(input.all()))?;
        let given = given.to_plain_array_view::<f32>()?;
        let mut given = given.as_slice().unwrap_or_default();
        if let Some(pool) = &mut self.pool {
            given = pool.of_planes(given, self.whole.frames());
        }
        self.output.all_mut().copy_from_slice(given);
        Ok(())
    }

    /// Computes what is new since the window before.
    fn advance(&mut self, input: &Frames) -> TractResult<()> {
        let splice = &self.splice;
        let given = self.spliced.run(|to| input.splice(splice, to))?;
        let given = given.to_plain_array_view::<f32>()?;
        let mut given = given.as_slice().unwrap_or_default();
        if let Some(pool) = &mut self.pool {
            given = pool.of_planes(given, self.spliced.frames());
        }
        self.output.advance(splice, given);
        Ok(())
    }
}

/// Numbers between −1 and 1, by the generator of Numerical Recipes.
fn noise(count: usize) -> Vec<f32> {
    let mut state = 1u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 * (2.0 / (1 << 24) as f32) - 1.0
    };
    std::iter::repeat_with(next).take(count).collect()
}
