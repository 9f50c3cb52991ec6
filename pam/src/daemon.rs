//! Asks the daemon, and waits no longer than a person notices.

use std::io::{self, ErrorKind, Read};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::net::sockopt::socket_peercred;
use rustix::net::{
    AddressFamily, SendFlags, SocketAddrUnix, SocketFlags, SocketType, connect, send, socket_with,
};

use super::belief::Belief;

/// How long all of it may take.
const PATIENCE: Duration = Duration::from_millis(500);
/// The longest answer in bytes, events before it included.
const LIMIT: usize = 64 * 1024;
const REQUEST: &[u8] = b"{\"request\":\"status\"}\n";

/// Whether the daemon at `path` believes that the user `uid` holds the device now.
pub(crate) fn believes(path: &Path, uid: u32) -> bool {
    ask(path, uid).unwrap_or(false)
}

fn ask(path: &Path, uid: u32) -> io::Result<bool> {
    let deadline = Instant::now() + PATIENCE;
    let mut stream = dial(path)?;
    // Nobody vouches for themselves.
    let server = socket_peercred(&stream)?.uid.as_raw();
    if server != 0 && server == uid {
        return Ok(false);
    }
    // A write(2) to a daemon that has gone would end this program by a signal.
    send(&stream, REQUEST, SendFlags::NOSIGNAL)?;
    let mut heard = Vec::new();
    let mut buffer = [0; 4096];
    while heard.len() < LIMIT {
        while let Some(end) = heard.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = heard.drain(..=end).collect();
            match Belief::of(&line, uid) {
                Belief::Believed => return Ok(true),
                Belief::NotBelieved => return Ok(false),
                Belief::NotSaid => {}
            }
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => heard.extend_from_slice(&buffer[..read]),
            Err(why) if why.kind() == ErrorKind::Interrupted => {}
            Err(why) => return Err(why),
        }
    }
    Ok(false)
}

/// A connection; an error at once where a daemon that hangs lets callers queue.
fn dial(path: &Path) -> io::Result<UnixStream> {
    let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
    let socket = socket_with(AddressFamily::UNIX, SocketType::STREAM, flags, None)?;
    connect(&socket, &SocketAddrUnix::new(path)?)?;
    let stream = UnixStream::from(socket);
    stream.set_nonblocking(false)?;
    Ok(stream)
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::net::UnixListener;
    use std::thread;

    use super::*;

    const UNLOCK: &[u8] =
        b"{\"event\":\"status\",\"state\":\"unlock\",\"mode\":\"live\",\"owner\":4000000}\n";
    const OWNER: u32 = 4_000_000;

    /// Whether a server that says this, in two parts, is believed.
    fn said(words: &'static [u8], uid: u32) -> bool {
        let folder = std::env::temp_dir().join(format!("pam-graspd-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let name = format!("{:?}", thread::current().id());
        let path = folder.join(name);
        let _ = std::fs::remove_file(&path);
        let listener = UnixListener::bind(&path).unwrap();
        let server = thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            let half = words.len() / 2;
            // Fails where the client has heard enough.
            let _ = stream.write_all(&words[..half]);
            let _ = stream.write_all(&words[half..]);
            // Until the client has gone.
            let _ = stream.read_to_end(&mut Vec::new());
        });
        let believed = believes(&path, uid);
        server.join().unwrap();
        std::fs::remove_file(&path).unwrap();
        believed
    }

    #[test]
    fn what_a_daemon_says_in_pieces_is_heard() {
        assert!(said(UNLOCK, OWNER));
    }

    #[test]
    fn silence_and_floods_end() {
        assert!(!said(b"", OWNER));
        assert!(!said(b"{\"event\":\"sta", OWNER));
        let flood: Vec<u8> = b"{\"event\":\"lagged\"}\n".repeat(1 << 16);
        assert!(!said(flood.leak(), OWNER));
        assert!(!said(vec![b'x'; 1 << 20].leak(), OWNER));
        assert!(!believes(Path::new("/nonexistent/graspd.sock"), OWNER));
    }

    #[test]
    fn nobody_vouches_for_themselves() {
        let own = rustix::process::geteuid().as_raw();
        let line = format!(
            "{{\"event\":\"status\",\"state\":\"unlock\",\"mode\":\"live\",\"owner\":{own}}}\n"
        );
        // Root needs nobody to vouch.
        assert_eq!(said(line.into_bytes().leak(), own), own == 0);
    }
}
