//! A socket of the router.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::net::{self, RecvFlags, SendFlags, SocketFlags, SocketType};

use crate::Address;

/// A datagram socket with a port of its own on this processor's node.
#[derive(Debug)]
pub struct Socket {
    socket: OwnedFd,
    local: Address,
}

impl Socket {
    /// Opens a socket. EAFNOSUPPORT where the kernel has no router, where a sandbox forbids
    /// this family, or in a network namespace other than the first.
    pub fn open() -> io::Result<Self> {
        let family = Address::family();
        let flags = SocketFlags::CLOEXEC | SocketFlags::NONBLOCK;
        let socket = net::socket_with(family, SocketType::DGRAM, flags, None)?;
        let unbound = local(&socket)?;
        // Port 0 has the kernel choose one: a socket without a port receives nothing.
        net::bind(&socket, &Address { port: 0, ..unbound })?;
        let local = local(&socket)?;
        Ok(Self { socket, local })
    }

    /// Its own address.
    pub fn local(&self) -> Address {
        self.local
    }

    /// Sends one datagram.
    pub fn send_to(&self, datagram: &[u8], to: Address) -> io::Result<()> {
        net::sendto(&self.socket, datagram, SendFlags::empty(), &to)?;
        Ok(())
    }

    /// The next datagram, of which what does not fit into `buffer` is lost: its length and
    /// its sender. `None` if none has come in `longest`.
    pub fn receive(
        &self,
        buffer: &mut [u8],
        longest: Duration,
    ) -> io::Result<Option<(usize, Address)>> {
        let mut wait = [PollFd::new(&self.socket, PollFlags::IN)];
        let timeout = Timespec::try_from(longest).ok();
        match poll(&mut wait, timeout.as_ref()) {
            Ok(0) | Err(Errno::INTR) => return Ok(None),
            Ok(_) => {}
            Err(error) => return Err(error.into()),
        }
        match net::recvfrom(&self.socket, buffer, RecvFlags::empty()) {
            Ok((length, _, from)) => {
                let from = from.as_ref().and_then(Address::of);
                Ok(from.map(|from| (length, from)))
            }
            Err(Errno::AGAIN | Errno::INTR) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

impl AsFd for Socket {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.socket.as_fd()
    }
}

fn local(socket: &OwnedFd) -> io::Result<Address> {
    let address = net::getsockname(socket)?;
    Address::of(&address).ok_or_else(|| Errno::AFNOSUPPORT.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn datagrams_come_with_their_senders() {
        let (one, other) = match (Socket::open(), Socket::open()) {
            (Ok(one), Ok(other)) => (one, other),
            (Err(error), _) | (_, Err(error)) => {
                skipped::because(format!(
                    "this kernel has no router, so QRTR was NOT tested: {error}"
                ));
                return;
            }
        };
        let mut buffer = [0; 16];
        one.send_to(b"hello", other.local()).unwrap();
        let received = other.receive(&mut buffer, Duration::from_secs(60)).unwrap();
        assert_eq!(received, Some((5, one.local())));
        assert_eq!(other.receive(&mut buffer, Duration::ZERO).unwrap(), None);
    }
}
