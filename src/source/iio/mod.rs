//! The kernel's own sensors, by its Industrial I/O subsystem (IIO).
//!
//! Read with nothing but files in /sys and /dev; docs/iio.md says why, and what
//! real drivers do that this has to put up with. Two ways: out of the kernel's
//! buffers ([`Mode::Buffered`]), or reading by reading ([`Mode::Polled`]).
//! A sensor that is lost is looked for again, ever more slowly, and silence is
//! told as [`Reading::Quiet`] on time since boot.
//! <https://docs.kernel.org/driver-api/iio/index.html>

mod backoff;
mod buffer;
mod buffered;
mod clock;
mod conversion;
mod error;
mod find;
mod layout;
mod mount;
mod polled;
mod rate;
mod scan_type;
mod settings;
mod survey;
mod sysfs;
mod trigger;

#[cfg(test)]
pub(crate) mod fake;
#[cfg(test)]
mod tests;

pub use error::IioError;
pub use mount::MountMatrix;
pub use rate::Hertz;
pub use settings::{Choice, Mode, Roots, Settings};
pub use survey::{Survey, survey};

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use super::{Reading, Source, SourceCounts, SourceError};
use crate::motion::Sample;
use backoff::Backoff;
use buffered::Buffered;
use clock::boottime;
use conversion::Conversion;
use polled::Polled;

/// How often a lost sensor's silence is told.
const TELL: Duration = Duration::from_secs(1);

/// Accelerometer and gyroscope of this device.
pub struct IioSource {
    settings: Settings,
    tap: Tap,
    queue: VecDeque<Sample>,
    counts: SourceCounts,
    backoff: Backoff,
}

/// Where samples come from at the moment.
enum Tap {
    Buffered(Buffered),
    Polled {
        polled: Box<Polled>,
        /// When to try the buffer again, if there is a point in it: soon at first,
        /// as udev may not be through with a device that has just been plugged
        /// in, then more rarely, as a neighbour may have the buffer for long.
        again: Option<(Instant, Backoff)>,
    },
    Lost {
        retry_at: Instant,
    },
}

impl IioSource {
    /// Finds the sensors and begins to read them. One that another program has
    /// at the moment is waited for; one that is not there or makes no sense is
    /// an error.
    pub fn open(settings: Settings) -> Result<Self, IioError> {
        let mut source = Self {
            settings,
            tap: Tap::Lost {
                retry_at: Instant::now(),
            },
            queue: VecDeque::new(),
            counts: SourceCounts::default(),
            backoff: Backoff::default(),
        };
        match source.settings.open() {
            Ok(tap) => source.tap = tap,
            Err(error) if error.may_pass() => source.lose(&error),
            Err(error) => return Err(error),
        }
        Ok(source)
    }

    fn lose(&mut self, error: &IioError) {
        let pause = self.backoff.next();
        tracing::warn!(%error, retry_in_ms = pause.as_millis() as u64, "no motion");
        self.tap = Tap::Lost {
            retry_at: Instant::now() + pause,
        };
    }

    /// Waits for samples, or until it is time to say that there are none.
    fn collect(&mut self) {
        let Self { queue, counts, .. } = self;
        let result = match &mut self.tap {
            Tap::Buffered(buffered) => buffered.collect(queue, counts),
            Tap::Polled { polled, .. } => polled.collect(queue, counts),
            Tap::Lost { retry_at } => {
                let left = retry_at.saturating_duration_since(Instant::now());
                std::thread::sleep(left.min(TELL));
                if left <= TELL {
                    match self.settings.open() {
                        Ok(tap) => self.tap = tap,
                        Err(error) => self.lose(&error),
                    }
                }
                return;
            }
        };
        match result {
            Ok(()) if !self.queue.is_empty() => self.backoff = Backoff::default(),
            Ok(()) => {}
            Err(error) => self.lose(&error),
        }
        self.return_to_the_buffer();
    }

    fn return_to_the_buffer(&mut self) {
        if let Tap::Polled { again, .. } = &mut self.tap
            && let Some((at, backoff)) = again
            && Instant::now() >= *at
        {
            *at = Instant::now() + backoff.next();
            if let Ok(buffered) = self.settings.open_buffered() {
                tracing::info!("the buffers are free: buffering from now on");
                self.tap = Tap::Buffered(buffered);
            }
        }
    }
}

impl Source for IioSource {
    fn next(&mut self) -> Result<Option<Reading>, SourceError> {
        if self.queue.is_empty() {
            self.collect();
        }
        Ok(Some(match self.queue.pop_front() {
            Some(sample) => {
                self.counts.samples += 1;
                Reading::Sample(sample)
            }
            None => Reading::Quiet(boottime()),
        }))
    }

    fn release(&mut self) {
        self.queue.clear();
        self.backoff = Backoff::default();
        self.tap = Tap::Lost {
            retry_at: Instant::now(),
        };
    }

    fn counts(&self) -> SourceCounts {
        self.counts
    }
}

/// Switches off the sensors of these settings where a reader that was killed
/// left them running: a kernel does not do that by itself. Says which devices
/// were still on; those that somebody reads are left alone, and so are all in
/// polled mode, which enables nothing.
pub fn release(settings: &Settings) -> Result<Vec<String>, IioError> {
    let (mut released, mut result) = (Vec::new(), Ok(()));
    if settings.mode == Mode::Polled {
        return Ok(released);
    }
    let devices = find::each(&settings.roots, settings.names());
    for device in devices.into_iter().flatten() {
        match buffer::release(&device, settings.roots.dev.join(&device.id)) {
            Ok(true) => released.push(device.title()),
            Ok(false) => {}
            Err(error) => result = Err(error),
        }
    }
    result.map(|()| released)
}

impl Settings {
    fn open_buffered(&self) -> Result<Buffered, IioError> {
        Buffered::open(&find::both(&self.roots, self.names())?, self)
    }

    fn open_polled(&self) -> Result<Box<Polled>, IioError> {
        let polled = Polled::open(&find::both(&self.roots, self.names())?, self)?;
        Ok(Box::new(polled))
    }

    /// Opens the sensors in the mode that is asked for; in `auto`, buffered
    /// unless something forbids it.
    fn open(&self) -> Result<Tap, IioError> {
        if self.mode == Mode::Polled {
            let polled = self.open_polled()?;
            let again = None;
            return Ok(Tap::Polled { polled, again });
        }
        let why = match self.open_buffered() {
            Ok(buffered) => return Ok(Tap::Buffered(buffered)),
            Err(why) => why,
        };
        if self.mode == Mode::Buffered {
            return Err(why);
        }
        let Ok(polled) = self.open_polled() else {
            return Err(why);
        };
        tracing::info!(%why, "the sensors cannot be buffered, so they are polled");
        let mut backoff = Backoff::default();
        let again = why
            .may_pass()
            .then(|| (Instant::now() + backoff.next(), backoff));
        Ok(Tap::Polled { polled, again })
    }
}
