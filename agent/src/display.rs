//! Shows notices, as often as is allowed, and takes them back once they are no longer true.

use tokio::time::Instant;

use super::notice::{Kind, Notice};
use super::notice_limit::NoticeLimit;
use super::standard_error::tell;

/// What shows notices.
pub(crate) trait Service {
    /// Shows a notice in the place of an older one of its kind; fails with the notice and why nobody
    /// can see it.
    async fn show(&mut self, notice: &Notice) -> Result<(), String>;
    /// Takes back the notice of a kind, if it is shown.
    async fn close(&mut self, kind: Kind);
}

/// The notices that are shown, and those that are to be.
#[derive(Debug)]
pub(crate) struct Display<S> {
    pub(crate) service: S,
    limit: NoticeLimit,
    /// Faults that could not be shown yet: at login the agent may come before the service does.
    waiting: Vec<Notice>,
    /// When the warning of a lock ends.
    warning_ends: Option<Instant>,
    begun: Instant,
}

impl<S: Service> Display<S> {
    pub(crate) fn by(service: S) -> Self {
        Self {
            service,
            limit: NoticeLimit::default(),
            waiting: Vec::new(),
            warning_ends: None,
            begun: Instant::now(),
        }
    }

    /// Shows a notice. Where nothing shows it, it goes to standard error. A fault that is not shown
    /// waits.
    pub(crate) async fn show(&mut self, notice: Notice) {
        let kind = notice.kind();
        self.waiting.retain(|other| other.kind() != kind);
        let shown = self.try_to_show(&notice).await;
        if let Err(why) = &shown {
            tell(why);
        }
        if shown != Ok(true) && kind.is_fault() {
            self.waiting.push(notice);
        }
    }

    /// Takes back the notice of a kind: it is no longer true.
    pub(crate) async fn end(&mut self, kind: Kind) {
        self.waiting.retain(|notice| notice.kind() != kind);
        if kind == Kind::LockIsNear {
            self.warning_ends = None;
        }
        self.service.close(kind).await;
    }

    /// Tries again what waits.
    pub(crate) async fn try_again(&mut self) {
        for notice in std::mem::take(&mut self.waiting) {
            if self.try_to_show(&notice).await != Ok(true) {
                self.waiting.push(notice);
            }
        }
    }

    /// When the warning of a lock is to be ended; `None` without one.
    pub(crate) fn warning_ends(&self) -> Option<Instant> {
        self.warning_ends
    }

    /// Shows a notice, if it may be shown now.
    async fn try_to_show(&mut self, notice: &Notice) -> Result<bool, String> {
        let (kind, now) = (notice.kind(), self.begun.elapsed());
        if !self.limit.allows(kind, now) {
            return Ok(false);
        }
        self.service.show(notice).await?;
        self.limit.count(kind, now);
        if let Some(span) = notice.lasts() {
            self.warning_ends = Some(Instant::now() + span);
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// A service that may not be there.
    #[derive(Default)]
    struct Shell {
        is_there: bool,
        shown: Vec<Kind>,
    }

    impl Service for Shell {
        async fn show(&mut self, notice: &Notice) -> Result<(), String> {
            if !self.is_there {
                return Err("no shell".to_owned());
            }
            self.shown.push(notice.kind());
            Ok(())
        }

        async fn close(&mut self, kind: Kind) {
            self.shown.retain(|other| *other != kind);
        }
    }

    fn fault() -> Notice {
        Notice::NoMotion { fault: None }
    }

    #[tokio::test]
    async fn a_fault_that_could_not_be_shown_is_once_it_can() {
        let mut display = Display::by(Shell::default());
        display.show(fault()).await;
        display.show(Notice::DaemonGone).await;
        display.show(Notice::LockIsNear { seconds: None }).await;
        display.end(Kind::DaemonGone).await;
        display.try_again().await;
        assert_eq!(display.service.shown, []);
        display.service.is_there = true;
        for _ in 0..2 {
            display.try_again().await;
            assert_eq!(display.service.shown, [Kind::NoMotion]);
        }
        assert_eq!(display.warning_ends(), None, "it was not shown");
    }

    #[tokio::test]
    async fn what_is_no_longer_true_is_taken_back() {
        let mut display = Display::by(Shell::default());
        display.service.is_there = true;
        let near = Notice::LockIsNear { seconds: Some(4.0) };
        display.show(near).await;
        display.show(fault()).await;
        let ends = display.warning_ends().unwrap();
        assert!(ends <= Instant::now() + Duration::from_secs(19));
        display.end(Kind::LockIsNear).await;
        assert_eq!(display.service.shown, [Kind::NoMotion]);
        assert_eq!(display.warning_ends(), None);
    }

    #[tokio::test]
    async fn a_fault_that_comes_too_soon_again_waits_as_long_as_it_lasts() {
        let mut display = Display::by(Shell::default());
        display.service.is_there = true;
        display.show(fault()).await;
        display.end(Kind::NoMotion).await;
        display.show(fault()).await;
        assert_eq!(display.waiting, [fault()]);
        display.end(Kind::NoMotion).await;
        assert_eq!(display.waiting, []);
    }
}
