//! All calls to sensorfw over D-Bus.

use std::pin::Pin;
use std::task::Context;
use std::time::Duration;

use zbus::export::futures_core::Stream;
use zbus::names::{BusName, OwnedUniqueName};
use zbus::zvariant::{DynamicDeserialize, DynamicType, OwnedValue};
use zbus::{Connection, MatchRule, MessageStream, connection, fdo, message};

use super::frame::Values;
use super::{SensorfwError, Settings};
use crate::motion::Sensor;

pub(super) const NAME: &str = "com.nokia.SensorService";
const MANAGER_PATH: &str = "/SensorManager";
const MANAGER: &str = "local.SensorManager";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// Time limit of each call: the service may start Android's drivers before it answers.
const ANSWER: Duration = Duration::from_secs(30);
/// One running sensorfw. It is called by its unique bus name, so that calls fail once it
/// has been replaced.
pub(super) struct Service {
    bus: Connection,
    unique: OwnedUniqueName,
}

/// The service's names for a sensor.
struct Names {
    /// Name of the sensor's plug-in, which is also the last part of its object's path.
    plugin: &'static str,
    interface: &'static str,
    /// Name of the property with the sensor's latest value.
    latest: &'static str,
}

fn names(sensor: Sensor) -> Names {
    match sensor {
        Sensor::Accelerometer => Names {
            plugin: "accelerometersensor",
            interface: "local.AccelerometerSensor",
            latest: "xyz",
        },
        Sensor::Gyroscope => Names {
            plugin: "gyroscopesensor",
            interface: "local.GyroscopeSensor",
            latest: "value",
        },
    }
}

impl Service {
    /// Connects to the service, with the bus's messages on changes of its name's owner.
    pub(super) async fn connect(
        settings: &Settings,
    ) -> Result<(Self, MessageStream), SensorfwError> {
        let bus = match &settings.bus {
            None => connection::Builder::system(),
            Some(address) => connection::Builder::address(address.as_str()),
        };
        let bus = bus.map_err(SensorfwError::bus)?.method_timeout(ANSWER);
        let bus = bus.build().await.map_err(SensorfwError::bus)?;
        let changes = async {
            let rule = MatchRule::builder()
                .msg_type(message::Type::Signal)
                .sender("org.freedesktop.DBus")?
                .interface("org.freedesktop.DBus")?
                .member("NameOwnerChanged")?
                .arg(0, NAME)?
                .build();
            MessageStream::for_match_rule(rule, &bus, Some(8)).await
        };
        let changes = changes.await.map_err(SensorfwError::bus)?;
        let unique = async {
            let name = BusName::try_from(NAME).map_err(|why| fdo::Error::ZBus(why.into()))?;
            fdo::DBusProxy::new(&bus).await?.get_name_owner(name).await
        };
        match unique.await {
            Ok(unique) => Ok((Self { bus, unique }, changes)),
            Err(fdo::Error::NameHasNoOwner(_)) => Err(SensorfwError::Absent),
            Err(error) => Err(SensorfwError::bus(error.into())),
        }
    }

    /// Asks for a session of `sensor`, and returns its number.
    pub(super) async fn request(&self, sensor: Sensor) -> Result<i32, SensorfwError> {
        let plugin = names(sensor).plugin;
        let _: bool = self.manager("loadPlugin", &(plugin,)).await?;
        let me = i64::from(std::process::id());
        let id = self.manager("requestSensor", &(plugin, me)).await?;
        // -1 instead of a session.
        if id >= 0 {
            return Ok(id);
        }
        let code = self.property(MANAGER_PATH, MANAGER, "errorCodeInt").await;
        let why = self.property(MANAGER_PATH, MANAGER, "errorString").await;
        Err(SensorfwError::Refused {
            sensor,
            code: code
                .ok()
                .and_then(|code| code.try_into().ok())
                .unwrap_or_default(),
            why: why
                .ok()
                .and_then(|why| why.try_into().ok())
                .unwrap_or_default(),
        })
    }

    /// What the values of its records are. The type of the latest value changed with theirs.
    pub(super) async fn values(&self, sensor: Sensor) -> Result<Values, SensorfwError> {
        let Names {
            interface, latest, ..
        } = names(sensor);
        let latest = self.property(&path(sensor), interface, latest).await?;
        match latest.value_signature().to_string().as_str() {
            "(tddd)" => Ok(Values::Float),
            "(tiii)" => Ok(Values::Whole),
            other => Err(SensorfwError::UnknownValues {
                sensor,
                signature: other.to_owned(),
            }),
        }
    }

    /// Starts session `id`, and sets it up: a start undoes what was set before.
    pub(super) async fn start(
        &self,
        sensor: Sensor,
        id: i32,
        values: Values,
        settings: &Settings,
    ) -> Result<(), SensorfwError> {
        self.tell(sensor, "start", &(id,)).await?;
        match values {
            // From the version on that has floats.
            Values::Float => {
                let rate = (id, settings.rate.0);
                self.tell(sensor, "setDataRate", &rate).await?;
            }
            Values::Whole => {
                let millis = settings.rate.interval().as_millis();
                let millis = i32::try_from(millis).unwrap_or(i32::MAX);
                self.tell(sensor, "setInterval", &(id, millis)).await?;
            }
        }
        let together = settings.rate.samples_in(settings.hop).min(256) as u32;
        let hop = u32::try_from(settings.hop.as_millis()).unwrap_or(u32::MAX);
        // Samples come without these too, which not every version may have.
        let wishes = [
            // Else values are averaged where another program has a higher rate, those of one
            // sensor alone.
            self.tell(sensor, "setDownsampling", &(id, false)).await,
            self.tell(sensor, "setBufferSize", &(id, together)).await,
            self.tell(sensor, "setBufferInterval", &(id, hop)).await,
            // Else some builds stop the sensor with the screen. graspd lets go of it itself
            // once the session is locked.
            self.tell(sensor, "setStandbyOverride", &(id, true)).await,
        ];
        for error in wishes.into_iter().filter_map(Result::err) {
            tracing::info!(%sensor, %error, "sensorfw does without");
        }
        Ok(())
    }

    /// Stops session `id` and gives it back.
    pub(super) async fn release(&self, sensor: Sensor, id: i32) -> Result<(), SensorfwError> {
        self.tell(sensor, "stop", &(id,)).await?;
        let session = (names(sensor).plugin, id, i64::from(std::process::id()));
        let _: bool = self.manager("releaseSensor", &session).await?;
        Ok(())
    }

    /// Calls a method of a sensor, whatever it returns.
    async fn tell<B>(
        &self,
        sensor: Sensor,
        method: &'static str,
        body: &B,
    ) -> Result<(), SensorfwError>
    where
        B: serde::Serialize + DynamicType,
    {
        let interface = names(sensor).interface;
        let path = path(sensor);
        let call = self.send(&path, interface, method, body);
        call.await.map(drop).map_err(|source| SensorfwError::Call {
            method,
            source: source.into(),
        })
    }

    async fn manager<B, R>(&self, method: &'static str, body: &B) -> Result<R, SensorfwError>
    where
        B: serde::Serialize + DynamicType,
        R: for<'d> DynamicDeserialize<'d>,
    {
        self.call(MANAGER_PATH, MANAGER, method, body).await
    }

    async fn property(
        &self,
        path: &str,
        interface: &str,
        name: &'static str,
    ) -> Result<OwnedValue, SensorfwError> {
        let method = "Get";
        self.call(path, PROPERTIES, method, &(interface, name))
            .await
    }

    async fn call<B, R>(
        &self,
        path: &str,
        interface: &str,
        method: &'static str,
        body: &B,
    ) -> Result<R, SensorfwError>
    where
        B: serde::Serialize + DynamicType,
        R: for<'d> DynamicDeserialize<'d>,
    {
        let answer = async {
            self.send(path, interface, method, body)
                .await?
                .body()
                .deserialize()
        };
        answer.await.map_err(|source| SensorfwError::Call {
            method,
            source: source.into(),
        })
    }

    async fn send<B>(
        &self,
        path: &str,
        interface: &str,
        method: &str,
        body: &B,
    ) -> zbus::Result<zbus::Message>
    where
        B: serde::Serialize + DynamicType,
    {
        let to = Some(self.unique.as_str());
        let call = self
            .bus
            .call_method(to, path, Some(interface), method, body);
        call.await
    }

    /// Waits until the name's owner is another one, or the connection has ended.
    pub(super) async fn replaced(&self, changes: &mut MessageStream) {
        while let Some(Ok(change)) = next(changes).await {
            let owner = change.body().deserialize::<(String, String, String)>();
            if owner.is_ok_and(|(_, _, new)| new != self.unique.as_str()) {
                return;
            }
        }
    }
}

fn path(sensor: Sensor) -> String {
    format!("{MANAGER_PATH}/{}", names(sensor).plugin)
}

async fn next(stream: &mut MessageStream) -> Option<zbus::Result<zbus::Message>> {
    std::future::poll_fn(|context: &mut Context<'_>| Pin::new(&mut *stream).poll_next(context))
        .await
}
