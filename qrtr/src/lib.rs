//! Datagrams through Qualcomm's IPC router, by which Linux talks to the processors beside
//! it on Qualcomm's chips.
//!
//! An address is a node, which stands for a processor, and a port. The kernel's directory
//! at [`CONTROL_PORT`] of this processor's node knows which services are where.
//! <https://docs.kernel.org/networking/>, `include/uapi/linux/qrtr.h`

mod address;
mod socket;

pub use address::{Address, CONTROL_PORT};
pub use socket::Socket;
