//! Why a source gives no samples.

use std::fmt::Display;
use std::time::Duration;

/// What is wrong with a source at the moment. It is logged as it begins, changes and ends, and
/// not at each retry: a sensor that is lost for good would fill a log that nobody rotates.
#[derive(Debug, Default)]
pub(super) struct Fault(Option<String>);

impl Fault {
    /// It is `why`, and there will be another try after `retry_in`.
    pub(super) fn set(&mut self, why: impl Display, retry_in: Duration) {
        let why = why.to_string();
        if self.is_news(&why) {
            tracing::warn!(error = %why, retry_in_ms = retry_in.as_millis() as u64, "no motion");
        }
        self.0 = Some(why);
    }

    /// Samples come.
    pub(super) fn end(&mut self) {
        if self.0.take().is_some() {
            tracing::info!("motion again");
        }
    }

    /// Nobody asks for samples any more.
    pub(super) fn forget(&mut self) {
        self.0 = None;
    }

    pub(super) fn text(&self) -> Option<&str> {
        self.0.as_deref()
    }

    /// Whether it says something else than before, figures aside: these may be how long it
    /// has lasted.
    fn is_news(&self, why: &str) -> bool {
        let words = |text: &str| text.replace(|c: char| c.is_ascii_digit(), "");
        self.0.as_deref().map(words) != Some(words(why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_new_is_logged() {
        let mut fault = Fault::default();
        let mut logged = |why: &str| {
            let news = fault.is_news(why);
            fault.set(why, Duration::ZERO);
            assert_eq!(fault.text(), Some(why));
            news
        };
        assert!(logged("the buffer has given nothing for 5.8 s"));
        assert!(!logged("the buffer has given nothing for 5.8 s"));
        assert!(!logged("the buffer has given nothing for 12.1 s"));
        assert!(logged("it has gone"));
        assert!(logged("the buffer has given nothing for 5.8 s"));
        fault.end();
        assert_eq!(fault.text(), None);
        assert!(fault.is_news("it has gone"));
    }
}
