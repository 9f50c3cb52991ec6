//! The kernel's sensors, through its Industrial I/O subsystem (IIO).
//!
//! Read through files in /sys and /dev only; docs/iio.md says why, and which
//! peculiarities of drivers are handled. There are two ways: from the kernel's buffers
//! ([`Mode::Buffered`]), or by the raw attributes, one reading at a time
//! ([`Mode::Polled`]). A lost sensor is looked for again after growing waits, and
//! meanwhile [`Reading::Quiet`] reports the time since boot.
//! <https://docs.kernel.org/driver-api/iio/index.html>

mod buffer;
mod buffered;
mod clock;
mod conversion;
mod device;
mod error;
mod find;
mod layout;
mod mount;
mod mount_source;
mod node;
mod open;
mod place;
mod polled;
mod rate;
mod scan_type;
mod settings;
mod silence;
mod stamp_unit;
mod survey;
mod sysfs;
mod trial;
mod trigger;
mod udev;

#[cfg(test)]
pub(crate) mod fake;
#[cfg(any(test, fuzzing))]
pub(crate) mod fuzzing;
#[cfg(test)]
mod tests;

pub use super::hertz::Hertz;
pub use error::IioError;
pub use find::{Difference, Reason};
pub use mount::{MatrixError, MountMatrix};
pub use mount_source::MatrixSource;
pub use place::{Place, PlaceSource};
pub use rate::Rates;
pub use settings::{Choice, Mode, Roots, Settings};
pub use survey::{Calibration, Survey, survey};
pub use trial::{Trial, TrialSamples, try_out};
pub use trigger::Trigger;

use std::collections::VecDeque;
use std::fmt::Display;
use std::time::Instant;

use super::backoff::Backoff;
use super::fault::Fault;
use super::{Reading, Source, SourceCounts, SourceError, TELL, queued};
use crate::motion::Sample;
use buffered::Buffered;
use conversion::Conversion;
use find::ChosenDevice;
use polled::Polled;
use silence::Silences;

/// The accelerometer and the gyroscope of this device as one source.
pub struct IioSource {
    settings: Settings,
    reader: Reader,
    queue: VecDeque<Sample>,
    counts: SourceCounts,
    backoff: Backoff,
    silences: Silences,
    /// Why no samples come, from an error until every sensor gives some.
    fault: Fault,
}

/// How samples are read at the moment.
enum Reader {
    Buffered(Buffered),
    Polled {
        polled: Box<Polled>,
        /// When to try the buffer again; `None` where that cannot succeed. Soon at
        /// first, as udev may not have set the permissions of a device that was just
        /// plugged in, then less often, as another program may keep the buffer for
        /// long.
        again: Option<(Instant, Backoff)>,
    },
    Lost {
        retry_at: Instant,
    },
}

impl Reader {
    /// Whether every sensor has given a sample since it was opened.
    fn works(&self) -> bool {
        match self {
            Self::Buffered(buffered) => buffered.work(),
            // A reading is one of every sensor.
            Self::Polled { .. } => true,
            Self::Lost { .. } => false,
        }
    }

    fn polled(polled: Polled) -> Self {
        Self::Polled {
            polled: Box::new(polled),
            again: None,
        }
    }
}

impl IioSource {
    /// Finds the sensors and begins to read them. A sensor whose node another program
    /// has open is retried; one that does not exist or has invalid attributes is an
    /// error.
    pub fn open(settings: Settings) -> Result<Self, IioError> {
        let mut source = Self {
            settings,
            reader: Reader::Lost {
                retry_at: Instant::now(),
            },
            queue: VecDeque::new(),
            counts: SourceCounts::default(),
            backoff: Backoff::default(),
            silences: Silences::default(),
            fault: Fault::default(),
        };
        match source.settings.open() {
            Ok(reader) => source.reader = reader,
            Err(error) if error.may_pass() => source.lose(&error),
            Err(error) => return Err(error),
        }
        Ok(source)
    }

    fn lose(&mut self, why: impl Display) {
        let pause = self.backoff.next();
        self.fault.set(why, pause);
        self.reader = Reader::Lost {
            retry_at: Instant::now() + pause,
        };
    }

    /// Waits for samples, or until [`Reading::Quiet`] is due.
    fn collect(&mut self) {
        let Self { queue, counts, .. } = self;
        let result = match &mut self.reader {
            Reader::Buffered(buffered) => buffered.collect(queue, counts),
            Reader::Polled { polled, .. } => polled.collect(queue, counts),
            Reader::Lost { retry_at } => {
                let left = retry_at.saturating_duration_since(Instant::now());
                std::thread::sleep(left.min(TELL));
                if left <= TELL {
                    match self.settings.open() {
                        Ok(reader) => self.reader = reader,
                        Err(error) => self.lose(&error),
                    }
                }
                return;
            }
        };
        match result {
            Ok(()) if self.queue.is_empty() => {}
            // A sensor beside one that has not come back makes no frame.
            Ok(()) if self.reader.works() => {
                self.backoff = Backoff::default();
                self.fault.end();
                if matches!(self.reader, Reader::Buffered(_)) {
                    self.silences.end();
                }
            }
            Ok(()) => {}
            Err(error) if error.is_silence() => self.fall_silent(&error),
            Err(error) => self.lose(&error),
        }
        self.return_to_the_buffer();
    }

    /// Switches from buffers that give nothing to polling, until the sensors are opened
    /// anew, if the configured mode allows it and polling works.
    fn fall_silent(&mut self, error: &IioError) {
        // Closed first: some drivers refuse raw readings while a buffer is enabled.
        self.reader = Reader::Lost {
            retry_at: Instant::now(),
        };
        let to_be_polled = self.settings.mode == Mode::Auto && self.silences.again();
        match to_be_polled.then(|| self.settings.open_polled()) {
            None => self.lose(error),
            Some(Ok(polled)) => {
                self.lose(error);
                tracing::warn!("the sensors are polled instead, until they are next opened");
                self.reader = Reader::polled(polled);
            }
            Some(Err(other)) => {
                self.lose(format_args!(
                    "{error}; polling does not work either: {other}"
                ));
            }
        }
    }

    fn return_to_the_buffer(&mut self) {
        if let Reader::Polled { again, .. } = &mut self.reader
            && let Some((at, backoff)) = again
            && Instant::now() >= *at
        {
            *at = Instant::now() + backoff.next();
            if let Ok(buffered) = self.settings.open_buffered() {
                tracing::info!("the buffers are free: buffering from now on");
                self.reader = Reader::Buffered(buffered);
            }
        }
    }
}

impl Source for IioSource {
    fn next(&mut self) -> Result<Option<Reading>, SourceError> {
        if self.queue.is_empty() {
            self.collect();
        }
        Ok(Some(queued(&mut self.queue, &mut self.counts)))
    }

    fn is_ready(&self) -> bool {
        !self.queue.is_empty()
    }

    fn release(&mut self) {
        self.queue.clear();
        self.fault.forget();
        self.backoff = Backoff::default();
        self.silences = Silences::default();
        self.reader = Reader::Lost {
            retry_at: Instant::now(),
        };
    }

    fn counts(&self) -> SourceCounts {
        self.counts
    }

    fn fault(&self) -> Option<&str> {
        self.fault.text()
    }
}

/// Disables the buffers that a killed reader left enabled, since the kernel keeps them
/// enabled and the sensors powered. Returns the devices whose buffers were enabled.
/// Devices that another process reads are skipped, and in polled mode all are, since
/// that mode enables no buffer.
pub fn release(settings: &Settings) -> Result<Vec<String>, IioError> {
    let (mut released, mut result) = (Vec::new(), Ok(()));
    if settings.mode == Mode::Polled {
        return Ok(released);
    }
    let devices = find::each(&settings.roots, settings.names());
    for ChosenDevice { device, .. } in devices.into_iter().flatten() {
        match node::release(&device, settings.roots.dev.join(&device.id)) {
            Ok(true) => released.push(device.title()),
            Ok(false) => {}
            Err(error) => result = Err(error),
        }
    }
    result.map(|()| released)
}
