//! Asks the daemon's socket for its status, for no longer than a person notices.

use std::io::{self, ErrorKind, Read};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use rustix::net::sockopt::socket_peercred;
use rustix::net::{
    AddressFamily, SendFlags, SocketAddrUnix, SocketFlags, SocketType, connect, send, socket_with,
};

use super::owner_check::OwnerCheck;

/// How long all of it may take.
const TIMEOUT: Duration = Duration::from_millis(500);
/// The longest answer in bytes, events before it included.
const ANSWER_MAX: usize = 64 * 1024;
const REQUEST: &[u8] = b"{\"request\":\"status\"}\n";

/// Whether the daemon at `path` recognises the user `uid` as its owner now.
pub(crate) fn recognises_owner(path: &Path, uid: u32) -> bool {
    ask(path, uid).unwrap_or(false)
}

fn ask(path: &Path, uid: u32) -> io::Result<bool> {
    let deadline = Instant::now() + TIMEOUT;
    let mut stream = connect_to(path)?;
    // A server of the user's own would recognise them always.
    let server = socket_peercred(&stream)?.uid.as_raw();
    if server != 0 && server == uid {
        return Ok(false);
    }
    // A write(2) to a daemon that has gone would end this program by a signal.
    send(&stream, REQUEST, SendFlags::NOSIGNAL)?;
    let mut received = Vec::new();
    let mut buffer = [0; 4096];
    while received.len() < ANSWER_MAX {
        while let Some(end) = received.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = received.drain(..=end).collect();
            match OwnerCheck::of(&line, uid) {
                OwnerCheck::Recognised => return Ok(true),
                OwnerCheck::NotRecognised => return Ok(false),
                OwnerCheck::OtherEvent => {}
            }
        }
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break;
        }
        stream.set_read_timeout(Some(left))?;
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => received.extend_from_slice(&buffer[..read]),
            Err(why) if why.kind() == ErrorKind::Interrupted => {}
            Err(why) => return Err(why),
        }
    }
    Ok(false)
}

/// A connection; an error at once where a daemon that hangs lets callers queue.
fn connect_to(path: &Path) -> io::Result<UnixStream> {
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

    /// What is found of a user where a server says this, in two parts.
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
            // Fails where the client has received enough.
            let _ = stream.write_all(&words[..half]);
            let _ = stream.write_all(&words[half..]);
            // Until the client has gone.
            let _ = stream.read_to_end(&mut Vec::new());
        });
        let recognised = recognises_owner(&path, uid);
        server.join().unwrap();
        std::fs::remove_file(&path).unwrap();
        recognised
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
        assert!(!recognises_owner(
            Path::new("/nonexistent/graspd.sock"),
            OWNER
        ));
    }

    #[test]
    fn a_server_of_the_users_own_recognises_nobody() {
        let own = rustix::process::geteuid().as_raw();
        let line = format!(
            "{{\"event\":\"status\",\"state\":\"unlock\",\"mode\":\"live\",\"owner\":{own}}}\n"
        );
        // A server of root's is trusted.
        assert_eq!(said(line.into_bytes().leak(), own), own == 0);
    }
}
