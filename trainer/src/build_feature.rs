//! Cargo features that a build of grasp-train may lack.

/// Error text for an option that needs a cargo feature which this build lacks.
pub(crate) fn not_built(feature: &str) -> String {
    format!(
        "this grasp-train was built without {feature}: \
         cargo build --release --package grasp-train --features {feature}"
    )
}
