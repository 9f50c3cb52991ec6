//! Why a bundle is refused.

use std::path::PathBuf;

use thiserror::Error;

/// A bundle that cannot be used.
#[derive(Debug, Error)]
#[error("model bundle {}: {why}", bundle.display())]
pub struct ModelError {
    /// The bundle's folder.
    pub bundle: PathBuf,
    /// What is wrong with it.
    #[source]
    pub why: Refusal,
}

/// What is wrong with a bundle.
#[derive(Debug, Error)]
pub enum Refusal {
    /// A file cannot be read.
    #[error("cannot read {file}: {source}")]
    Io {
        /// Name in the bundle.
        file: String,
        /// The system's answer.
        source: std::io::Error,
    },
    /// A file is larger than any that makes sense.
    #[error("{file} is larger than {limit} bytes")]
    TooLarge {
        /// Name in the bundle.
        file: String,
        /// The limit.
        limit: u64,
    },
    /// The manifest is no manifest.
    #[error("manifest.toml: {0}")]
    Manifest(String),
    /// The manifest asks for something that this daemon does not do.
    #[error("manifest.toml says {field} = {found}, this graspd needs {needed}")]
    Unsupported {
        /// Key of the manifest.
        field: &'static str,
        /// Its value.
        found: String,
        /// What would do.
        needed: String,
    },
    /// A file is not the one that the manifest speaks of.
    #[error("{file} is not the file of the manifest (sha256 is {found}, not {listed})")]
    Hash {
        /// Name in the bundle.
        file: String,
        /// In the manifest.
        listed: String,
        /// Of the file.
        found: String,
    },
    /// The cohort is no cohort, or not of this model's embeddings.
    #[error("{file}: {why}")]
    Cohort {
        /// Name in the bundle.
        file: String,
        /// What is wrong.
        why: String,
    },
    /// The graph is no graph, or not the one that the manifest describes.
    #[error("{file}: {why}")]
    Graph {
        /// Name in the bundle.
        file: String,
        /// What is wrong.
        why: String,
    },
}
