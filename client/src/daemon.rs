//! Where the daemon is reached. docs/protocol.md, docs/dbus.md

/// The daemon's name on the system bus, and that of its interface.
pub const BUS_NAME: &str = "alt.graspd.Graspd1";
/// Path of its one object.
pub const BUS_PATH: &str = "/alt/graspd/Graspd1";
/// Path of its socket by default.
const SOCKET: &str = "/run/graspd/graspd.sock";

/// $GRASPD_SOCKET, or the default.
pub fn usual_socket() -> String {
    let set = std::env::var("GRASPD_SOCKET").ok();
    set.filter(|path| !path.is_empty())
        .unwrap_or_else(|| SOCKET.to_owned())
}
