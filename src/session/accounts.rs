//! Whether a user has a password, as AccountsService tells where it runs.

use zbus::proxy::{CacheProperties, MethodFlags};
use zbus::zvariant::{OwnedObjectPath, OwnedValue};
use zbus::{Connection, Proxy, proxy};

const NAME: &str = "org.freedesktop.Accounts";
const PATH: &str = "/org/freedesktop/Accounts";
const USER: &str = "org.freedesktop.Accounts.User";
/// `PasswordMode` of a user who can log in without a password.
const NONE: i32 = 2;

/// Whether the user `uid` can log in without a password; `None` if AccountsService does
/// not run or does not answer.
pub(super) async fn needs_no_password(bus: &Connection, uid: u32) -> Option<bool> {
    let accounts = proxy_for(bus, PATH, NAME).await?;
    let user: OwnedObjectPath = ask(&accounts, "FindUserById", &i64::from(uid)).await?;
    let user = proxy_for(bus, user.as_str(), "org.freedesktop.DBus.Properties").await?;
    let mode: OwnedValue = ask(&user, "Get", &(USER, "PasswordMode")).await?;
    Some(i32::try_from(mode).ok()? == NONE)
}

async fn proxy_for<'a>(bus: &Connection, path: &'a str, interface: &'a str) -> Option<Proxy<'a>> {
    let builder = proxy::Builder::<Proxy<'a>>::new(bus);
    let builder = builder.destination(NAME).ok()?.path(path).ok()?;
    let builder = builder.interface(interface).ok()?;
    let proxy = builder.cache_properties(CacheProperties::No).build();
    proxy.await.ok()
}

/// Calls `method` without starting the service; `None` on any error.
async fn ask<B, R>(of: &Proxy<'_>, method: &str, body: &B) -> Option<R>
where
    B: serde::Serialize + zbus::zvariant::DynamicType,
    R: for<'d> zbus::zvariant::DynamicDeserialize<'d>,
{
    let flags = MethodFlags::NoAutoStart.into();
    of.call_with_flags(method, flags, body).await.ok()?
}
