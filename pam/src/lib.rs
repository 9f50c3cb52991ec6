//! `pam_graspd.so`: asks for more while graspd does not recognise the owner.
//!
//! It never lets anybody in: where the owner is recognised it answers `PAM_IGNORE`,
//! which no control flag takes for success, and `PAM_AUTH_ERR` in every other case. A stack that
//! gives `ignore` a number jumps over what would have asked, so none may.
//! docs/pam.md has the stack that it is made for, pam_graspd(8) its arguments.

mod arguments;
mod daemon;
mod owner_check;
// Its symbols are libpam's to resolve, which a test program has not.
#[cfg(not(test))]
mod pam;
