//! Normal random numbers from uniform ones (Box and Muller 1958,
//! <https://doi.org/10.1214/aoms/1177706645>). The transform is written out, and not a
//! library's, because shipped models and recordings are made of these very numbers.

/// A standard normal number of two uniform ones: `u` in (0, 1], `v` in [0, 1).
pub(crate) fn box_muller(u: f64, v: f64) -> f64 {
    (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos()
}
