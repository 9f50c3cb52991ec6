//! Hours of simulated motion at full speed, with faults injected at random: memory, file
//! descriptors and threads must not grow, and silence must still end in lock.
//!
//! `SOAK_HOURS` (of motion, a third by default) and `SOAK_SEED` change the run;
//! docs/security.md has the command for a day and its result.

use std::fs;
use std::io::Write;
use std::os::unix::net::UnixStream;
use std::time::{Duration, Instant};

use graspd::decide::State;
use graspd::publish::Client;
use proptest::prelude::{Rng, RngExt};
use proptest::test_runner::{RngAlgorithm, TestRng};
use rustix::process::Signal;

use crate::harness::{Daemon, Device, rows, status};

const SECOND: i64 = 1_000_000_000;
/// Lines written at a time: five seconds of two sensors.
const CHUNK: usize = 1000;
/// How long the worker may take over samples that do not move the sensors' clock.
const SETTLED: Duration = Duration::from_millis(1200);
/// Memory that may be added after the first quarter of the run, in kB: the allocator's
/// own, as no leak of a byte for each second of a day would be seen below it.
const GROWTH_KB: u64 = 2048;

/// One line of motion.
#[derive(Clone)]
struct Line {
    t: i64,
    sensor: String,
    xyz: String,
}

/// What the daemon holds of the system.
#[derive(Debug, Clone, Copy)]
struct Held {
    memory_kb: u64,
    threads: u64,
    descriptors: usize,
}

impl Held {
    fn by(daemon: &Daemon) -> Self {
        let process = format!("/proc/{}", daemon.child.id());
        let text = fs::read_to_string(format!("{process}/status")).unwrap();
        let field = |name: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|line| line.split_whitespace().next());
            number.unwrap().parse().unwrap()
        };
        Self {
            memory_kb: field("VmRSS:"),
            threads: field("Threads:"),
            descriptors: fs::read_dir(format!("{process}/fd")).unwrap().count(),
        }
    }
}

/// Simulated people's motion, five seconds at a time, one recording after another.
struct Motion {
    recordings: Vec<Vec<Line>>,
    at: (usize, usize),
    /// Sensors' time of the next sample, in ns.
    now: i64,
}

impl Motion {
    fn load() -> Self {
        let names = ["enrol-1.csv.zst", "enrol-2.csv.zst", "hand-over.csv.zst"];
        let line = |row: String| {
            let mut columns = row.trim().splitn(3, ',').map(str::to_owned);
            let mut next = || columns.next().unwrap();
            Line {
                t: next().parse().unwrap(),
                sensor: next(),
                xyz: next(),
            }
        };
        Self {
            recordings: names
                .map(|name| rows(name).into_iter().map(line).collect())
                .into(),
            at: (0, 0),
            now: 1000 * SECOND,
        }
    }

    fn chunk(&mut self) -> Vec<Line> {
        let (recording, at) = self.at;
        let lines = &self.recordings[recording];
        let end = (at + CHUNK).min(lines.len());
        let mut chunk = lines[at..end].to_vec();
        let first = chunk[0].t;
        let span = chunk.last().unwrap().t - first;
        for line in &mut chunk {
            line.t += self.now - first;
        }
        self.now += span + SECOND / 100;
        self.at = match end == lines.len() {
            true => ((recording + 1) % self.recordings.len(), 0),
            false => (recording, end),
        };
        chunk
    }
}

fn text(lines: &[Line]) -> Vec<u8> {
    let text: String = lines
        .iter()
        .map(|line| format!("{},{},{}\n", line.t, line.sensor, line.xyz))
        .collect();
    text.into_bytes()
}

/// A chunk with a fault, and whether the sensors' clock still moves with it.
fn spoil(mut lines: Vec<Line>, random: &mut TestRng) -> (Vec<u8>, bool) {
    let first = lines[0].t;
    let mut each = |change: &dyn Fn(&mut Line)| lines.iter_mut().for_each(change);
    match random.random_range(0..12) {
        0 => each(&|line| line.xyz = "NaN,inf,-inf".into()),
        1 => each(&|line| line.xyz = "1e30,-1e30,1e30".into()),
        2 => each(&|line| line.t = first),
        3 => each(&|line| line.t = first + (line.t - first) / 1000),
        4 => each(&|line| line.t -= 3600 * SECOND),
        5 => each(&|line| line.t -= first),
        6 => each(&|line| line.t = i64::MAX - (line.t - first)),
        7 => each(&|line| line.t = i64::MIN + (line.t - first)),
        8 => lines.retain(|line| line.sensor.starts_with('a')),
        9 => lines.retain(|line| line.t % 50 == 0),
        10 => {
            let mut bytes = text(&lines);
            for _ in 0..300 {
                let at = random.random_range(0..bytes.len());
                bytes[at] = random.random_range(0..=255);
            }
            return (bytes, false);
        }
        _ => {
            let mut bytes = vec![0; 100_000];
            random.fill_bytes(&mut bytes);
            bytes.push(b'\n');
            return (bytes, false);
        }
    }
    (text(&lines), false)
}

/// Something that a user or the system does; clients that are kept go into `kept`.
fn disturb(device: &Device, daemon: &Daemon, kept: &mut Vec<UnixStream>, random: &mut TestRng) {
    let connect = || UnixStream::connect(device.socket()).unwrap();
    let say = |client: &mut UnixStream, line: &[u8]| {
        // The daemon may have ended the conversation.
        let _ = client.write_all(line);
    };
    match random.random_range(0..5) {
        0 => daemon.signal(Signal::HUP),
        1 => (0..30).for_each(|_| drop(connect())),
        2 => say(&mut connect(), &b"\xff{\"request\":\n".repeat(20)),
        3 => say(
            &mut connect(),
            b"{\"request\":\"enrol\",\"do\":\"begin\",\"owner\":0}\n",
        ),
        _ => {
            // It takes scores and reads none of them.
            let mut client = connect();
            say(
                &mut client,
                b"{\"request\":\"subscribe\",\"scores\":true}\n",
            );
            kept.push(client);
        }
    }
    if kept.len() > 8 {
        kept.clear();
    }
}

fn setting(name: &str, default: f64) -> f64 {
    let text = std::env::var(name).ok();
    text.map_or(default, |text| text.parse().unwrap())
}

#[test]
fn nothing_grows_while_motion_and_faults_go_on_for_hours() {
    let hours = setting("SOAK_HOURS", 1.0 / 3.0);
    let seed = setting("SOAK_SEED", 1.0) as u64;
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut random = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);

    let device = Device::live("");
    let daemon = device.start_ready();
    let mut motion = Motion::load();
    let (began, start) = (Instant::now(), motion.now);
    let end = start + (hours * 3600.0 * SECOND as f64) as i64;
    let mut client = daemon.client();
    let (mut kept, mut faults, mut locks) = (Vec::new(), 0, 0);
    let mut early: Option<Held> = None;
    let mut reported = start;
    while motion.now < end {
        let chunk = motion.chunk();
        let newest = chunk.last().unwrap().t;
        let (bytes, moves) = match random.random_range(0..40) {
            0 => {
                faults += 1;
                spoil(chunk, &mut random)
            }
            1 => {
                disturb(&device, &daemon, &mut kept, &mut random);
                (text(&chunk), true)
            }
            _ => (text(&chunk), true),
        };
        device.feed_bytes(&bytes);
        let fed = Instant::now();
        // A sitting that began in `disturb` ends with its connection, whatever it gathered.
        while fed.elapsed() < SETTLED {
            let state = status(&mut client);
            let near = state
                .t_ns
                .is_some_and(|t| t.nanos().abs_diff(newest) < 2_000_000_000);
            if moves && near {
                locks += u64::from(state.state == State::Lock);
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        if motion.now - reported >= 3600 * SECOND / 4 {
            reported = motion.now;
            let held = Held::by(&daemon);
            eprintln!(
                "{:>5.2} h of motion in {:>4} s: {held:?}, {faults} faults",
                (motion.now - start) as f64 / 3600.0 / SECOND as f64,
                began.elapsed().as_secs(),
            );
            if early.is_none() && motion.now - start >= (end - start) / 4 {
                early = Some(held);
            }
        }
    }
    kept.clear();
    drop(client);
    // Places of clients that have left are free again once the daemon has noticed.
    daemon.expect_status(|status| {
        let counters = status.counters.as_ref();
        counters.is_some_and(|all| all["clients"]["connected"] == 1)
    });
    let early = early.unwrap();
    // A thread that carried out a command ends seconds after it.
    daemon.patiently(|| (Held::by(&daemon).threads <= early.threads).then_some(()));
    let late = Held::by(&daemon);
    eprintln!("seed {seed}: {early:?} became {late:?}; {faults} faults, lock after {locks} chunks");
    assert!(late.threads <= early.threads, "{early:?} {late:?}");
    assert!(late.descriptors <= early.descriptors, "{early:?} {late:?}");
    assert!(
        late.memory_kb <= early.memory_kb + GROWTH_KB,
        "{early:?} {late:?}"
    );
    assert!(faults > 0 && locks > 0, "{faults} faults, {locks} locks");
    // Nothing comes any more.
    daemon.expect_status(|status| status.state == State::Lock);
    drop(Client::connect(&device.socket()).unwrap());
}
