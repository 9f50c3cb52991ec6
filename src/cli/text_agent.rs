//! Asks for the secret on a terminal. pkttyagent(1)

use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::os::fd::AsFd;
use std::process::{Child, Command, Stdio};

use rustix::termios::{OptionalActions, Termios, tcgetattr, tcsetattr};

use super::standard_error::tell;

/// The terminal that this process belongs to, which the agent asks on. tty(4)
const TERMINAL: &str = "/dev/tty";

/// polkit's agent for a terminal, for where the session has none of its own.
#[derive(Debug)]
pub(super) struct TextAgent {
    agent: Child,
    modes: Modes<File>,
}

impl TextAgent {
    /// `None` where there is no terminal, or no such agent.
    pub(super) fn start() -> Option<Self> {
        if !io::stdin().is_terminal() {
            return None;
        }
        let modes = Modes::of(File::open(TERMINAL).ok()?)?;
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
        Some(Self { agent, modes })
    }
}

impl Drop for TextAgent {
    fn drop(&mut self) {
        let _ = self.agent.kill();
        let _ = self.agent.wait();
        if self.modes.restore() {
            // The question stands on this line.
            tell("");
        }
    }
}

/// The modes of a terminal, as they were.
#[derive(Debug)]
struct Modes<T> {
    terminal: T,
    before: Termios,
}

impl<T: AsFd> Modes<T> {
    /// `None` where it is no terminal.
    fn of(terminal: T) -> Option<Self> {
        let before = tcgetattr(&terminal).ok()?;
        Some(Self { terminal, before })
    }

    /// Brings them back, if they are others now: an agent that is ended while it asks leaves a
    /// terminal that shows nothing of what is typed. What was typed of a secret until then is
    /// dropped, as the shell would read it next.
    fn restore(&self) -> bool {
        let others =
            tcgetattr(&self.terminal).is_ok_and(|now| now.local_modes != self.before.local_modes);
        others && tcsetattr(&self.terminal, OptionalActions::Flush, &self.before).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use rustix::termios::LocalModes;

    use super::*;

    #[test]
    fn what_is_typed_is_shown_again() {
        let terminal = || File::options().read(true).write(true).open("/dev/ptmx");
        let modes = Modes::of(terminal().unwrap()).unwrap();
        assert!(!modes.restore(), "nothing has changed them");
        let mut hidden = modes.before.clone();
        hidden.local_modes.remove(LocalModes::ECHO);
        tcsetattr(&modes.terminal, OptionalActions::Now, &hidden).unwrap();
        assert!(modes.restore());
        let now = tcgetattr(&modes.terminal).unwrap();
        assert!(now.local_modes.contains(LocalModes::ECHO));
    }

    #[test]
    fn what_is_no_terminal_has_no_modes() {
        assert!(Modes::of(File::open("/dev/null").unwrap()).is_none());
    }
}
