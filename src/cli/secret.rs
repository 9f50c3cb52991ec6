//! Repeats on D-Bus, where polkit asks for the secret, a request that the socket refused.

use super::exit::CliError;
use super::text_agent::TextAgent;
use crate::bus::client::{BusClient, BusError};
use crate::decide::State;
use crate::publish::{Client, PublishError};

/// Has the bus ask for the secret for what the daemon of `client` refused on the socket with
/// `refusal`, and then do `what`. Gives the connection, with which a sitting would end.
///
/// The refusal stands where the state is lock, and where no bus has that daemon.
pub(super) fn with_the_secret<T>(
    client: &Client,
    refusal: PublishError,
    what: impl FnOnce(&BusClient) -> Result<T, BusError>,
) -> Result<(BusClient, T), CliError> {
    if !matches!(refusal, PublishError::Refused(_)) || client.hello().state == State::Lock {
        return Err(refusal.into());
    }
    let bus = match BusClient::connect() {
        Ok(bus) if bus.has(client.process_id()) => bus,
        _ => return Err(refusal.into()),
    };
    let _agent = TextAgent::start();
    match what(&bus) {
        Ok(done) => Ok((bus, done)),
        Err(why) => Err(why.into()),
    }
}
