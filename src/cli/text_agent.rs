//! Asks for the secret on a terminal. pkttyagent(1)

use std::io::{self, IsTerminal, Read};
use std::process::{Child, Command, Stdio};

/// polkit's agent for a terminal, for where the session has none of its own.
#[derive(Debug)]
pub(super) struct TextAgent(Child);

impl TextAgent {
    /// `None` where there is no terminal, or no such agent.
    pub(super) fn start() -> Option<Self> {
        if !io::stdin().is_terminal() {
            return None;
        }
        let mut agent = Command::new("pkttyagent")
            .args(["--process", &std::process::id().to_string()])
            .args(["--fallback", "--notify-fd", "1"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        // It closes this once it is ready.
        if let Some(mut ready) = agent.stdout.take() {
            let _ = ready.read_to_end(&mut Vec::new());
        }
        Some(Self(agent))
    }
}

impl Drop for TextAgent {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
