//! Opens a bundle, with every check that needs no inference engine.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tract_onnx::pb::ModelProto;

use super::cohort_store::CohortStore;
use super::error::{ModelError, Refusal};
use super::graph;
use super::manifest::{FORMAT, Input, Manifest};
use crate::hidden_characters::{is_hidden, plain};
use crate::model::cohort::Cohort;
use crate::motion::{Channels, RATE_HZ};
use crate::regular_file;

/// Size limit of the manifest, in bytes.
const MANIFEST_LIMIT: u64 = 1 << 16;
/// Size limit of any other file of a bundle, in bytes.
const FILE_LIMIT: u64 = 1 << 26;
/// Accepted lengths of a window, in frames, and of an embedding.
const FRAMES: std::ops::RangeInclusive<usize> = 32..=6000;
const EMBEDDING: std::ops::RangeInclusive<usize> = 1..=16384;

/// Identity of a model: SHA-256 over its files' names and hashes, in the manner of
/// `sha256sum FILES | sha256sum`. Embeddings, and so profiles, of different models do
/// not compare.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct ModelId(pub [u8; 32]);

impl fmt::Display for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for ModelId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A checked bundle: its files have the hashes of its manifest.
pub struct Bundle {
    path: PathBuf,
    manifest: Manifest,
    channels: Channels,
    id: ModelId,
    graph: ModelProto,
    cohort: Option<Arc<Cohort>>,
}

impl Bundle {
    /// Reads and checks the bundle in the folder `path`.
    pub fn open(path: &Path) -> Result<Self, ModelError> {
        Self::read(path).map_err(|why| ModelError {
            bundle: path.to_owned(),
            why,
        })
    }

    fn read(path: &Path) -> Result<Self, Refusal> {
        let text = read_file(path, "manifest.toml", MANIFEST_LIMIT)?;
        let text = String::from_utf8(text).map_err(|e| Refusal::Manifest(e.to_string()))?;
        let manifest = parse_manifest(&text)?;
        let (mut graph, mut cohort) = (None, None);
        let mut identity = Sha256::new();
        for (file, listed) in &manifest.files {
            let bytes = read_listed(path, file, listed)?;
            identity.update(format!("{listed}  {file}\n"));
            if file == &manifest.runtime.graph {
                graph = Some(graph::read(&bytes, &manifest)?);
            }
            if Some(file) == manifest.runtime.cohort.as_ref() {
                cohort = Some(Arc::new(read_cohort(file, &bytes, &manifest)?));
            }
        }
        if manifest.runtime.cohort.is_some() && cohort.is_none() {
            return Err(Refusal::Manifest(
                "runtime.cohort is not among the files listed".into(),
            ));
        }
        Ok(Self {
            path: path.to_owned(),
            channels: channels(&manifest.input)?,
            id: ModelId(identity.finalize().into()),
            graph: graph.ok_or_else(|| {
                Refusal::Manifest("runtime.graph is not among the files listed".into())
            })?,
            manifest,
            cohort,
        })
    }

    /// A bundle of a graph alone; the manifest's list of files is ignored.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn of_graph(manifest: Manifest, graph: &[u8]) -> Result<Self, Refusal> {
        Ok(Self {
            path: PathBuf::from("made"),
            channels: channels(&manifest.input)?,
            id: ModelId([0; 32]),
            graph: graph::read(graph, &manifest)?,
            manifest,
            cohort: None,
        })
    }

    /// Its manifest.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The sensors that the model takes.
    pub fn channels(&self) -> Channels {
        self.channels
    }

    /// Identity of the model.
    pub fn id(&self) -> ModelId {
        self.id
    }

    /// The cohort; `None` if it ships none.
    pub fn cohort(&self) -> Option<Arc<Cohort>> {
        self.cohort.clone()
    }

    /// Drops the cohort, and says where it is to be had again.
    pub fn let_cohort_go(&mut self) -> CohortStore {
        match (self.cohort.take(), &self.manifest.runtime.cohort) {
            (Some(_), Some(file)) => {
                CohortStore::in_bundle(self.path.clone(), file.clone(), self.manifest.clone())
            }
            _ => CohortStore::None,
        }
    }

    /// The parsed and checked ONNX file.
    pub(crate) fn graph(&self) -> &ModelProto {
        &self.graph
    }

    /// An error that refuses this bundle because of its graph.
    pub(crate) fn refuse_graph(&self, why: impl fmt::Display) -> ModelError {
        ModelError {
            bundle: self.path.clone(),
            why: Refusal::Graph {
                file: self.manifest.runtime.graph.clone(),
                why: why.to_string(),
            },
        }
    }
}

/// Reads and checks the text of a manifest.
pub(crate) fn parse_manifest(text: &str) -> Result<Manifest, Refusal> {
    // The format is checked first, because another one may have other keys.
    #[derive(Deserialize)]
    struct Version {
        format: u32,
    }
    let one_line = |e: toml::de::Error| {
        let line = e.span().map(|s| text[..s.start].lines().count().max(1));
        let at = line.map_or(String::new(), |n| format!("line {n}: "));
        Refusal::Manifest(format!("{at}{}", plain(&e.message().replace('\n', " "))))
    };
    let unsupported = |field, found, needed| Err(unsupported(field, found, needed));
    let Version { format } = toml::from_str(text).map_err(one_line)?;
    if format != FORMAT {
        return unsupported("format", format.to_string(), FORMAT.to_string());
    }
    let manifest: Manifest = toml::from_str(text).map_err(one_line)?;
    let input = &manifest.input;
    if input.rate_hz != RATE_HZ {
        return unsupported(
            "input.rate_hz",
            input.rate_hz.to_string(),
            RATE_HZ.to_string(),
        );
    }
    let channels = channels(input)?;
    if input.units != channels.units() {
        let (found, needed) = (input.units.join(" "), channels.units().join(" "));
        return unsupported("input.units", found, needed);
    }
    if !FRAMES.contains(&input.frames) {
        return unsupported(
            "input.frames",
            input.frames.to_string(),
            format!("{FRAMES:?}"),
        );
    }
    if !EMBEDDING.contains(&manifest.output.embedding) {
        let found = manifest.output.embedding.to_string();
        return unsupported("output.embedding", found, format!("{EMBEDDING:?}"));
    }
    if !(1..=input.frames).contains(&manifest.runtime.hop_multiple_of) {
        let found = manifest.runtime.hop_multiple_of.to_string();
        return unsupported(
            "runtime.hop_multiple_of",
            found,
            format!("1..={}", input.frames),
        );
    }
    refuse_control_characters(&manifest)?;
    if let Some(name) = manifest.files.keys().find(|name| !is_plain(name)) {
        return Err(Refusal::Manifest(format!(
            "file {name:?} is not a plain name inside the bundle"
        )));
    }
    Ok(manifest)
}

fn unsupported(field: &'static str, found: String, needed: String) -> Refusal {
    Refusal::Unsupported {
        field,
        found: plain(&found),
        needed,
    }
}

/// The sensors that the channels of an input are of.
fn channels(input: &Input) -> Result<Channels, Refusal> {
    Channels::named(&input.channels).ok_or_else(|| {
        let needed = Channels::ALL.map(|set| set.names().join(" "));
        unsupported(
            "input.channels",
            input.channels.join(" "),
            needed.join(", or "),
        )
    })
}

/// Refuses names that would control the terminal, or the log, that they are shown in.
fn refuse_control_characters(manifest: &Manifest) -> Result<(), Refusal> {
    let training = &manifest.training;
    let data = training.data.iter().flat_map(|data| {
        let people = data.people.iter().map(|one| ("training.data.people", one));
        [
            ("training.data.name", &data.name),
            ("training.data.terms", &data.terms),
        ]
        .into_iter()
        .chain(people)
    });
    let named = [
        ("name", &manifest.name),
        ("training.arch", &training.arch),
        ("training.command", &training.command),
        ("runtime.tract", &manifest.runtime.tract),
    ];
    let files = manifest.files.keys().map(|file| ("files", file));
    let figures = manifest.figures.keys().map(|figure| ("figures", figure));
    match named
        .into_iter()
        .chain(data)
        .chain(files)
        .chain(figures)
        .find(|(_, text)| text.contains(is_hidden))
    {
        Some((field, text)) => Err(Refusal::Manifest(format!(
            "{field} has a control character, {text:?}; write it without"
        ))),
        None => Ok(()),
    }
}

pub(super) fn read_cohort(
    file: &str,
    bytes: &[u8],
    manifest: &Manifest,
) -> Result<Cohort, Refusal> {
    let refuse = |why: String| Refusal::Cohort {
        file: file.to_owned(),
        why,
    };
    let cohort = Cohort::from_bytes(bytes).map_err(|e| refuse(e.to_string()))?;
    let (found, needed) = (cohort.columns, manifest.output.embedding);
    match found == needed {
        true => Ok(cohort),
        false => Err(refuse(format!(
            "is of embeddings of {found} numbers, the manifest says {needed}"
        ))),
    }
}

/// Reads a file of the hash that the manifest lists.
pub(super) fn read_listed(folder: &Path, file: &str, listed: &str) -> Result<Vec<u8>, Refusal> {
    let bytes = read_file(folder, file, FILE_LIMIT)?;
    let found = ModelId(Sha256::digest(&bytes).into()).to_string();
    match found == listed {
        true => Ok(bytes),
        false => Err(Refusal::Hash {
            file: file.to_owned(),
            listed: listed.to_owned(),
            found,
        }),
    }
}

fn is_plain(name: &str) -> bool {
    Path::new(name).file_name().is_some_and(|last| last == name)
}

fn read_file(folder: &Path, file: &str, limit: u64) -> Result<Vec<u8>, Refusal> {
    let io = |source| Refusal::Io {
        file: file.to_owned(),
        source,
    };
    let mut bytes = Vec::new();
    regular_file::open(&folder.join(file))
        .map_err(io)?
        .take(limit + 1)
        .read_to_end(&mut bytes)
        .map_err(io)?;
    if bytes.len() as u64 > limit {
        return Err(Refusal::TooLarge {
            file: file.to_owned(),
            limit,
        });
    }
    Ok(bytes)
}
