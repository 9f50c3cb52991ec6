//! The reasons for which a bundle is refused.

use std::path::PathBuf;

use thiserror::Error;

/// Why a bundle is refused, with its path.
#[derive(Debug, Error)]
#[error("model bundle {}: {why}", bundle.display())]
pub struct ModelError {
    /// The bundle's folder.
    pub bundle: PathBuf,
    /// The cause.
    #[source]
    pub why: Refusal,
}

/// Why a bundle is refused.
#[derive(Debug, Error)]
pub enum Refusal {
    /// A file cannot be read.
    #[error("cannot read {file}: {source}")]
    Io {
        /// Name in the bundle.
        file: String,
        /// The system's error.
        source: std::io::Error,
    },
    /// A file exceeds its size limit.
    #[error("{file} is larger than {limit} bytes")]
    TooLarge {
        /// Name in the bundle.
        file: String,
        /// The limit, in bytes.
        limit: u64,
    },
    /// The manifest is not valid TOML, or has wrong keys or values.
    #[error("manifest.toml: {0}")]
    Manifest(String),
    /// The manifest has a value that this graspd does not support.
    #[error("manifest.toml says {field} = {found}, this graspd needs {needed}")]
    Unsupported {
        /// Key of the manifest.
        field: &'static str,
        /// Its value.
        found: String,
        /// The supported values.
        needed: String,
    },
    /// A file has another hash than the manifest lists.
    #[error("{file} is not the file of the manifest (sha256 is {found}, not {listed})")]
    Hash {
        /// Name in the bundle.
        file: String,
        /// SHA-256 in the manifest.
        listed: String,
        /// SHA-256 of the file.
        found: String,
    },
    /// The cohort is invalid, or its embeddings have another length than the model's.
    #[error("{file}: {why}")]
    Cohort {
        /// Name in the bundle.
        file: String,
        /// The cause.
        why: String,
    },
    /// The graph is invalid, or does not match the manifest.
    #[error("{file}: {why}")]
    Graph {
        /// Name in the bundle.
        file: String,
        /// The cause.
        why: String,
    },
}
