//! Catches panics of tract on malformed graphs.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

thread_local! {
    /// Whether a panic of this thread is caught, so that the hook prints nothing.
    static EXPECTED: Cell<bool> = const { Cell::new(false) };
}

/// The result of `attempt`; `None`, with nothing on standard error, if it panics. Values
/// that it was modifying must not be used after a panic.
pub(super) fn catch_panic<T>(attempt: impl FnOnce() -> T) -> Option<T> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            if !EXPECTED.get() {
                usual(panic);
            }
        }));
    });
    EXPECTED.set(true);
    let result = catch_unwind(AssertUnwindSafe(attempt));
    EXPECTED.set(false);
    result.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_contained_and_the_next_is_not() {
        assert_eq!(catch_panic(|| 7), Some(7));
        assert_eq!(
            catch_panic(|| -> u8 { panic!("nobody should read this") }),
            None
        );
        assert!(!EXPECTED.get());
    }
}
