//! Invalid bundles, each refused in one line that gives the reason.

use std::fs;
use std::path::Path;

use graspd::model::Bundle;
use graspd::model::Embedder;
use sha2::{Digest, Sha256};
use tempfile::TempDir;

/// A copy of the default bundle to change.
struct Copy(TempDir);

impl Copy {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        for entry in fs::read_dir(super::shipped()).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), dir.path().join(entry.file_name())).unwrap();
        }
        Self(dir)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn edit(&self, from: &str, to: &str) {
        let path = self.path().join("manifest.toml");
        let text = fs::read_to_string(&path).unwrap();
        assert!(text.contains(from), "no {from:?} in the manifest");
        fs::write(&path, text.replacen(from, to, 1)).unwrap();
    }

    /// Changes the bytes of the graph and updates their hash in the manifest.
    fn spoil_graph(&self, change: impl Fn(&mut Vec<u8>)) {
        let path = self.path().join("branch.onnx");
        let mut bytes = fs::read(&path).unwrap();
        let hash = |bytes: &[u8]| -> String {
            Sha256::digest(bytes)
                .iter()
                .map(|b| format!("{b:02x}"))
                .collect()
        };
        let before = hash(&bytes);
        change(&mut bytes);
        fs::write(&path, &bytes).unwrap();
        self.edit(&before, &hash(&bytes));
    }

    /// The one-line error for this bundle.
    fn refusal(&self) -> String {
        let error = match Bundle::open(self.path()) {
            Err(error) => error,
            Ok(bundle) => Embedder::new(&bundle).err().expect("a refusal"),
        };
        let line = error.to_string();
        assert!(!line.contains('\n'), "{line:?}");
        assert!(line.contains(&*self.path().to_string_lossy()), "{line}");
        line
    }
}

fn replace(bytes: &mut [u8], from: &[u8], to: &[u8]) {
    assert_eq!(from.len(), to.len());
    let at: Vec<usize> = (0..bytes.len() - from.len())
        .filter(|&i| bytes[i..].starts_with(from))
        .collect();
    assert!(!at.is_empty(), "nothing to replace");
    for i in at {
        bytes[i..i + from.len()].copy_from_slice(to);
    }
}

#[test]
fn the_shipped_bundle_is_taken() {
    let bundle = Bundle::open(&super::shipped()).unwrap();
    let embedder = Embedder::new(&bundle).unwrap();
    assert_eq!((embedder.frames(), embedder.embedding_len()), (500, 2048));
}

#[test]
fn channels_of_no_known_set_are_refused_by_naming_those_that_are_known() {
    const SIX: &str = "channels = [\"ax\", \"ay\", \"az\", \"gx\", \"gy\", \"gz\"]";
    for (channels, says) in [
        (
            "[\"gx\", \"gy\", \"gz\"]",
            "needs ax ay az, or ax ay az gx gy gz",
        ),
        ("[]", "needs ax ay az, or ax ay az gx gy gz"),
        // A known one has to have its units, and then be the graph's.
        ("[\"ax\", \"ay\", \"az\"]", "input.units"),
    ] {
        let copy = Copy::new();
        copy.edit(SIX, &format!("channels = {channels}"));
        let line = copy.refusal();
        assert!(line.contains(says), "{channels}: {line}");
    }
    let copy = Copy::new();
    copy.edit(SIX, "channels = [\"ax\", \"ay\", \"az\"]");
    copy.edit(", \"rad/s\", \"rad/s\", \"rad/s\"]", "]");
    let line = copy.refusal();
    assert!(line.contains("the manifest makes it [1, 500, 3]"), "{line}");
}

#[test]
fn a_manifest_that_asks_for_something_else_is_refused_by_key() {
    for (from, to, says) in [
        ("format = 1", "format = 2", "format = 2"),
        ("rate_hz = 100", "rate_hz = 50", "input.rate_hz = 50"),
        ("\"ax\"", "\"az\"", "input.channels"),
        ("m/s^2", "g", "input.units"),
        ("frames = 500", "frames = 5", "input.frames = 5"),
        (
            "hop_multiple_of = 1",
            "hop_multiple_of = 0",
            "runtime.hop_multiple_of",
        ),
        ("frames = 500", "frames = 128", "input has shape"),
        ("embedding = 2048", "embedding = 64", "output has shape"),
        ("opset = ", "opset = 1", "the manifest says"),
        ("name = ", "nom = ", "manifest.toml"),
        (
            "\"branch.onnx\" =",
            "\"../branch.onnx\" =",
            "not a plain name",
        ),
    ] {
        let copy = Copy::new();
        copy.edit(from, to);
        let line = copy.refusal();
        assert!(line.contains(says), "{from} → {to}: {line}");
    }
}

#[test]
fn a_file_that_was_changed_is_named_with_both_hashes() {
    let copy = Copy::new();
    let path = copy.path().join("branch.onnx");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    let line = copy.refusal();
    assert!(
        line.contains("branch.onnx is not the file of the manifest"),
        "{line}"
    );
}

#[test]
fn a_missing_file_is_named() {
    let copy = Copy::new();
    fs::remove_file(copy.path().join("branch.onnx")).unwrap();
    assert!(copy.refusal().contains("cannot read branch.onnx"));
    fs::remove_file(copy.path().join("manifest.toml")).unwrap();
    assert!(copy.refusal().contains("cannot read manifest.toml"));
}

#[test]
fn an_operator_that_is_not_run_is_named() {
    let copy = Copy::new();
    copy.spoil_graph(|bytes| replace(bytes, b"\x22\x04Tanh", b"\x22\x04Loop"));
    let line = copy.refusal();
    assert!(line.contains("operator \"Loop\""), "{line}");
}

#[test]
fn a_graph_that_is_none_is_refused_whatever_its_bytes() {
    let copy = Copy::new();
    copy.spoil_graph(|bytes| bytes.truncate(1000));
    assert!(copy.refusal().contains("branch.onnx"));
    let copy = Copy::new();
    copy.spoil_graph(|bytes| *bytes = b"not a graph".to_vec());
    assert!(copy.refusal().contains("branch.onnx"));
    let copy = Copy::new();
    copy.spoil_graph(Vec::clear);
    assert!(copy.refusal().contains("holds no graph"));
}

#[test]
fn weights_that_are_no_numbers_are_refused() {
    let copy = Copy::new();
    // Bytes of all ones are NaN at any alignment; most of the file is weights.
    copy.spoil_graph(|bytes| {
        let middle = bytes.len() / 2;
        bytes[middle..middle + 1000].fill(0xff);
    });
    let line = copy.refusal();
    assert!(line.contains("not finite"), "{line}");
}

#[test]
fn names_that_would_control_a_terminal() {
    for (from, field) in [
        ("name = \"", "name"),
        ("arch = \"", "training.arch"),
        ("people = [\"", "training.data.people"),
    ] {
        let copy = Copy::new();
        copy.edit(from, &format!("{from}\\u001b[2J"));
        let refusal = copy.refusal();
        assert!(
            refusal.contains(&format!("{field} has a control character")),
            "{refusal}"
        );
        assert!(
            refusal.contains("u{1b}") && !refusal.contains('\u{1b}'),
            "{refusal}"
        );
    }
}
