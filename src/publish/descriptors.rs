//! The process's limit of open files, against the number of clients that may connect.

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use super::PublishError;

/// Open files that the daemon needs beside one for each client: sensors, D-Bus, the state
/// folder, the log, threads' event queues, and files read in a reload.
const OTHERS: u64 = 64;

/// Raises this process's limit of open files to what `max_clients` connections need, within
/// what it is allowed; [`PublishError::Config`] if that is too few. getrlimit(2)
pub(super) fn provide_for(max_clients: usize) -> Result<(), PublishError> {
    let needed = (max_clients as u64).saturating_add(OTHERS);
    let limit = getrlimit(Resource::Nofile);
    let Some(current) = limit.current.filter(|current| *current < needed) else {
        return Ok(());
    };
    let most = limit.maximum.unwrap_or(u64::MAX);
    let raised = Rlimit {
        current: Some(needed),
        ..limit
    };
    if needed <= most && setrlimit(Resource::Nofile, raised).is_ok() {
        return Ok(());
    }
    let may = most.max(current);
    Err(PublishError::Config {
        field: "max_clients",
        why: format!(
            "{max_clients} clients need {needed} open files and this process may have {may}; \
             lower it, or raise the limit (LimitNOFILE= of the service)"
        ),
    })
}
