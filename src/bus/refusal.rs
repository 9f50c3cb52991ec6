//! Why a method was refused, as an error on the bus.

use zbus::DBusError;

/// An error of a method; each has a message for people.
#[derive(Debug, DBusError)]
#[zbus(prefix = "alt.graspd.Graspd1.Error")]
pub(super) enum Refusal {
    /// The bus failed.
    #[zbus(error)]
    ZBus(zbus::Error),
    /// Not for this user, or the secret was not given.
    NotAuthorized(String),
    /// There is no polkit that could ask for the secret.
    NoAuthority(String),
    /// The daemon does not do that now.
    Refused(String),
}
