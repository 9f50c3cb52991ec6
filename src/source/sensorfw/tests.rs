//! The source against a stand-in for sensorfw: a bus of its own, a real socket.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use zbus::zvariant::OwnedValue;
use zbus::{Connection, connection, interface};

use super::service::NAME;
use super::{SensorfwSource, Settings};
use crate::motion::{Channels, Sample, Sensor};
use crate::source::system_clock::boottime;
use crate::source::{Hertz, Reading, Source};

/// How long anything may take before the test fails.
const PATIENCE: Duration = Duration::from_secs(60);

/// A record as the service's memory has it.
pub(super) fn record(micros: u64, xyz: [[u8; 4]; 3]) -> [u8; 24] {
    let mut bytes = [0xaa; 24];
    bytes[..8].copy_from_slice(&micros.to_ne_bytes());
    bytes[8..20].copy_from_slice(xyz.as_flattened());
    bytes
}

/// A frame of such records.
pub(super) fn frame(records: &[[u8; 24]]) -> Vec<u8> {
    let count = records.len() as u32;
    [&count.to_ne_bytes()[..], records.as_flattened()].concat()
}

/// What the stand-in was asked and has handed out.
#[derive(Default)]
struct Shared {
    whole: bool,
    refuses: bool,
    ids: i32,
    calls: Vec<String>,
    /// Sessions granted, by sensor's plug-in.
    granted: HashMap<String, i32>,
    /// Connections, by session.
    sockets: HashMap<i32, UnixStream>,
}

type State = Arc<Mutex<Shared>>;

struct Manager(State);

#[interface(name = "local.SensorManager")]
impl Manager {
    #[zbus(name = "loadPlugin")]
    fn load_plugin(&self, name: &str) -> bool {
        lock(&self.0).calls.push(format!("loadPlugin {name}"));
        true
    }
    #[zbus(name = "requestSensor")]
    fn request_sensor(&self, name: &str, _pid: i64) -> i32 {
        let mut state = lock(&self.0);
        state.calls.push(format!("requestSensor {name}"));
        if state.refuses {
            return -1;
        }
        state.ids += 1;
        let id = state.ids;
        state.granted.insert(name.to_owned(), id);
        id
    }
    #[zbus(name = "releaseSensor")]
    fn release_sensor(&self, name: &str, id: i32, _pid: i64) -> bool {
        lock(&self.0)
            .calls
            .push(format!("releaseSensor {name} {id}"));
        true
    }
    #[zbus(property, name = "errorCodeInt")]
    fn error_code(&self) -> i32 {
        8
    }
    #[zbus(property, name = "errorString")]
    fn error_string(&self) -> String {
        "adaptor not started".into()
    }
}

/// The two sensors' interfaces, which differ in names alone.
macro_rules! sensor {
    ($type:ident, $interface:literal, $latest:literal) => {
        struct $type(State);

        #[interface(name = $interface)]
        impl $type {
            #[zbus(name = "start")]
            fn start(&self, id: i32) {
                lock(&self.0).calls.push(format!("start {id}"));
            }
            #[zbus(name = "stop")]
            fn stop(&self, id: i32) {
                lock(&self.0).calls.push(format!("stop {id}"));
            }
            #[zbus(name = "setDataRate")]
            fn set_data_rate(&self, id: i32, hertz: f64) {
                lock(&self.0)
                    .calls
                    .push(format!("setDataRate {id} {hertz}"));
            }
            #[zbus(name = "setInterval")]
            fn set_interval(&self, id: i32, millis: i32) {
                lock(&self.0)
                    .calls
                    .push(format!("setInterval {id} {millis}"));
            }
            #[zbus(name = "setDownsampling")]
            fn set_downsampling(&self, id: i32, on: bool) {
                lock(&self.0)
                    .calls
                    .push(format!("setDownsampling {id} {on}"));
            }
            #[zbus(name = "setBufferSize")]
            fn set_buffer_size(&self, id: i32, size: u32) {
                lock(&self.0)
                    .calls
                    .push(format!("setBufferSize {id} {size}"));
            }
            #[zbus(name = "setBufferInterval")]
            fn set_buffer_interval(&self, id: i32, millis: u32) {
                lock(&self.0)
                    .calls
                    .push(format!("setBufferInterval {id} {millis}"));
            }
            #[zbus(name = "setStandbyOverride")]
            fn set_standby_override(&self, id: i32, on: bool) -> bool {
                lock(&self.0)
                    .calls
                    .push(format!("setStandbyOverride {id} {on}"));
                true
            }
            #[zbus(property, name = $latest)]
            fn latest(&self) -> OwnedValue {
                let whole = (0_u64, 0_i32, 0_i32, 0_i32);
                let float = (0_u64, 0.0, 0.0, 0.0);
                let value = match lock(&self.0).whole {
                    true => zbus::zvariant::Value::from(whole),
                    false => zbus::zvariant::Value::from(float),
                };
                value.try_into().unwrap()
            }
        }
    };
}

sensor!(Accelerometer, "local.AccelerometerSensor", "xyz");
sensor!(Gyroscope, "local.GyroscopeSensor", "value");

fn lock(state: &State) -> MutexGuard<'_, Shared> {
    state.lock().unwrap()
}

/// A bus, and sensorfw on it.
struct Phone {
    folder: tempfile::TempDir,
    bus: Child,
    address: String,
    runtime: Runtime,
    service: Option<Connection>,
    state: State,
}

impl Phone {
    /// `None`, with a notice, where there is no dbus-daemon.
    fn new(whole: bool) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let address = format!("unix:path={}", folder.path().join("bus").display());
        let started = Command::new("dbus-daemon")
            .args(["--session", "--nofork", "--print-address"])
            .arg(format!("--address={address}"))
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut bus) = started else {
            skipped::because("there is no dbus-daemon, so sensorfw was NOT tested");
            return None;
        };
        let mut said = String::new();
        let output = bus.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut said).unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let shared = Shared {
            whole,
            ..Shared::default()
        };
        let mut phone = Self {
            folder,
            bus,
            address,
            runtime,
            service: None,
            state: Arc::new(Mutex::new(shared)),
        };
        phone.start();
        Some(phone)
    }

    /// Starts the service.
    fn start(&mut self) {
        let path = self.settings().socket;
        let listener = UnixListener::bind(path).unwrap();
        let state = self.state.clone();
        thread::spawn(move || {
            for connection in listener.incoming() {
                let mut connection = connection.unwrap();
                let mut id = [0; 4];
                if connection.read_exact(&mut id).is_ok() {
                    // Held while answering: the next call finds the socket noted.
                    let mut state = lock(&state);
                    connection.write_all(b"\n").unwrap();
                    state.sockets.insert(i32::from_ne_bytes(id), connection);
                }
            }
        });
        let served = async {
            connection::Builder::address(self.address.as_str())?
                .serve_at("/SensorManager", Manager(self.state.clone()))?
                .serve_at(
                    "/SensorManager/accelerometersensor",
                    Accelerometer(self.state.clone()),
                )?
                .serve_at(
                    "/SensorManager/gyroscopesensor",
                    Gyroscope(self.state.clone()),
                )?
                .name(NAME)?
                .build()
                .await
        };
        self.service = Some(self.runtime.block_on(served).unwrap());
    }

    /// Ends the service: it leaves the bus and, with `sockets`, closes them.
    fn end(&mut self, sockets: bool) {
        fs::remove_file(self.settings().socket).unwrap();
        if let Some(service) = self.service.take() {
            self.runtime.block_on(service.close()).unwrap();
        }
        let mut state = lock(&self.state);
        state.granted.clear();
        if sockets {
            state.sockets.clear();
        } else {
            let held = std::mem::take(&mut state.sockets);
            std::mem::forget(held);
        }
    }

    fn settings(&self) -> Settings {
        Settings {
            bus: Some(self.address.clone()),
            socket: self.folder.path().join("sensord.sock"),
            ..Settings::new(Hertz(100.0), Duration::from_millis(960))
        }
    }

    /// Sends bytes as the sensor of this plug-in, once its session is connected.
    fn send(&self, plugin: &str, bytes: &[u8]) {
        let state = lock(&self.state);
        let id = state.granted[plugin];
        let mut socket = &state.sockets[&id];
        socket.write_all(bytes).unwrap();
    }

    fn calls(&self) -> Vec<String> {
        lock(&self.state).calls.clone()
    }

    fn has_said(&self, call: &str) -> bool {
        self.calls().iter().any(|said| said.starts_with(call))
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        let _ = self.bus.kill();
        let _ = self.bus.wait();
    }
}

const ACCELEROMETER: &str = "accelerometersensor";
const GYROSCOPE: &str = "gyroscopesensor";

/// Reads until `done`; returns the samples that came.
fn read_until(source: &mut SensorfwSource, mut done: impl FnMut(&[Sample]) -> bool) -> Vec<Sample> {
    let began = Instant::now();
    let mut samples = Vec::new();
    while !done(&samples) {
        assert!(began.elapsed() < PATIENCE, "{:?}", source.fault());
        if let Some(Reading::Sample(sample)) = source.next().unwrap() {
            samples.push(sample);
        }
    }
    samples
}

/// Reads until both sensors are set up for the `times`th time.
fn open(source: &mut SensorfwSource, phone: &Phone, times: usize) {
    read_until(source, |_| {
        let calls = phone.calls();
        let last = |call: &&String| call.starts_with("setStandbyOverride");
        calls.iter().filter(last).count() >= 2 * times
    });
}

fn now_us() -> u64 {
    (boottime().nanos() / 1000) as u64
}

fn floats(micros: u64, xyz: [f32; 3]) -> [u8; 24] {
    record(micros, xyz.map(f32::to_ne_bytes))
}

#[test]
fn both_sensors_are_asked_for_as_the_service_wants_it_and_read() {
    for whole in [false, true] {
        let Some(phone) = Phone::new(whole) else {
            return;
        };
        let mut source = SensorfwSource::new(phone.settings());
        open(&mut source, &phone, 1);
        let began = now_us();
        let values = |t, xyz: [i16; 3]| match whole {
            true => record(t, xyz.map(|value| i32::from(value).to_ne_bytes())),
            false => floats(t, xyz.map(f32::from)),
        };
        // Three records in one frame, cut in the middle of the second.
        let lying = [0, 1, 2].map(|i| values(began + i * 10_000, [0, 0, 1000]));
        let bytes = frame(&lying);
        phone.send(ACCELEROMETER, &bytes[..37]);
        let first = read_until(&mut source, |samples| !samples.is_empty());
        phone.send(ACCELEROMETER, &bytes[37..]);
        let rest = read_until(&mut source, |samples| samples.len() >= 2);
        phone.send(GYROSCOPE, &frame(&[values(began, [180, 0, 0])]));
        let turn = read_until(&mut source, |samples| !samples.is_empty());
        let lying: Vec<_> = first.iter().chain(&rest).collect();
        assert_eq!(lying.len(), 3);
        for (i, sample) in lying.iter().enumerate() {
            assert_eq!(sample.sensor, Sensor::Accelerometer);
            assert_eq!(sample.xyz, [0.0, 0.0, 9.806_65]);
            // The system has not slept, or else its clocks would differ.
            let ms = sample.t.since(lying[0].t).as_millis();
            assert_eq!(ms, 10 * i as u128);
        }
        assert_eq!(turn[0].sensor, Sensor::Gyroscope);
        assert!((turn[0].xyz[0] - 0.003_141_592_7).abs() < 1e-8);
        let rate = if whole {
            "setInterval 1 10"
        } else {
            "setDataRate 1 100"
        };
        for call in [
            "loadPlugin accelerometersensor",
            "requestSensor accelerometersensor",
            "start 1",
            rate,
            "setDownsampling 1 false",
            "setBufferSize 1 96",
            "setBufferInterval 1 960",
            "setStandbyOverride 1 true",
            "setStandbyOverride 2 true",
        ] {
            assert!(phone.has_said(call), "no {call} in {:?}", phone.calls());
        }
        let calls = phone.calls();
        let at = |call| calls.iter().position(|said| said == call);
        assert!(at("start 1") < at(rate), "a start undoes what was set");
        assert_eq!((source.counts().samples, source.fault()), (4, None));
    }
}

#[test]
fn a_sensor_that_the_model_does_not_take_is_not_asked_for() {
    let Some(phone) = Phone::new(false) else {
        return;
    };
    let settings = Settings {
        channels: Channels::Accelerometer,
        ..phone.settings()
    };
    let mut source = SensorfwSource::new(settings);
    read_until(&mut source, |_| phone.has_said("setStandbyOverride 1"));
    phone.send(
        ACCELEROMETER,
        &frame(&[floats(now_us(), [0.0, 0.0, 1000.0])]),
    );
    read_until(&mut source, |samples| samples.len() == 1);
    assert_eq!(source.fault(), None);
    assert!(!phone.has_said("requestSensor gyroscopesensor"));
    source.release();
    assert!(phone.has_said("releaseSensor accelerometersensor 1"));
}

#[test]
fn sensors_that_are_let_go_are_given_back_and_asked_for_again() {
    let Some(phone) = Phone::new(false) else {
        return;
    };
    let mut source = SensorfwSource::new(phone.settings());
    for session in [1, 3] {
        open(&mut source, &phone, if session == 1 { 1 } else { 2 });
        assert!(!phone.has_said(&format!("stop {session}")));
        source.release();
        for call in ["stop", "releaseSensor accelerometersensor"] {
            let call = format!("{call} {session}");
            assert!(phone.has_said(&call), "no {call} in {:?}", phone.calls());
        }
        assert!(phone.has_said(&format!("releaseSensor gyroscopesensor {}", session + 1)));
    }
    drop(source);
}

#[test]
fn a_service_that_ends_and_returns_is_read_again() {
    // Once its sockets end, once only its name is lost.
    for sockets in [true, false] {
        let Some(mut phone) = Phone::new(false) else {
            return;
        };
        let mut source = SensorfwSource::new(phone.settings());
        open(&mut source, &phone, 1);
        phone.end(sockets);
        let lost = |source: &mut SensorfwSource| {
            let began = Instant::now();
            while source.fault().is_none() {
                assert!(began.elapsed() < PATIENCE);
                let reading = source.next().unwrap();
                assert!(matches!(reading, Some(Reading::Quiet(_))), "{reading:?}");
            }
        };
        lost(&mut source);
        phone.start();
        open(&mut source, &phone, 2);
        for plugin in [ACCELEROMETER, GYROSCOPE] {
            phone.send(plugin, &frame(&[floats(now_us(), [0.0, 0.0, 1000.0])]));
        }
        read_until(&mut source, |samples| samples.len() == 2);
        read_until(&mut source, |_| true);
        assert_eq!(source.fault(), None);
    }
}

#[test]
fn a_refusal_and_an_absence_are_told_and_tried_again() {
    let Some(mut phone) = Phone::new(false) else {
        return;
    };
    lock(&phone.state).refuses = true;
    let mut source = SensorfwSource::new(phone.settings());
    let fault = |source: &mut SensorfwSource, part: &str| {
        let began = Instant::now();
        while !source.fault().is_some_and(|fault| fault.contains(part)) {
            assert!(began.elapsed() < PATIENCE, "{:?}", source.fault());
            let _ = source.next().unwrap();
        }
    };
    fault(
        &mut source,
        "refuses the accelerometer (error 8): adaptor not started",
    );
    phone.end(true);
    fault(&mut source, "is not on the system bus");
    lock(&phone.state).refuses = false;
    phone.start();
    open(&mut source, &phone, 1);
    let no_gyroscope = super::SensorfwError::Refused {
        sensor: Sensor::Gyroscope,
        code: 8,
        why: "no such sensor".into(),
    };
    assert!(no_gyroscope.to_string().contains("models/accelerometer"));
}

#[test]
fn a_mute_sensor_is_told_and_asked_for_anew() {
    let Some(phone) = Phone::new(false) else {
        return;
    };
    let mut source = SensorfwSource::new(phone.settings());
    open(&mut source, &phone, 1);
    // The accelerometer goes on, the gyroscope never begins.
    let began = Instant::now();
    while source.fault().is_none() {
        assert!(began.elapsed() < PATIENCE);
        phone.send(
            ACCELEROMETER,
            &frame(&[floats(now_us(), [0.0, 0.0, 1000.0])]),
        );
        let _ = source.next().unwrap();
        thread::sleep(Duration::from_millis(10));
    }
    let fault = source.fault().unwrap();
    assert!(fault.contains("gyroscope has given nothing"), "{fault}");
    open(&mut source, &phone, 2);
}

#[test]
fn a_socket_that_sends_no_frames_is_left() {
    let Some(phone) = Phone::new(false) else {
        return;
    };
    let mut source = SensorfwSource::new(phone.settings());
    open(&mut source, &phone, 1);
    phone.send(GYROSCOPE, &[0xff; 64]);
    let began = Instant::now();
    while source.fault().is_none() {
        assert!(began.elapsed() < PATIENCE);
        let _ = source.next().unwrap();
    }
    assert!(
        source
            .fault()
            .unwrap()
            .contains("a frame of 4294967295 records")
    );
    assert_eq!(source.counts().malformed, 1);
    open(&mut source, &phone, 2);
}
