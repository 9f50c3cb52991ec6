//! A line that a client sends to the socket.

use rustix::process::geteuid;

use crate::publish::{Audience, Request};

/// Any line, from anybody.
pub fn request(line: &[u8]) {
    match Request::from_line(line) {
        Ok(request) => {
            assert!(request.allow(0, Audience::Trusted).is_ok());
            let harmless = matches!(
                request,
                Request::Status | Request::Subscribe { scores: false }
            );
            let stranger = geteuid().as_raw().wrapping_add(1);
            assert_eq!(request.allow(stranger, Audience::Anyone).is_ok(), harmless);
        }
        Err(why) => assert!(!why.contains('\n'), "{why:?}"),
    }
}
