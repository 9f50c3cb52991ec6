//! A device in a folder (configuration, FIFO, socket), the profile of an enrolled
//! owner, and the daemon.

use std::fs::{self, DirBuilder, File};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::os::unix::net::UnixDatagram;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

use graspd::motion::SampleTime;
use graspd::publish::{Client, Event, Status};
use graspd::source::{self, Reading, format_row};
use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat};
use rustix::io::Errno;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// Samples in ten seconds of two sensors at 100 Hz.
pub const TEN_SECONDS: usize = 2000;

/// Time-out for what should happen at once; only a failure takes that long.
const PATIENCE: Duration = Duration::from_secs(60);

pub fn graspd() -> Command {
    Command::new(env!("CARGO_BIN_EXE_graspd"))
}

/// The options with which whoever runs the tests enrols themselves, be it root.
pub fn oneself() -> [String; 2] {
    ["--owner".into(), rustix::process::geteuid().to_string()]
}

pub fn bundle() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("models/seed-2d")
}

/// The path of a recording of simulated people.
pub fn sample(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/data/simulated")
        .join(name)
}

/// The rows of a recording, as a live source sends them.
pub fn rows(name: &str) -> Vec<String> {
    let mut recording = source::open(&sample(name)).unwrap();
    let mut rows = Vec::new();
    while let Some(reading) = recording.next().unwrap() {
        if let Reading::Sample(sample) = reading {
            rows.push(format_row(&sample) + "\n");
        }
    }
    rows
}

/// The path of the simulated owner's profile, enrolled once for all tests.
pub fn profile() -> &'static Path {
    static PROFILE: OnceLock<PathBuf> = OnceLock::new();
    PROFILE.get_or_init(|| {
        let name = format!("owner-{}.profile", std::process::id());
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let enrolled = graspd()
            .arg("enroll")
            .args([sample("enrol-1.csv.zst"), sample("enrol-2.csv.zst")])
            .arg("--model")
            .arg(bundle())
            .args(oneself())
            .args(["--gamma", "auto", "--out"])
            .arg(&path)
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&enrolled.stderr);
        assert!(enrolled.status.success(), "{said}");
        path
    })
}

pub fn make_fifo(path: &Path) {
    let owner_only = Mode::RUSR | Mode::WUSR;
    mknodat(CWD, path, FileType::Fifo, owner_only, 0).unwrap();
}

/// Creates a folder with mode 0700.
pub fn make_private(folder: &Path) {
    DirBuilder::new().mode(0o700).create(folder).unwrap();
}

/// A folder with all files that a daemon needs.
pub struct Device {
    folder: TempDir,
}

impl Device {
    /// A device with a FIFO as its source; `decide` are keys of `[decide]`.
    pub fn live(decide: &str) -> Self {
        let owner_only = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        let folder = tempfile::Builder::new().permissions(owner_only).tempdir();
        let device = Self {
            folder: folder.unwrap(),
        };
        make_fifo(&device.motion());
        device.decide(decide);
        device
    }

    /// Writes the configuration of a live device.
    pub fn decide(&self, keys: &str) {
        let motion = self.motion();
        self.configure(&format!(
            "[source]\nkind = \"stream\"\npath = {motion:?}\n[decide]\n{keys}\n"
        ));
    }

    /// Writes the configuration: the paths, and `more`.
    pub fn configure(&self, more: &str) {
        self.configure_for(profile(), more);
    }

    /// The same for the owner whose profile is at [`Device::profile`].
    pub fn configure_owner(&self, more: &str) {
        self.configure_for(&self.profile(), more);
    }

    fn configure_for(&self, profile: &Path, more: &str) {
        let (bundle, socket) = (bundle(), self.socket());
        let session = match more.contains("[session]") {
            true => "",
            false => "[session]\nenabled = \"no\"\n",
        };
        let state = self.folder.path();
        let text = format!(
            "[state]\nfolder = {state:?}\n[model]\nbundle = {bundle:?}\n[profile]\npath = {profile:?}\n\
             [socket]\npath = {socket:?}\nqueue_events = 100000\n{session}{more}"
        );
        fs::write(self.config(), text).unwrap();
    }

    /// Replaces `was` in the configuration by `is`.
    pub fn reconfigure(&self, was: &str, is: &str) {
        let text = fs::read_to_string(self.config()).unwrap();
        assert!(text.contains(was), "no {was:?} in {text}");
        fs::write(self.config(), text.replace(was, is)).unwrap();
    }

    /// Moves the state into a folder of its own, which is created.
    pub fn keep_state_apart(&self) -> PathBuf {
        let state = self.file("state");
        make_private(&state);
        let was = format!("[state]\nfolder = {:?}", self.folder.path());
        self.reconfigure(&was, &format!("[state]\nfolder = {state:?}"));
        state
    }

    pub fn config(&self) -> PathBuf {
        self.folder.path().join("graspd.toml")
    }

    /// The path for a profile of this device alone.
    pub fn profile(&self) -> PathBuf {
        self.folder.path().join("owner.profile")
    }

    pub fn motion(&self) -> PathBuf {
        self.folder.path().join("motion")
    }

    /// The address of this device's system bus, if it has one.
    pub fn bus(&self) -> String {
        format!("unix:path={}", self.folder.path().join("bus").display())
    }

    /// The path of a file in the device's folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn socket(&self) -> PathBuf {
        self.folder.path().join("graspd.sock")
    }

    /// `graspd COMMAND --config …`
    pub fn command(&self, command: &str) -> Command {
        let mut graspd = graspd();
        graspd.arg(command).arg("--config").arg(self.config());
        graspd
    }

    /// Starts the daemon as systemd does, with a watchdog interval of a fifth of a
    /// second.
    pub fn start(&self) -> Daemon {
        self.start_under(Command::new("env"))
    }

    /// The same as the last arguments of `wrapper`, a command that executes them.
    pub fn start_under(&self, mut wrapper: Command) -> Daemon {
        let notify = self.folder.path().join("notify");
        // A socket of the service manager may be left from a killed daemon.
        let _ = fs::remove_file(&notify);
        let words = listen(&notify);
        let log = self.folder.path().join("log");
        let child = wrapper
            .args([env!("CARGO_BIN_EXE_graspd"), "run", "--config"])
            .arg(self.config())
            .env("NOTIFY_SOCKET", notify)
            .env("WATCHDOG_USEC", "200000")
            .env_remove("WATCHDOG_PID")
            .env("DBUS_SYSTEM_BUS_ADDRESS", self.bus())
            .stdin(Stdio::piped())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        Daemon {
            child,
            words,
            log,
            socket: self.socket(),
        }
    }

    /// Starts the daemon and waits until it is ready.
    pub fn start_ready(&self) -> Daemon {
        let daemon = self.start();
        daemon.expect_word("READY=1");
        daemon
    }

    /// Writes lines to the FIFO, opened and closed for that.
    pub fn feed(&self, lines: &[String]) {
        self.feed_bytes(lines.concat().as_bytes());
    }

    pub fn feed_bytes(&self, bytes: &[u8]) {
        self.open_motion().write_all(bytes).unwrap();
    }

    /// The FIFO for writing, once the daemon reads it; a plain open(2) would wait for ever for a
    /// daemon that does not.
    fn open_motion(&self) -> File {
        let started = Instant::now();
        loop {
            let mut options = File::options();
            options
                .write(true)
                .custom_flags(OFlags::NONBLOCK.bits().cast_signed());
            match options.open(self.motion()) {
                Ok(motion) => {
                    rustix::fs::fcntl_setfl(&motion, OFlags::empty()).unwrap();
                    return motion;
                }
                Err(why) if why.raw_os_error() == Some(Errno::NXIO.raw_os_error()) => {
                    assert!(started.elapsed() < PATIENCE, "nobody reads the FIFO");
                    thread::sleep(Duration::from_millis(10));
                }
                Err(why) => panic!("the FIFO: {why}"),
            }
        }
    }
}

/// A running daemon; killed when dropped.
pub struct Daemon {
    pub child: Child,
    words: Receiver<String>,
    log: PathBuf,
    socket: PathBuf,
}

impl Daemon {
    /// The next message to the service manager.
    pub fn word(&self) -> String {
        let word = self.words.recv_timeout(PATIENCE);
        word.unwrap_or_else(|_| panic!("the service manager hears nothing:\n{}", self.log()))
    }

    /// Waits until the daemon sends `word` to the service manager.
    pub fn expect_word(&self, word: &str) {
        while self.word() != word {}
    }

    pub fn client(&self) -> Client {
        let client = Client::connect(&self.socket).unwrap();
        client.wait_for(Some(PATIENCE)).unwrap();
        client
    }

    /// A client that receives scores from now on.
    pub fn client_for_scores(&self) -> Client {
        let mut client = self.client();
        client
            .request(r#"{"request":"subscribe","scores":true}"#)
            .unwrap();
        status(&mut client);
        client
    }

    /// Asks for the status until it satisfies `wanted`.
    pub fn expect_status(&self, wanted: impl Fn(&Status) -> bool) -> Status {
        let mut newest = None;
        self.patiently(|| {
            let status = newest.insert(status(&mut self.client()));
            wanted(status).then(|| status.clone())
        })
        .unwrap_or_else(|| panic!("still {newest:?}"))
    }

    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Waits until the log contains `text`.
    pub fn expect_log(&self, text: &str) {
        self.patiently(|| self.log().contains(text).then_some(()))
            .unwrap_or_else(|| panic!("no {text:?} in the log:\n{}", self.log()));
    }

    pub fn signal(&self, signal: Signal) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, signal).unwrap();
    }

    /// Waits for the daemon's end; its exit code, or `None` if a signal ended it.
    pub fn exit_code(&mut self) -> Option<i32> {
        let log = self.log.clone();
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("does not end:\n{}", fs::read_to_string(log).unwrap());
    }

    pub fn patiently<T>(&self, mut attempt: impl FnMut() -> Option<T>) -> Option<T> {
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if let Some(found) = attempt() {
                return Some(found);
            }
            thread::sleep(Duration::from_millis(20));
        }
        None
    }
}

impl Drop for Daemon {
    fn drop(&mut self) {
        // Fails if the daemon has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A service manager's socket at `path`. It is read continuously, because a full socket
/// would block the daemon.
fn listen(path: &Path) -> Receiver<String> {
    let socket = UnixDatagram::bind(path).unwrap();
    let (tell, words) = channel();
    thread::spawn(move || {
        let mut buffer = [0; 1024];
        while let Ok(length) = socket.recv(&mut buffer) {
            let word = String::from_utf8_lossy(&buffer[..length]);
            if tell.send(word.trim().to_owned()).is_err() {
                return;
            }
        }
    });
    words
}

/// Writes lines no faster than the worker processes them, until `over`: the daemon
/// drops samples when too many wait, and on a busy machine the worker is slow.
pub fn stream(device: &Device, daemon: &Daemon, lines: &[String], mut over: impl FnMut() -> bool) {
    const LAG_NS: u64 = 2_000_000_000;
    let mut sent = samples(daemon);
    for chunk in lines.chunks(TEN_SECONDS) {
        device.feed(chunk);
        sent += chunk.len() as u64;
        let last = chunk
            .last()
            .and_then(|line| line.split(',').next())
            .unwrap();
        let last: i64 = last.parse().unwrap();
        daemon.expect_status(|status| {
            let counters = status.counters.as_ref();
            let read = counters.is_some_and(|all| all["source"]["samples"].as_u64() >= Some(sent));
            let near = |t: SampleTime| t.nanos().abs_diff(last) <= LAG_NS;
            read && status.t_ns.is_some_and(near)
        });
        if over() {
            return;
        }
    }
}

fn samples(daemon: &Daemon) -> u64 {
    let status = status(&mut daemon.client());
    let counters = status.counters.unwrap_or_default();
    counters["source"]["samples"].as_u64().unwrap_or(0)
}

/// Asks for the status; state events that come before it are skipped.
pub fn status(client: &mut Client) -> Status {
    client.request(r#"{"request":"status"}"#).unwrap();
    for event in client {
        if let Event::Status(status) = event.unwrap() {
            return status;
        }
    }
    panic!("no status came");
}
