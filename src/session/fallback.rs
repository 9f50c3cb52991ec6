//! The fallback: a command to run when a lock is not confirmed.

use std::process::Stdio;
use std::time::Duration;

use tokio::process::Command;
use tokio::time::timeout;

use super::SessionConfig;

/// A program to run without a shell, and its time limit.
pub(super) struct Fallback {
    program: String,
    arguments: Vec<String>,
    limit: Duration,
}

impl Fallback {
    /// The configured fallback; `None` if there is none.
    pub(super) fn of(config: &SessionConfig) -> Option<Self> {
        let (program, arguments) = config.fallback.split_first()?;
        Some(Self {
            program: program.clone(),
            arguments: arguments.to_vec(),
            limit: config.fallback_timeout(),
        })
    }

    /// Runs it until it ends or its time limit, when it is killed. Logs the result.
    pub(super) async fn run(self) {
        let program = self.program.as_str();
        let started = Command::new(program)
            .args(&self.arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .kill_on_drop(true)
            .spawn();
        let mut child = match started {
            Ok(child) => child,
            Err(why) => {
                tracing::error!(program, %why, "session.fallback cannot be run");
                return;
            }
        };
        match timeout(self.limit, child.wait()).await {
            Ok(Ok(status)) if status.success() => {
                tracing::info!(program, "session.fallback was run");
            }
            Ok(Ok(status)) => tracing::error!(program, %status, "session.fallback failed"),
            Ok(Err(why)) => tracing::error!(program, %why, "session.fallback was lost"),
            Err(_) => tracing::error!(program, "session.fallback took too long and was killed"),
        }
    }
}
