//! Files at the socket's path: which are replaced, and which are an error.

use std::fs;
use std::io::Write;
use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::path::Path;

use graspd::publish::{Client, PublishError, Server, SocketConfig};

use crate::daemon::{Daemon, block_on, hello};

fn bind(path: &Path) -> Result<Server, PublishError> {
    let config = SocketConfig {
        path: path.to_owned(),
        ..SocketConfig::default()
    };
    Server::bind(&config, None, hello())
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn anyone_may_connect_unless_told_otherwise() {
    assert_eq!(mode(&Daemon::start().path), 0o666);
    let closed = Daemon::with(None, |config| config.mode = 0o600);
    assert_eq!(mode(&closed.path), 0o600);
}

#[test]
fn the_socket_of_a_daemon_that_is_gone_is_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    drop(UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    assert!(matches!(
        Client::connect(&path),
        Err(PublishError::NoDaemon(_))
    ));
    let server = bind(&path).unwrap();
    let publisher = server.publisher();
    publisher.bye(graspd::publish::ByeReason::Stopped);
    block_on(server.serve()).unwrap();
    assert!(!path.exists());
}

#[test]
fn a_daemon_that_serves_is_left_alone() {
    let daemon = Daemon::start();
    let error = bind(&daemon.path).unwrap_err();
    // Here this test serves the socket.
    let (name, id) = (comm(), std::process::id());
    let by = format!("is served by `{name}` (process {id}) already");
    assert!(error.to_string().contains(&by), "{error}");
    daemon.client();
}

/// The name of this process.
fn comm() -> String {
    fs::read_to_string("/proc/self/comm").unwrap().trim().into()
}

#[test]
fn another_programs_socket_is_told_for_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let datagrams = folder.path().join("datagrams");
    let _other = UnixDatagram::bind(&datagrams).unwrap();
    for error in [
        bind(&datagrams).unwrap_err(),
        Client::connect(&datagrams).unwrap_err(),
    ] {
        assert!(error.to_string().contains("another program's"), "{error}");
    }

    let by = format!("is served by `{}` (process {})", comm(), std::process::id());
    for (greeting, why) in [
        ("220 mail.example ESMTP\n", "invalid type: integer"),
        ("{\"event\":\"lock\"}\n", "missing field"),
        ("", "it closed the connection"),
    ] {
        let path = folder.path().join("stream");
        let _ = fs::remove_file(&path);
        let listener = UnixListener::bind(&path).unwrap();
        let serving = std::thread::spawn(move || {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(greeting.as_bytes()).unwrap();
        });
        let error = Client::connect(&path).unwrap_err().to_string();
        serving.join().unwrap();
        assert!(error.contains(&by), "{error}");
        assert!(error.contains(why), "{error}");
        assert!(error.contains("--socket"), "{error}");
    }
}

#[test]
fn what_is_no_socket_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("notes");
    fs::write(&file, "mine").unwrap();
    let link = folder.path().join("link");
    std::os::unix::fs::symlink(&file, &link).unwrap();
    for path in [&file, &link, &folder.path().to_owned()] {
        assert!(matches!(bind(path), Err(PublishError::NotASocket(_))));
    }
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}

#[test]
fn a_daemon_that_was_replaced_does_not_take_the_new_socket_along() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("s");
    let old = bind(&path).unwrap();
    fs::remove_file(&path).unwrap();
    let new = bind(&path).unwrap();
    drop(old);
    assert!(fs::metadata(&path).unwrap().file_type().is_socket());
    drop(new);
    assert!(!path.exists());
}

#[test]
fn a_path_that_is_too_long_is_named_with_its_length() {
    let folder = tempfile::tempdir().unwrap();
    let stem = folder.path().as_os_str().len() + 1;
    let fits = folder.path().join("s".repeat(107 - stem));
    drop(bind(&fits).unwrap());
    let long = folder.path().join("s".repeat(108 - stem));
    for error in [
        bind(&long).unwrap_err().to_string(),
        Client::connect(&long).unwrap_err().to_string(),
    ] {
        assert!(error.contains("has 108 bytes"), "{error}");
        assert!(error.contains("may have 107"), "{error}");
    }
}

#[test]
fn a_missing_or_mistaken_directory_is_named() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("file"), "").unwrap();
    let (missing, mistaken) = (folder.path().join("a/b/s"), folder.path().join("file/s"));
    let error = bind(&missing).unwrap_err().to_string();
    assert!(error.contains("/a does not exist; create it"), "{error}");
    for error in [
        bind(&mistaken).unwrap_err().to_string(),
        Client::connect(&mistaken).unwrap_err().to_string(),
    ] {
        assert!(error.contains("/file is no directory"), "{error}");
    }
}

#[test]
fn a_client_without_a_daemon_is_told_so() {
    let folder = tempfile::tempdir().unwrap();
    for path in ["s", "gone/s"].map(|path| folder.path().join(path)) {
        let error = Client::connect(&path).unwrap_err().to_string();
        assert!(error.starts_with("no graspd serves"), "{error}");
    }
}

#[test]
fn a_configuration_that_cannot_work_is_refused() {
    for (change, field) in [
        (
            (|config| config.mode = 0o10666) as fn(&mut SocketConfig),
            "mode",
        ),
        (|config| config.max_clients = 0, "max_clients"),
        (|config| config.queue_events = 0, "queue_events"),
        (|config| config.write_timeout_ms = 0, "write_timeout_ms"),
    ] {
        let mut config = SocketConfig::default();
        assert!(config.check().is_ok());
        change(&mut config);
        let error = config.check().unwrap_err().to_string();
        assert!(error.contains(field), "{error}");
    }
}
