//! Writing a simulated session in graspd's CSV. Comments state that it is simulated, the
//! command, and the schedule.

use std::io::{self, Write};

use graspd::source::format_row;

use super::{Plan, Session};

impl Session {
    /// Writes the session; `command` is the command line that makes it from `plan`.
    pub fn write(&self, plan: &Plan, command: &str, out: &mut impl Write) -> io::Result<()> {
        writeln!(
            out,
            "# SIMULATED: no person and no phone made this recording."
        )?;
        writeln!(out, "# {command}")?;
        for episode in &self.schedule {
            let (start_s, person) = (episode.start_s, plan.people[episode.holder]);
            writeln!(
                out,
                "# {start_s:.1} s: person {person} {}",
                episode.activity
            )?;
        }
        writeln!(out, "t_ns,sensor,x,y,z")?;
        for sample in &self.samples {
            writeln!(out, "{}", format_row(sample))?;
        }
        out.flush()
    }
}
