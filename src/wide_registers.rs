//! Arithmetic in the widest vector registers that the processor has.

use pulp::{Arch, Simd, WithSimd};

/// Arithmetic that gains by wider registers.
pub(crate) trait Arithmetic {
    /// What it gives.
    type Result;

    /// Computes it. To be marked `#[inline(always)]`, and what it calls, too: what is not inlined,
    /// closures included, is compiled for the narrow registers only.
    fn compute(self) -> Self::Result;
}

/// Computes in the widest registers: `arithmetic` is compiled for what every processor of its
/// kind has, and for AVX2 and AVX-512 on x86-64. The result is the same to the bit, because nothing is
/// reordered or fused.
pub(crate) fn in_wide_registers<A: Arithmetic>(arithmetic: A) -> A::Result {
    Arch::new().dispatch(Wide(arithmetic))
}

struct Wide<A>(A);

impl<A: Arithmetic> WithSimd for Wide<A> {
    type Output = A::Result;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> A::Result {
        self.0.compute()
    }
}
