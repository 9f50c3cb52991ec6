//! Addresses, as the kernel's `struct sockaddr_qrtr` has them.

// The trait that makes an address usable is unsafe to implement, and rustix gives out other
// families' addresses as a pointer.
#![allow(unsafe_code)]

use std::fmt;
use std::mem::size_of;
use std::slice;

use rustix::net::addr::{SocketAddrArg, SocketAddrLen, SocketAddrOpaque};
use rustix::net::{AddressFamily, SocketAddrAny};

/// `AF_QIPCRTR`
pub(crate) const FAMILY: u16 = 42;

/// The port of a node's directory of services.
pub const CONTROL_PORT: u32 = 0xffff_fffe;

/// A node and a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Address {
    /// The processor; the one that this program runs on has a number as well.
    pub node: u32,
    /// The port.
    pub port: u32,
}

/// `struct sockaddr_qrtr`; the kernel has two bytes of padding after the family.
#[repr(C)]
struct Raw {
    family: u16,
    padding: u16,
    node: u32,
    port: u32,
}

impl Address {
    pub(crate) const fn family() -> AddressFamily {
        AddressFamily::from_raw(FAMILY)
    }

    /// `None` if it is an address of another family.
    pub(crate) fn of(any: &SocketAddrAny) -> Option<Self> {
        let length = any.addr_len() as usize;
        if any.address_family() != Self::family() || length < size_of::<Raw>() {
            return None;
        }
        // SAFETY: `SocketAddrAny` keeps the first `addr_len` bytes behind `as_ptr`
        // initialised for as long as it lives, and `any` is borrowed while `bytes` is.
        let bytes = unsafe { slice::from_raw_parts(any.as_ptr().cast::<u8>(), length) };
        let word = |at| {
            let word = bytes.get(at..at + 4)?;
            Some(u32::from_ne_bytes(word.try_into().ok()?))
        };
        Some(Self {
            node: word(4)?,
            port: word(8)?,
        })
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "node {} port {}", self.node, self.port)
    }
}

// SAFETY: `f` gets a pointer to a whole, initialised `Raw` that lives until `f` has returned,
// and its size. `Raw` has no padding of its own, and is what the kernel takes for an address
// of the family that it names.
unsafe impl SocketAddrArg for Address {
    unsafe fn with_sockaddr<R>(
        &self,
        f: impl FnOnce(*const SocketAddrOpaque, SocketAddrLen) -> R,
    ) -> R {
        let raw = Raw {
            family: FAMILY,
            padding: 0,
            node: self.node,
            port: self.port,
        };
        f((&raw const raw).cast(), size_of::<Raw>() as SocketAddrLen)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_the_kernels_form_and_is_read_back() {
        let address = Address {
            node: 5,
            port: CONTROL_PORT,
        };
        let any = address.as_any();
        assert_eq!(any.addr_len(), 12);
        assert_eq!(Address::of(&any), Some(address));
        assert_eq!(address.to_string(), "node 5 port 4294967294");
    }

    #[test]
    fn an_address_of_another_family_is_none() {
        let other = std::net::SocketAddr::from(([127, 0, 0, 1], 80)).as_any();
        assert_eq!(Address::of(&other), None);
    }
}
