//! Opens the sensors, buffered or polled.

use std::time::Instant;

use super::buffered::Buffered;
use super::device::Device;
use super::find::{self, ChosenDevice};
use super::polled::Polled;
use super::{IioError, Mode, Reader, Settings};
use crate::motion::Sensor;
use crate::source::backoff::Backoff;

impl Settings {
    /// Opens the sensors in the configured mode; in `auto`, buffered, or polled if the
    /// buffers cannot be used.
    pub(super) fn open(&self) -> Result<Reader, IioError> {
        let found = self.find()?;
        let reader = self.open_found(&found)?;
        for (sensor, ChosenDevice { device, why }) in &found {
            tracing::info!(%sensor, device = %device.title(), %why, "chose");
        }
        Ok(reader)
    }

    fn find(&self) -> Result<Vec<(Sensor, ChosenDevice)>, IioError> {
        find::all(&self.roots, self.names(), self.channels)
    }

    fn open_found(&self, found: &[(Sensor, ChosenDevice)]) -> Result<Reader, IioError> {
        let devices = &devices(found);
        if self.mode == Mode::Polled {
            return Ok(Reader::polled(Polled::open(devices, self)?));
        }
        let why = match Buffered::open(devices, self) {
            Ok(buffered) => return Ok(Reader::Buffered(buffered)),
            Err(why) => why,
        };
        if self.mode == Mode::Buffered {
            return Err(why);
        }
        let Ok(polled) = Polled::open(devices, self) else {
            return Err(why);
        };
        tracing::info!(%why, "the sensors cannot be buffered, so they are polled");
        let mut backoff = Backoff::default();
        let again = why
            .may_pass()
            .then(|| (Instant::now() + backoff.next(), backoff));
        let polled = Box::new(polled);
        Ok(Reader::Polled { polled, again })
    }

    /// Opens the sensors' buffers, whatever mode is configured.
    pub(super) fn open_buffered(&self) -> Result<Buffered, IioError> {
        Buffered::open(&devices(&self.find()?), self)
    }

    /// Opens the sensors for polling, whatever mode is configured, and checks that the
    /// readings are usable.
    pub(super) fn open_polled(&self) -> Result<Polled, IioError> {
        let polled = Polled::open(&devices(&self.find()?), self)?;
        polled.try_out()?;
        Ok(polled)
    }
}

fn devices(found: &[(Sensor, ChosenDevice)]) -> Vec<(Sensor, &Device)> {
    let found = found.iter();
    found
        .map(|(sensor, found)| (*sensor, &found.device))
        .collect()
}
