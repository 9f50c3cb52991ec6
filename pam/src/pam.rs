//! The functions that libpam calls, and the one of libpam's that they call. pam(3),
//! pam_sm_authenticate(3)
#![allow(unsafe_code)]

use std::ffi::{CStr, c_char, c_int, c_void};
use std::mem::MaybeUninit;
use std::panic::catch_unwind;
use std::ptr;

use super::arguments::Arguments;
use super::daemon::recognises_owner;

/// `PAM_AUTH_ERR`
const AUTH_ERR: c_int = 7;
/// `PAM_IGNORE`
const IGNORE: c_int = 25;
/// `PAM_SUCCESS` of a call of libpam; no function here returns it.
const SUCCESS: c_int = 0;
/// Room for the strings of a line of passwd(5).
const LINE: usize = 16 * 1024;

/// libpam's handle, which only libpam looks into.
type Handle = c_void;

unsafe extern "C" {
    /// Of the libpam that has opened this module.
    fn pam_get_user(handle: *mut Handle, user: *mut *const c_char, prompt: *const c_char) -> c_int;
}

/// `PAM_IGNORE` where graspd recognises the user as its owner, else `PAM_AUTH_ERR`.
///
/// # Safety
///
/// As libpam calls it: `handle` is its own, and `argv` has `argc` strings.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pam_sm_authenticate(
    handle: *mut Handle,
    _flags: c_int,
    argc: c_int,
    argv: *const *const c_char,
) -> c_int {
    // SAFETY: what is passed on is as libpam gave it.
    let recognised = catch_unwind(|| unsafe { is_recognised(handle, argc, argv) });
    match recognised {
        Ok(Some(true)) => IGNORE,
        _ => AUTH_ERR,
    }
}

/// There are no credentials to set.
///
/// # Safety
///
/// Any arguments will do.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn pam_sm_setcred(
    _handle: *mut Handle,
    _flags: c_int,
    _argc: c_int,
    _argv: *const *const c_char,
) -> c_int {
    IGNORE
}

/// `None` where it cannot be told who is to be authenticated, or how to ask.
///
/// # Safety
///
/// As [`pam_sm_authenticate`].
unsafe fn is_recognised(
    handle: *mut Handle,
    argc: c_int,
    argv: *const *const c_char,
) -> Option<bool> {
    let mut words = Vec::new();
    for at in 0..usize::try_from(argc).ok()? {
        // SAFETY: libpam gives `argc` strings.
        words.push(unsafe { CStr::from_ptr(*argv.add(at)) }.to_str().ok()?);
    }
    let arguments = Arguments::parse(words)?;
    let mut name = ptr::null();
    // SAFETY: libpam writes a string of its own, which outlives this call.
    let found = unsafe { pam_get_user(handle, &raw mut name, ptr::null()) };
    if found != SUCCESS || name.is_null() {
        return None;
    }
    // SAFETY: as above.
    let uid = uid_of(unsafe { CStr::from_ptr(name) })?;
    Some(recognises_owner(&arguments.socket, uid))
}

/// The user id of the user with this name. getpwnam_r(3)
fn uid_of(name: &CStr) -> Option<u32> {
    let mut entry = MaybeUninit::<libc::passwd>::uninit();
    let mut line: Vec<c_char> = vec![0; LINE];
    let mut found = ptr::null_mut();
    // SAFETY: each pointer is valid for as long as the call, and `line` as long as said.
    let failed = unsafe {
        libc::getpwnam_r(
            name.as_ptr(),
            entry.as_mut_ptr(),
            line.as_mut_ptr(),
            line.len(),
            &raw mut found,
        )
    };
    if failed != 0 || found.is_null() {
        return None;
    }
    // SAFETY: where something was found, the entry is written.
    Some(unsafe { entry.assume_init() }.pw_uid)
}
