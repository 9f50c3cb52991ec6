//! Chooses among the sources of a device by what is there: the kernel's own sensors, then
//! the sensor core's, then sensorfw's.

use std::fmt;
use std::time::{Duration, Instant};

use super::backoff::Backoff;
use super::fault::Fault;
use super::system_clock::boottime;
use super::{
    IioSource, Reading, SensorfwSource, Source, SourceCounts, SourceError, SscSource, TELL, iio,
    sensorfw, ssc,
};
use crate::motion::{Channels, Sensor};

/// How long a service may take to say that it is there. The source's thread is held up for
/// as long.
const ANSWER: Duration = Duration::from_secs(1);

/// A chosen source that has had a fault for so long gives way to another that is there; twice
/// as long after each change, until one works.
const PATIENCE: Duration = Duration::from_secs(60);
const LONGEST_PATIENCE: Duration = Duration::from_secs(3600);
/// A source that has given samples without a fault for so long works. One whose second sensor is
/// dead gives those of the first for a while before the other is missed.
const WORKS: Duration = Duration::from_secs(12);

/// A source that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Candidate {
    /// The kernel's sensors.
    Iio,
    /// Qualcomm's sensor core.
    Ssc,
    /// sensorfw.
    Sensorfw,
}

impl Candidate {
    /// Every one, the best first: without a service in between, and the one that knows the
    /// hardware's clock before the one that may not.
    pub const IN_ORDER: [Self; 3] = [Self::Iio, Self::Ssc, Self::Sensorfw];
}

impl fmt::Display for Candidate {
    /// Its name in the configuration.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Iio => "iio",
            Self::Ssc => "ssc",
            Self::Sensorfw => "sensorfw",
        })
    }
}

/// The settings of every candidate.
#[derive(Debug, Clone, PartialEq)]
pub struct Candidates {
    /// Of the kernel's sensors.
    pub iio: iio::Settings,
    /// Of Qualcomm's sensor core.
    pub ssc: ssc::Settings,
    /// Of sensorfw.
    pub sensorfw: sensorfw::Settings,
}

impl Candidates {
    /// The same, of which only these sensors are wanted.
    pub fn of(self, channels: Channels) -> Self {
        Self {
            iio: iio::Settings {
                channels,
                ..self.iio
            },
            ssc: ssc::Settings {
                channels,
                ..self.ssc
            },
            sensorfw: sensorfw::Settings {
                channels,
                ..self.sensorfw
            },
        }
    }

    /// Whether the wanted sensors are to be had from `candidate`; else why not, for people. Changes
    /// nothing.
    pub fn look(&self, candidate: Candidate) -> Result<(), String> {
        match candidate {
            Candidate::Iio => {
                let found = Sensor::ALL.into_iter().zip(iio::survey(&self.iio));
                found
                    .filter(|(sensor, _)| self.iio.channels.include(*sensor))
                    .try_for_each(|(_, its)| its.map(drop))
                    .map_err(|why| why.to_string())
            }
            Candidate::Ssc => match ssc::is_there(self.ssc, ssc::router(), ANSWER) {
                Ok(true) => Ok(()),
                Ok(false) => Err(ssc::SscError::Absent.to_string()),
                Err(error) => Err(error.to_string()),
            },
            Candidate::Sensorfw => match sensorfw::is_there(&self.sensorfw, ANSWER) {
                true => Ok(()),
                false => Err("com.nokia.SensorService is not on the system bus".into()),
            },
        }
    }

    /// Whether the kernel has an accelerometer and no gyroscope.
    pub fn lacks_gyroscope(&self) -> bool {
        let [accelerometer, gyroscope] = iio::survey(&self.iio);
        accelerometer.is_ok() && gyroscope.is_err()
    }

    /// Whether the kernel has a gyroscope.
    pub fn has_gyroscope(&self) -> bool {
        let [_, gyroscope] = iio::survey(&self.iio);
        gyroscope.is_ok()
    }

    fn open(&self, candidate: Candidate) -> Result<Box<dyn Source>, SourceError> {
        Ok(match candidate {
            Candidate::Iio => Box::new(IioSource::open(self.iio.clone())?),
            Candidate::Ssc => Box::new(SscSource::new(self.ssc, ssc::router())),
            Candidate::Sensorfw => Box::new(SensorfwSource::new(self.sensorfw.clone())),
        })
    }
}

/// The first candidate that is there, once one is; from then on that one, while it works.
pub struct AutoSource {
    candidates: Candidates,
    chosen: Option<Chosen>,
    patience: Duration,
    retry_at: Instant,
    backoff: Backoff,
    fault: Fault,
    /// What the sources that it has left had counted.
    past: SourceCounts,
}

struct Chosen {
    candidate: Candidate,
    source: Box<dyn Source>,
    /// How long it has had a fault since it last worked, or since others were last looked for. A
    /// dead source locks the screen, and is let go then: what was counted before stays.
    faulty: Duration,
    /// When that was last added to; `None` while it has no fault or is let go.
    counted: Option<Instant>,
    /// Since when it has been read and had no fault; `None` while it has one or is let go.
    sound_since: Option<Instant>,
}

impl Chosen {
    fn of(candidate: Candidate, source: Box<dyn Source>) -> Self {
        Self {
            candidate,
            source,
            faulty: Duration::ZERO,
            counted: None,
            sound_since: None,
        }
    }

    /// Whether it is time to look for another.
    fn tires(&mut self, patience: Duration) -> bool {
        if self.source.fault().is_none() {
            self.counted = None;
            self.sound_since.get_or_insert_with(Instant::now);
            return false;
        }
        let now = Instant::now();
        self.sound_since = None;
        let before = self.counted.replace(now).unwrap_or(now);
        self.faulty += now.duration_since(before);
        let tires = self.faulty >= patience;
        if tires {
            self.faulty = Duration::ZERO;
        }
        tires
    }
}

impl AutoSource {
    /// Looks at the first reading, and again after growing waits until something is there:
    /// drivers and services may start later.
    pub fn new(candidates: Candidates) -> Self {
        Self {
            candidates,
            chosen: None,
            patience: PATIENCE,
            retry_at: Instant::now(),
            backoff: Backoff::default(),
            fault: Fault::default(),
            past: SourceCounts::default(),
        }
    }

    /// Leaves a chosen source that does not work for another that is there.
    fn reconsider(&mut self) {
        let Some(chosen) = &self.chosen else { return };
        let left = chosen.candidate;
        let others = Candidate::IN_ORDER.into_iter().filter(|it| *it != left);
        for candidate in others {
            if self.candidates.look(candidate).is_err() {
                continue;
            }
            let Ok(source) = self.candidates.open(candidate) else {
                continue;
            };
            let fault = chosen.source.fault().unwrap_or_default();
            tracing::warn!(source = %candidate, "{left} does not work ({fault}), and another source is there");
            self.past = self.counts();
            self.chosen = Some(Chosen::of(candidate, source));
            self.patience = (2 * self.patience).min(LONGEST_PATIENCE);
            return;
        }
    }

    fn choose(&mut self) {
        let mut missing = Vec::new();
        for candidate in Candidate::IN_ORDER {
            let opened = self.candidates.look(candidate).and_then(|()| {
                let opened = self.candidates.open(candidate);
                opened.map_err(|error| error.to_string())
            });
            match opened {
                Ok(source) => {
                    let without = missing.join("; ");
                    tracing::info!(source = %candidate, without, "chose where motion comes from");
                    self.chosen = Some(Chosen::of(candidate, source));
                    self.fault.forget();
                    return;
                }
                Err(why) => missing.push(format!("{candidate}: {why}")),
            }
        }
        let pause = self.backoff.next();
        let missing = missing.join("; ");
        let why = format_args!("no source of motion is there: {missing}");
        self.fault.set(why, pause);
        self.retry_at = Instant::now() + pause;
    }
}

impl Source for AutoSource {
    fn next(&mut self) -> Result<Option<Reading>, SourceError> {
        if let Some(chosen) = &mut self.chosen {
            if chosen.tires(self.patience) {
                // By itself, because whoever waits for the sensors to be let go waits for it.
                self.reconsider();
                return Ok(Some(Reading::Quiet(boottime())));
            }
            let reading = chosen.source.next();
            if let (Ok(Some(Reading::Sample(_))), Some(since)) = (&reading, chosen.sound_since) {
                let sound = since.elapsed();
                if sound >= WORKS {
                    chosen.faulty = Duration::ZERO;
                }
                if sound >= PATIENCE {
                    self.patience = PATIENCE;
                }
            }
            return reading;
        }
        let left = self.retry_at.saturating_duration_since(Instant::now());
        std::thread::sleep(left.min(TELL));
        if left <= TELL {
            self.choose();
        }
        Ok(Some(Reading::Quiet(boottime())))
    }

    fn is_ready(&self) -> bool {
        let chosen = self.chosen.as_ref();
        chosen.is_some_and(|chosen| chosen.source.is_ready())
    }

    fn release(&mut self) {
        match &mut self.chosen {
            Some(chosen) => {
                chosen.source.release();
                chosen.counted = None;
                // It shows anew whether it works.
                chosen.sound_since = None;
            }
            None => self.retry_at = Instant::now(),
        }
    }

    fn counts(&self) -> SourceCounts {
        let chosen = self.chosen.as_ref().map(|chosen| chosen.source.counts());
        let chosen = chosen.unwrap_or_default();
        SourceCounts {
            samples: self.past.samples + chosen.samples,
            malformed: self.past.malformed + chosen.malformed,
        }
    }

    fn fault(&self) -> Option<&str> {
        match &self.chosen {
            Some(chosen) => chosen.source.fault(),
            None => self.fault.text(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Hertz;
    use crate::source::iio::fake::{Fake, FakeDevice, now};

    fn on(fake: &Fake) -> Candidates {
        let (rate, hop) = (Hertz(100.0), Duration::from_millis(960));
        Candidates {
            iio: fake.settings(),
            ssc: ssc::Settings {
                channels: Channels::default(),
                // No processor has this number.
                node: Some(u32::MAX),
                rate,
                hop,
            },
            sensorfw: sensorfw::Settings {
                bus: Some("unix:path=/nowhere/bus".into()),
                ..sensorfw::Settings::new(rate, hop)
            },
        }
    }

    #[test]
    fn the_kernels_sensors_are_chosen_once_they_are_there() {
        let fake = Fake::new();
        let mut source = AutoSource::new(on(&fake));
        assert!(matches!(source.next(), Ok(Some(Reading::Quiet(_)))));
        let fault = source.fault().unwrap();
        for part in ["iio: no accelerometer", "ssc: ", "sensorfw: "] {
            assert!(fault.contains(part), "no {part:?} in {fault}");
        }
        let [accelerometer, _gyroscope] = fake.hid();
        let began = Instant::now();
        while source.chosen.is_none() {
            assert!(began.elapsed() < Duration::from_secs(60));
            assert!(matches!(source.next(), Ok(Some(Reading::Quiet(_)))));
        }
        assert_eq!(source.fault(), None);
        source.next().unwrap();
        assert_eq!(accelerometer.get("buffer/enable"), "1");
        source.release();
        assert_eq!(accelerometer.get("buffer/enable"), "0");
    }

    /// A service that has ended for good.
    struct Ended;

    impl Source for Ended {
        fn next(&mut self) -> Result<Option<Reading>, SourceError> {
            Ok(Some(Reading::Quiet(boottime())))
        }
        fn counts(&self) -> SourceCounts {
            SourceCounts {
                samples: 7,
                malformed: 2,
            }
        }
        fn fault(&self) -> Option<&str> {
            Some("it has ended")
        }
    }

    #[test]
    fn one_that_does_not_work_gives_way_to_another_that_is_there() {
        let fake = Fake::new();
        let mut source = AutoSource::new(on(&fake));
        let mut ended = Chosen::of(Candidate::Sensorfw, Box::new(Ended));
        assert!(!ended.tires(PATIENCE), "it is tried for a while");
        assert!(ended.tires(Duration::ZERO));
        ended.faulty = PATIENCE;
        source.chosen = Some(ended);
        // The screen is locked, because nothing comes, and opened.
        source.release();
        let mut ended = source.chosen.take().unwrap();
        assert!(ended.tires(PATIENCE), "it was tried before");
        source.chosen = Some(ended);
        source.reconsider();
        assert_eq!(
            source.fault(),
            Some("it has ended"),
            "nothing else is there"
        );
        let [mut accelerometer, _gyroscope] = fake.hid();
        source.reconsider();
        assert_eq!(source.fault(), None);
        assert!(matches!(source.next(), Ok(Some(_))));
        // Counters only rise.
        let began = Instant::now();
        while source.counts().samples < 8 {
            assert!(began.elapsed() < Duration::from_secs(60));
            accelerometer.scan(&[0; 12], now());
            source.next().unwrap();
        }
        assert_eq!(source.counts().malformed, 2);
    }

    #[test]
    fn a_source_of_which_one_sensor_is_dead_gives_way_though_the_other_goes_on() {
        let fake = Fake::new();
        let [mut accelerometer, mut gyroscope] = fake.hid();
        let mut source = AutoSource::new(on(&fake));
        source.next().unwrap();
        let mut turn = |source: &mut AutoSource, gyroscope: Option<&mut FakeDevice>| {
            accelerometer.scan(&[0; 12], now());
            if let Some(gyroscope) = gyroscope {
                gyroscope.scan(&[0; 12], now());
            }
            source.next().unwrap().unwrap()
        };
        let began = Instant::now();
        // Until it is missed, and then through a sample of the other.
        let mut faulty_samples = 0;
        while faulty_samples < 3 {
            assert!(began.elapsed() < Duration::from_secs(120));
            let reading = turn(&mut source, None);
            let sample = matches!(reading, Reading::Sample(_));
            faulty_samples += u32::from(sample && source.fault().is_some());
        }
        let chosen = source.chosen.as_mut().unwrap();
        assert!(!chosen.tires(PATIENCE) && chosen.tires(Duration::ZERO));
        source.patience = 4 * PATIENCE;
        turn(&mut source, None);
        assert_eq!(source.patience, 4 * PATIENCE, "it does not work");
        while source.fault().is_some() {
            assert!(began.elapsed() < Duration::from_secs(120));
            turn(&mut source, Some(&mut gyroscope));
        }
    }

    #[test]
    fn one_sensors_samples_after_a_long_lock_show_nothing_of_the_other() {
        let fake = Fake::new();
        let [mut accelerometer, _gyroscope] = fake.hid();
        let mut source = AutoSource::new(on(&fake));
        source.next().unwrap();
        let chosen = source.chosen.as_mut().unwrap();
        chosen.faulty = PATIENCE / 2;
        // It was sound for long, then let go, and no clock of it runs until it is read again.
        chosen.sound_since = Instant::now().checked_sub(2 * PATIENCE);
        source.release();
        source.patience = 4 * PATIENCE;
        let began = Instant::now();
        while !matches!(source.next(), Ok(Some(Reading::Sample(_)))) {
            assert!(began.elapsed() < Duration::from_secs(60));
            accelerometer.scan(&[0; 12], now());
        }
        let chosen = source.chosen.as_ref().unwrap();
        assert_eq!(
            (chosen.faulty, source.patience),
            (PATIENCE / 2, 4 * PATIENCE)
        );
    }

    #[test]
    fn an_accelerometer_alone_is_told_from_none() {
        let fake = Fake::new();
        assert!(!on(&fake).lacks_gyroscope());
        let [_accelerometer, gyroscope] = fake.hid();
        assert!(!on(&fake).lacks_gyroscope());
        gyroscope.unplug();
        assert!(on(&fake).lacks_gyroscope());
    }
}
