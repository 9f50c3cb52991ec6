//! Reads and writes a cohort as a sealed file.

use thiserror::Error;

use super::Cohort;
use crate::sealed::{Kind, Sealed, seal, unseal};

/// Why bytes are no cohort, or a cohort cannot be written.
#[derive(Debug, Error)]
#[error("{0}")]
pub struct CohortError(String);

impl Sealed for Cohort {
    const KIND: Kind = Kind {
        name: "cohort",
        renew: "get the model bundle again",
    };
    const MAGIC: [u8; 8] = *b"GRASPCO\0";
    const VERSION: u32 = 2;

    fn defect(&self) -> Option<&'static str> {
        Cohort::defect(self)
    }
}

impl Cohort {
    /// Decodes a cohort.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CohortError> {
        unseal(bytes).map_err(|why| CohortError(why.to_string()))
    }

    /// Encodes it. Fails if its parts do not fit together.
    pub fn to_bytes(&self) -> Result<Vec<u8>, CohortError> {
        if let Some(why) = self.defect() {
            return Err(CohortError(why.into()));
        }
        seal(self).map_err(|why| CohortError(why.to_string()))
    }
}

#[cfg(test)]
mod tests {
    use super::super::InSessionLocks;
    use super::super::tests::cohort;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_cohort_survives_the_round_trip() {
        let cohort = cohort(4);
        let bytes = cohort.to_bytes().unwrap();
        assert_eq!(Cohort::from_bytes(&bytes).unwrap(), cohort);
    }

    #[test]
    fn a_cohort_that_does_not_fit_together_is_refused() {
        let mut short = cohort(4);
        short.classes[0].mean.pop();
        assert!(short.to_bytes().unwrap_err().to_string().contains("mean"));
        for (locks, hours) in [(u32::MAX, 1e300), (1, 1e-320), (0, f64::NAN), (9000, 7.0)] {
            let mut absurd = cohort(4);
            absurd.in_session.push(InSessionLocks {
                threshold: 0.7,
                locks,
                hours,
            });
            let error = absurd.to_bytes().unwrap_err().to_string();
            assert!(error.contains("false locks"), "{locks} in {hours}: {error}");
        }
        let mut nan = cohort(4);
        nan.within[3] = f32::NAN;
        assert!(nan.to_bytes().is_err());
        let mut nobody = cohort(4);
        nobody.classes.clear();
        assert!(nobody.to_bytes().is_err());
    }

    proptest! {
        #[test]
        fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), at in 0usize..4000) {
            prop_assert!(Cohort::from_bytes(&bytes).is_err());
            let mut whole = cohort(4).to_bytes().unwrap();
            let at = at % whole.len();
            whole[at] ^= 0x20;
            prop_assert!(Cohort::from_bytes(&whole).is_err());
        }
    }
}
