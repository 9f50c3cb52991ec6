//! Opens the sensors, buffered or polled.

use std::time::Instant;

use super::buffered::Buffered;
use super::device::Device;
use super::find::{self, Found};
use super::polled::Polled;
use super::{IioError, Mode, Reader, Settings};
use crate::motion::Sensor;
use crate::source::backoff::Backoff;

impl Settings {
    /// Opens the sensors in the configured mode; in `auto`, buffered, or polled if the
    /// buffers cannot be used.
    pub(super) fn open(&self) -> Result<Reader, IioError> {
        let found = find::both(&self.roots, self.names())?;
        let reader = self.open_found(&found)?;
        for (sensor, Found { device, why }) in Sensor::ALL.iter().zip(&found) {
            tracing::info!(%sensor, device = %device.title(), %why, "chose");
        }
        Ok(reader)
    }

    fn open_found(&self, found: &[Found; 2]) -> Result<Reader, IioError> {
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
        let found = find::both(&self.roots, self.names())?;
        Buffered::open(&devices(&found), self)
    }

    /// Opens the sensors for polling, whatever mode is configured, and checks that the
    /// readings are usable.
    pub(super) fn open_polled(&self) -> Result<Polled, IioError> {
        let found = find::both(&self.roots, self.names())?;
        let polled = Polled::open(&devices(&found), self)?;
        polled.try_out()?;
        Ok(polled)
    }
}

fn devices(found: &[Found; 2]) -> [Device; 2] {
    found.each_ref().map(|found| found.device.clone())
}
