//! How datagrams get to the sensor core, which tests replace.

use std::io;
use std::time::Duration;

use grasp_qrtr::{Address, Socket};

/// Datagrams between addresses of the IPC router.
pub trait Transport: Send {
    /// This end's address.
    fn local(&self) -> Address;

    /// Sends one datagram.
    fn send_to(&self, datagram: &[u8], to: Address) -> io::Result<()>;

    /// The next datagram: its length in `buffer` and its sender; `None` if none came in
    /// `longest`.
    fn receive(&self, buffer: &mut [u8], longest: Duration)
    -> io::Result<Option<(usize, Address)>>;
}

impl Transport for Socket {
    fn local(&self) -> Address {
        Socket::local(self)
    }

    fn send_to(&self, datagram: &[u8], to: Address) -> io::Result<()> {
        Socket::send_to(self, datagram, to)
    }

    fn receive(
        &self,
        buffer: &mut [u8],
        longest: Duration,
    ) -> io::Result<Option<(usize, Address)>> {
        Socket::receive(self, buffer, longest)
    }
}

/// The kernel's own router.
pub fn router() -> super::Open {
    Box::new(|| Ok(Box::new(Socket::open()?)))
}
