//! The progress of this user's enrolment, which the system bus tells before they are the owner.
//! docs/dbus.md

use std::collections::HashMap;
use std::time::Duration;

use graspd_client::daemon::{BUS_NAME, BUS_PATH};
use tokio::time::timeout;
use zbus::Connection;
use zbus::zvariant::OwnedValue;

/// How long the bus and graspd may take.
const TIMEOUT: Duration = Duration::from_secs(5);

/// Windows gathered and wanted; `None` where there is no bus or no such enrolment.
pub(crate) async fn progress() -> Option<(u64, u64)> {
    timeout(TIMEOUT, ask()).await.ok()?
}

async fn ask() -> Option<(u64, u64)> {
    let bus = Connection::system().await.ok()?;
    let call = bus.call_method(
        Some(BUS_NAME),
        BUS_PATH,
        Some(BUS_NAME),
        "EnrolmentStatus",
        &(),
    );
    let answer = call.await.ok()?;
    let mut progress: HashMap<String, OwnedValue> = answer.body().deserialize().ok()?;
    let mut number = |name: &str| u64::try_from(progress.remove(name)?).ok();
    Some((number("windows")?, number("wanted")?))
}
