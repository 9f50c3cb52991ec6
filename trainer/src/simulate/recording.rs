//! A simulated session as text: graspd's CSV, under comments that say what it
//! is, how it was made and what happens in it.

use std::io::{self, Write};

use graspd::source::format_row;

use super::{Plan, Session};

impl Session {
    /// Writes the session that `command` made of `plan`.
    pub fn write(&self, plan: &Plan, command: &str, out: &mut impl Write) -> io::Result<()> {
        writeln!(
            out,
            "# SIMULATED: no person and no phone made this recording."
        )?;
        writeln!(out, "# {command}")?;
        for episode in &self.script {
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
