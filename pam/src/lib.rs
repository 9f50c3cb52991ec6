//! `pam_graspd.so`: asks for more while graspd does not believe that the owner holds the device.
//!
//! It lets nobody in, whatever a stack says: where the owner is believed it answers
//! `PAM_IGNORE`, which no control flag takes for success, and `PAM_AUTH_ERR` in every other
//! case. So all that it can bring about is that the modules after it are asked for more.
//! docs/pam.md has the stack that it is made for, pam_graspd(8) its arguments.

mod arguments;
mod belief;
mod daemon;
// Its symbols are libpam's to resolve, which a test program has not.
#[cfg(not(test))]
mod pam;
