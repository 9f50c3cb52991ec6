//! The parameters of a one-class SVM, ν and γ, with their ranges.

use serde::{Deserialize, Serialize};

/// ν: an upper bound on the share of enrolment windows left outside the owner's
/// region and a lower bound on the share that become support vectors
/// (Schölkopf et al. 2001, proposition 3). Strictly between 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Nu(f64);

impl Nu {
    /// The value of the original recipe (docs/results.md).
    pub const RECIPE: Self = Self(0.0797);

    /// Fails unless 0 < `nu` < 1.
    pub fn new(nu: f64) -> Result<Self, ParameterError> {
        if nu > 0.0 && nu < 1.0 {
            Ok(Self(nu))
        } else {
            Err(ParameterError::Nu(nu))
        }
    }

    /// The value.
    pub fn get(self) -> f64 {
        self.0
    }
}

/// γ of the kernel `exp(−γ·‖x − y‖²)`, per squared unit of the embedding. The larger
/// it is, the closer to a support vector an accepted embedding must be.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
pub struct Gamma(f64);

impl Gamma {
    /// The value of the original recipe (docs/results.md).
    pub const RECIPE: Self = Self(3.699);

    /// The largest accepted value. Two correct runtimes may differ by 1e-5 in each number
    /// of an embedding, ‖x − y‖² ≈ 2e-7 over 2048 of them; with a larger γ that rounding
    /// alone would decide whether a window is accepted.
    pub const MAX: Self = Self(1e6);

    /// Fails unless 0 < `gamma` ≤ [`Gamma::MAX`].
    pub fn new(gamma: f64) -> Result<Self, ParameterError> {
        if gamma > 0.0 && gamma <= Self::MAX.0 {
            Ok(Self(gamma))
        } else {
            Err(ParameterError::Gamma(gamma))
        }
    }

    /// The value.
    pub fn get(self) -> f64 {
        self.0
    }
}

impl Default for Nu {
    fn default() -> Self {
        Self::RECIPE
    }
}

impl Default for Gamma {
    fn default() -> Self {
        Self::RECIPE
    }
}

impl TryFrom<f64> for Nu {
    type Error = ParameterError;

    fn try_from(nu: f64) -> Result<Self, ParameterError> {
        Self::new(nu)
    }
}

impl TryFrom<f64> for Gamma {
    type Error = ParameterError;

    fn try_from(gamma: f64) -> Result<Self, ParameterError> {
        Self::new(gamma)
    }
}

impl From<Nu> for f64 {
    fn from(nu: Nu) -> f64 {
        nu.0
    }
}

impl From<Gamma> for f64 {
    fn from(gamma: Gamma) -> f64 {
        gamma.0
    }
}

/// A ν or γ out of range.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ParameterError {
    /// ν must lie strictly between 0 and 1.
    #[error("nu is {0}; give a share between 0 and 1, both excluded")]
    Nu(f64),
    /// γ must be positive and at most [`Gamma::MAX`].
    #[error("gamma is {0}; give a positive number up to {max}", max = Gamma::MAX.0)]
    Gamma(f64),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_sensible_parameters_are_taken() {
        for nu in [0.0, -0.1, 1.0, 1.5, f64::NAN, f64::INFINITY] {
            assert!(Nu::new(nu).is_err(), "{nu}");
        }
        for gamma in [0.0, -1.0, 1.1e6, f64::NAN, f64::INFINITY] {
            assert!(Gamma::new(gamma).is_err(), "{gamma}");
        }
        assert_eq!(Nu::new(Nu::RECIPE.get()), Ok(Nu::RECIPE));
        assert_eq!(Gamma::new(Gamma::RECIPE.get()), Ok(Gamma::RECIPE));
        assert_eq!(Gamma::new(Gamma::MAX.get()), Ok(Gamma::MAX));
    }

    #[test]
    fn a_file_cannot_smuggle_a_parameter_in() {
        assert!(serde_json::from_str::<Nu>("1.0").is_err());
        let error = serde_json::from_str::<Gamma>("0").unwrap_err();
        assert!(error.to_string().contains("gamma is 0"), "{error}");
        assert_eq!(
            serde_json::from_str::<Gamma>("3.699").unwrap(),
            Gamma::RECIPE
        );
    }
}
