//! Parts of grasp-train that a build may lack.

/// What to tell whoever asks for a part that this build lacks.
pub(crate) fn not_built(feature: &str) -> String {
    format!(
        "this grasp-train was built without {feature}: \
         cargo build --release --package grasp-train --features {feature}"
    )
}
