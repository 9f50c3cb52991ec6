//! A HID device in user space: events read from and written to `/dev/uhid`.
//! <https://docs.kernel.org/hid/uhid.html>; the layouts are those of
//! `linux/uhid.h`, packed.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};

const DESTROY: u32 = 1;
const GET_REPORT: u32 = 9;
const GET_REPORT_REPLY: u32 = 10;
const CREATE2: u32 = 11;
const INPUT2: u32 = 12;
const SET_REPORT: u32 = 13;
const SET_REPORT_REPLY: u32 = 14;

/// `sizeof(struct uhid_event)`
const EVENT: usize = 4380;
const FEATURE: u8 = 0;
const BUS_USB: u16 = 3;
const EINVAL: u16 = 22;

/// A request of the kernel.
pub enum Request {
    /// Read report `number`: the feature report, else the newest input.
    Get { id: u32, number: u8, feature: bool },
    /// Write feature report `number`.
    Set { id: u32, number: u8, data: Vec<u8> },
}

/// The kernel's side of the device.
pub struct Uhid(File);

impl Uhid {
    /// Opens `/dev/uhid`; the device is not plugged in yet.
    pub fn open() -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).open("/dev/uhid");
        Ok(Self(file?))
    }

    /// Plugs in a device with this report descriptor.
    pub fn plug(&self, descriptor: &[u8]) -> io::Result<()> {
        let mut event = Event::new(CREATE2);
        event
            .text("graspd's sensor hub", 128)
            .text("vm-hub/0", 64)
            .text("vm-hub", 64);
        let length = u16::try_from(descriptor.len()).map_err(io::Error::other)?;
        event
            .bytes(&length.to_le_bytes())
            .bytes(&BUS_USB.to_le_bytes());
        for number in [0x1209_u32, 0x1a10, 0, 0] {
            event.bytes(&number.to_le_bytes());
        }
        event.bytes(descriptor);
        self.write(&event)
    }

    /// Unplugs it.
    pub fn unplug(&self) -> io::Result<()> {
        self.write(&Event::new(DESTROY))
    }

    /// Sends an input report.
    pub fn input(&self, report: &[u8]) -> io::Result<()> {
        let mut event = Event::new(INPUT2);
        event.sized(report);
        self.write(&event)
    }

    /// Answers [`Request::Get`]; `None` refuses.
    pub fn answer_get(&self, id: u32, report: Option<&[u8]>) -> io::Result<()> {
        let mut event = Event::new(GET_REPORT_REPLY);
        let error = if report.is_none() { EINVAL } else { 0 };
        event.bytes(&id.to_le_bytes()).bytes(&error.to_le_bytes());
        event.sized(report.unwrap_or_default());
        self.write(&event)
    }

    /// Answers [`Request::Set`].
    pub fn answer_set(&self, id: u32, accepted: bool) -> io::Result<()> {
        let mut event = Event::new(SET_REPORT_REPLY);
        let error = if accepted { 0 } else { EINVAL };
        event.bytes(&id.to_le_bytes()).bytes(&error.to_le_bytes());
        self.write(&event)
    }

    /// The next event, if it is a request; `None` for other events.
    pub fn request(&self) -> io::Result<Option<Request>> {
        let mut event = [0; EVENT];
        let read = (&self.0).read(&mut event)?;
        Ok(parse(&event[..read]))
    }

    fn write(&self, event: &Event) -> io::Result<()> {
        (&self.0).write_all(&event.0)
    }
}

impl AsFd for Uhid {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

fn parse(event: &[u8]) -> Option<Request> {
    let (kind, rest) = event.split_first_chunk()?;
    let (id, rest) = rest.split_first_chunk()?;
    let (&[number, of], rest) = rest.split_first_chunk()?;
    let id = u32::from_le_bytes(*id);
    match u32::from_le_bytes(*kind) {
        GET_REPORT => Some(Request::Get {
            id,
            number,
            feature: of == FEATURE,
        }),
        SET_REPORT => {
            let (size, data) = rest.split_first_chunk()?;
            let data = data.get(..u16::from_le_bytes(*size).into())?.to_vec();
            Some(Request::Set { id, number, data })
        }
        _ => None,
    }
}

/// An event under construction. Missing bytes at its end count as zero.
struct Event(Vec<u8>);

impl Event {
    fn new(kind: u32) -> Self {
        Self(kind.to_le_bytes().to_vec())
    }

    fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend(bytes);
        self
    }

    /// `text` in a field of `size` bytes.
    fn text(&mut self, text: &str, size: usize) -> &mut Self {
        let end = self.0.len() + size;
        self.0.extend(text.bytes());
        self.0.resize(end, 0);
        self
    }

    /// `report` after its size.
    fn sized(&mut self, report: &[u8]) {
        let size = u16::try_from(report.len()).unwrap_or(u16::MAX);
        self.bytes(&size.to_le_bytes()).bytes(report);
    }
}
