//! The conversation with one sensor core: look it up, ask for each sensor's name and rates,
//! switch both on, read.

use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};

use grasp_qrtr::Address;

use super::directory::{self, Notice};
use super::message::{self, Event, Suid, id};
use super::qmi::{self, Packet};
use super::ticks::TickClock;
use super::{Settings, SscError, Transport};
use crate::motion::{Sample, SampleTime, Sensor};
use crate::source::offer::Offer;
use crate::source::system_clock::boottime;
use crate::source::{Hertz, SourceCounts};

/// Time limit of each answer.
const ANSWER: Duration = Duration::from_secs(5);
/// Added to the hop before a sensor counts as silent.
const DELAY: Duration = Duration::from_secs(5);

/// What is asked of the sensor core, in this order for each sensor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ask {
    /// Its name in the sensor core.
    Name,
    /// Its rates.
    Rates,
    /// Its samples.
    Samples,
}

/// Where the conversation is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// The directory has been asked.
    LookingUp,
    /// This has been asked about this sensor.
    Asked(Sensor, Ask),
    /// The sensors are on.
    Reading,
}

/// One sensor, as far as it is known.
#[derive(Debug, Default)]
struct Known {
    suid: Option<Suid>,
    rate: Option<Hertz>,
    /// When its newest sample came, or it was switched on.
    heard: Option<Instant>,
    works: bool,
}

/// A conversation with the first sensor core that the directory names.
pub struct Conversation {
    transport: Box<dyn Transport>,
    settings: Settings,
    core: Option<Address>,
    step: Step,
    /// When that began.
    since: Instant,
    transaction: u16,
    sensors: [Known; 2],
    clock: TickClock,
}

impl Conversation {
    /// Asks the directory.
    pub(super) fn begin(
        transport: Box<dyn Transport>,
        settings: Settings,
    ) -> Result<Self, SscError> {
        directory::look_up(&*transport).map_err(io("look for"))?;
        Ok(Self {
            transport,
            settings,
            core: None,
            step: Step::LookingUp,
            since: Instant::now(),
            transaction: 0,
            sensors: Default::default(),
            clock: TickClock::default(),
        })
    }

    /// Waits for a datagram, for `longest` at most, and takes what it says.
    pub(super) fn listen(
        &mut self,
        buffer: &mut [u8],
        longest: Duration,
        queue: &mut VecDeque<Sample>,
        counts: &mut SourceCounts,
    ) -> Result<(), SscError> {
        let received = self.transport.receive(buffer, longest);
        let Some((length, from)) = received.map_err(io("hear"))? else {
            return Ok(());
        };
        let packet = &buffer[..length.min(buffer.len())];
        // Anybody can send to this port: what counts is who does.
        if from == directory::of(&*self.transport) {
            self.notice(directory::read(packet))
        } else if Some(from) == self.core {
            match qmi::read(packet) {
                Some(Packet::Response { transaction, code }) => self.response(transaction, code),
                Some(Packet::Indication(indication)) => self.indication(indication, queue, counts),
                None => {
                    counts.malformed += 1;
                    Ok(())
                }
            }
        } else {
            tracing::debug!(%from, "a datagram of a stranger");
            Ok(())
        }
    }

    /// An error if an answer or samples have been missing for too long.
    pub(super) fn check(&self) -> Result<(), SscError> {
        match self.step {
            Step::Asked(sensor, ask) if self.since.elapsed() > ANSWER => {
                return Err(SscError::NoAnswer(words(sensor, ask)));
            }
            // The directory goes on naming servers as they come, but says when it has
            // named those that there are.
            Step::LookingUp if self.since.elapsed() > ANSWER => return Err(SscError::Absent),
            _ => {}
        }
        let patience = self.settings.hop + DELAY;
        for sensor in self.settings.channels.sensors() {
            let heard = self.sensors[sensor.index()].heard;
            let silence = heard.map_or(Duration::ZERO, |heard| heard.elapsed());
            if silence > patience && self.step == Step::Reading {
                return Err(SscError::Silent {
                    sensor: *sensor,
                    silence,
                });
            }
        }
        Ok(())
    }

    /// Whether every sensor has given samples.
    pub(super) fn works(&self) -> bool {
        let mut sensors = self.settings.channels.sensors().iter();
        sensors.all(|sensor| self.sensors[sensor.index()].works)
    }

    /// Has the sensors stop, as far as the sensor core still hears.
    pub(super) fn end(mut self) {
        for sensor in Sensor::ALL {
            if let Some(suid) = self.sensors[sensor.index()].suid
                && let Err(error) = self.send(&message::disable(suid))
            {
                tracing::debug!(%error, "the sensor was not switched off");
            }
        }
    }

    fn notice(&mut self, notice: Notice) -> Result<(), SscError> {
        match notice {
            Notice::There(at) if self.core.is_none() => {
                if !directory::may_be_it(at, self.transport.local(), self.settings.node) {
                    tracing::warn!(%at, "this is no sensor core: any program here can say so");
                    return Ok(());
                }
                tracing::info!(%at, "the sensor core");
                self.core = Some(at);
                self.ask(Sensor::Accelerometer, Ask::Name)
            }
            Notice::AllNamed if self.core.is_none() => Err(SscError::Absent),
            Notice::Gone(at) | Notice::Closed(at) if Some(at) == self.core => Err(SscError::Gone),
            _ => Ok(()),
        }
    }

    fn response(&mut self, transaction: u16, code: u32) -> Result<(), SscError> {
        let Step::Asked(sensor, ask) = self.step else {
            return Ok(());
        };
        if transaction != self.transaction {
            return Ok(());
        }
        if code != 0 {
            let asked = words(sensor, ask);
            return Err(SscError::Refused { asked, code });
        }
        match ask {
            // The answer itself is an event.
            Ask::Name | Ask::Rates => Ok(()),
            Ask::Samples => {
                self.sensors[sensor.index()].heard = Some(Instant::now());
                self.go_on(sensor)
            }
        }
    }

    fn indication(
        &mut self,
        indication: &[u8],
        queue: &mut VecDeque<Sample>,
        counts: &mut SourceCounts,
    ) -> Result<(), SscError> {
        let newest = message::events(indication)
            .filter(|event| event.message == id::SAMPLE)
            .map(|event| event.ticks)
            .max();
        let now = boottime();
        if let Some(newest) = newest {
            self.clock.note(newest, now);
        }
        for event in message::events(indication) {
            self.event(event, now, queue, counts)?;
        }
        Ok(())
    }

    fn event(
        &mut self,
        event: Event<'_>,
        now: SampleTime,
        queue: &mut VecDeque<Sample>,
        counts: &mut SourceCounts,
    ) -> Result<(), SscError> {
        if event.from == message::LOOK_UP {
            return match self.step {
                Step::Asked(sensor, Ask::Name) if event.message == id::SUIDS => {
                    match message::named(event.payload, sensor) {
                        Some(Some(suid)) => {
                            self.sensors[sensor.index()].suid = Some(suid);
                            self.ask(sensor, Ask::Rates)
                        }
                        Some(None) => Err(SscError::NoSensor { sensor }),
                        None => Ok(()),
                    }
                }
                _ => Ok(()),
            };
        }
        let of = |sensor: &Sensor| self.sensors[sensor.index()].suid == Some(event.from);
        let Some(sensor) = Sensor::ALL.into_iter().find(of) else {
            return Ok(());
        };
        match (event.message, self.step) {
            (id::SAMPLE, _) => {
                self.sample(sensor, event, now, queue, counts);
                Ok(())
            }
            (id::ATTRIBUTES, Step::Asked(asked, Ask::Rates)) if asked == sensor => {
                let offer = Offer::List(message::rates(event.payload));
                let rate = offer.best(self.settings.rate);
                tracing::info!(%sensor, hz = rate.0, ?offer, "chose");
                self.sensors[sensor.index()].rate = Some(rate);
                self.ask(sensor, Ask::Samples)
            }
            (id::ERROR, Step::Asked(asked, ask)) if asked == sensor => Err(SscError::Refused {
                asked: words(sensor, ask),
                code: id::ERROR,
            }),
            _ => Ok(()),
        }
    }

    fn sample(
        &mut self,
        sensor: Sensor,
        event: Event<'_>,
        now: SampleTime,
        queue: &mut VecDeque<Sample>,
        counts: &mut SourceCounts,
    ) {
        let placed = self.clock.place(event.ticks, now);
        let (Some(xyz), Some(t)) = (message::sample(event.payload), placed) else {
            counts.malformed += 1;
            return;
        };
        let known = &mut self.sensors[sensor.index()];
        known.heard = Some(Instant::now());
        known.works = true;
        queue.push_back(Sample { sensor, t, xyz });
    }

    /// Asks about the sensor after this one; reads after the last.
    fn go_on(&mut self, sensor: Sensor) -> Result<(), SscError> {
        let mut after = self.settings.channels.sensors().iter();
        after.find(|its| **its == sensor);
        match after.next() {
            Some(next) => self.ask(*next, Ask::Name),
            None => {
                self.step = Step::Reading;
                Ok(())
            }
        }
    }

    fn ask(&mut self, sensor: Sensor, ask: Ask) -> Result<(), SscError> {
        let Known { suid, rate, .. } = self.sensors[sensor.index()];
        let message = match (ask, suid) {
            (Ask::Rates, Some(suid)) => message::get_attributes(suid),
            (Ask::Samples, Some(suid)) => {
                let rate = rate.unwrap_or(self.settings.rate);
                message::enable(suid, rate, self.settings.hop)
            }
            _ => message::get_suids(sensor),
        };
        self.step = Step::Asked(sensor, ask);
        self.since = Instant::now();
        self.send(&message)
    }

    fn send(&mut self, message: &[u8]) -> Result<(), SscError> {
        let Some(core) = self.core else {
            return Ok(());
        };
        self.transaction = self.transaction.wrapping_add(1);
        let packet = qmi::request(self.transaction, message);
        self.transport.send_to(&packet, core).map_err(io("ask"))
    }
}

/// A request as a verb.
fn words(sensor: Sensor, ask: Ask) -> String {
    let what = match ask {
        Ask::Name => "name",
        Ask::Rates => "tell the rates of",
        Ask::Samples => "switch on",
    };
    format!("{what} the {sensor}")
}

fn io(doing: &'static str) -> impl FnOnce(io::Error) -> SscError {
    move |source| SscError::Io { doing, source }
}
