//! Samples of a service that comes and goes.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::backoff::Backoff;
use super::fault::Fault;
use super::thinner::Thinner;
use super::{Reading, Source, SourceCounts, SourceError, TELL, queued};
use crate::motion::Sample;

/// A service that hands out samples of both sensors over a connection.
pub trait Service: Send {
    /// What is open to it.
    type Connection: Send;
    /// Why there is none.
    type Error: std::error::Error;

    /// Goes on opening for a second at most. `None` while that is not done: it is to be
    /// called again.
    fn open(&mut self) -> Result<Option<Self::Connection>, Self::Error>;

    /// Queues the samples that come, for `longest` at most. An error where the service, or a
    /// sensor of it, is lost.
    fn listen(
        &mut self,
        connection: &mut Self::Connection,
        longest: Duration,
        queue: &mut VecDeque<Sample>,
        counts: &mut SourceCounts,
    ) -> Result<(), Self::Error>;

    /// Whether both sensors have given samples since it was opened.
    fn works(&self, connection: &Self::Connection) -> bool;

    /// Lets go of the sensors, and of an opening that is not done.
    fn close(&mut self, connection: Option<Self::Connection>);
}

/// The sensors of a service as one source. It connects at the first reading, and anew after
/// growing waits whenever the service is lost; meanwhile [`Reading::Quiet`] reports the time
/// since boot.
pub struct Reconnecting<S: Service> {
    service: S,
    connection: Option<S::Connection>,
    retry_at: Instant,
    queue: VecDeque<Sample>,
    counts: SourceCounts,
    backoff: Backoff,
    thinner: Thinner,
    fault: Fault,
}

impl<S: Service> Reconnecting<S> {
    pub(super) fn to(service: S) -> Self {
        Self {
            service,
            connection: None,
            retry_at: Instant::now(),
            queue: VecDeque::new(),
            counts: SourceCounts::default(),
            backoff: Backoff::default(),
            thinner: Thinner::default(),
            fault: Fault::default(),
        }
    }

    /// Goes on for twice [`TELL`] at most: it waits, and then opens.
    fn collect(&mut self) -> Result<(), S::Error> {
        let Some(connection) = &mut self.connection else {
            let left = self.retry_at.saturating_duration_since(Instant::now());
            std::thread::sleep(left.min(TELL));
            if left <= TELL {
                self.connection = self.service.open()?;
            }
            return Ok(());
        };
        let (queue, counts) = (&mut self.queue, &mut self.counts);
        self.service.listen(connection, TELL, queue, counts)?;
        self.queue.retain(|sample| self.thinner.keeps(sample));
        if self.service.works(connection) {
            self.backoff = Backoff::default();
            self.fault.end();
        }
        Ok(())
    }

    fn lose(&mut self, error: &S::Error) {
        self.service.close(self.connection.take());
        let pause = self.backoff.next();
        self.fault.set(error, pause);
        self.retry_at = Instant::now() + pause;
    }
}

impl<S: Service> Source for Reconnecting<S> {
    fn next(&mut self) -> Result<Option<Reading>, SourceError> {
        if self.queue.is_empty()
            && let Err(error) = self.collect()
        {
            self.lose(&error);
        }
        Ok(Some(queued(&mut self.queue, &mut self.counts)))
    }

    fn is_ready(&self) -> bool {
        !self.queue.is_empty()
    }

    fn release(&mut self) {
        self.service.close(self.connection.take());
        self.queue.clear();
        self.fault.forget();
        self.retry_at = Instant::now();
        self.backoff = Backoff::default();
        self.thinner = Thinner::default();
    }

    fn counts(&self) -> SourceCounts {
        self.counts
    }

    fn fault(&self) -> Option<&str> {
        self.fault.text()
    }
}

impl<S: Service> Drop for Reconnecting<S> {
    fn drop(&mut self) {
        self.service.close(self.connection.take());
    }
}
