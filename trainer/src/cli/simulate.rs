//! `grasp-train simulate`.

use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::str::FromStr;

use clap::Args;

use crate::simulate::{Plan, simulate};

/// Simulate people handling a phone, and write what its sensors would record
///
/// The recording is nobody's: everything in it comes from the seeds, and the
/// same seeds give the same file. It is graspd's CSV; its comments tell what
/// happens when.
#[derive(Debug, Clone, Args)]
#[command(after_long_help = "\
Example, four minutes in which person 8 hands the phone to person 2 after 150 s:
  grasp-train simulate --person 8 --hand-over 150:2 --minutes 4 --out session.csv")]
pub struct SimulateArgs {
    /// Seed of the person who has the phone first
    #[arg(long, value_name = "SEED")]
    person: u64,
    /// Another person takes the phone over: when, and their seed; may be given again
    #[arg(long, value_name = "SECONDS:SEED")]
    hand_over: Vec<HandOver>,
    /// Length of the session
    #[arg(long, default_value_t = 3.0)]
    minutes: f64,
    /// Seed of what happens in the session
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    session: u64,
    /// Seed of the phone; keep it to change people but not their phone
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    handset: u64,
    /// Recording to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct HandOver {
    at_s: f64,
    person: u64,
}

impl FromStr for HandOver {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parsed = text
            .split_once(':')
            .and_then(|(at, person)| Some((at.parse().ok()?, person.parse().ok()?)));
        let (at_s, person) = parsed.ok_or("a hand-over is seconds and a person's seed: 150:2")?;
        Ok(Self { at_s, person })
    }
}

impl SimulateArgs {
    pub(super) fn run(self) -> Result<(), Box<dyn Error>> {
        let plan = self.plan();
        let session = simulate(&plan)?;
        let write = |file| session.write(&plan, &self.to_string(), &mut BufWriter::new(file));
        File::create(&self.out)
            .and_then(write)
            .map_err(|e| format!("cannot write {}: {e}", self.out.display()))?;
        Ok(())
    }

    fn plan(&self) -> Plan {
        let takers = self.hand_over.iter().map(|h| h.person);
        Plan {
            people: [self.person].into_iter().chain(takers).collect(),
            hand_overs_s: self.hand_over.iter().map(|h| h.at_s).collect(),
            end_s: self.minutes * 60.0,
            session: self.session,
            handset: self.handset,
        }
    }
}

/// The command line that makes the same recording, wherever it is written to.
impl fmt::Display for SimulateArgs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "grasp-train simulate --person {}", self.person)?;
        for HandOver { at_s, person } in &self.hand_over {
            write!(f, " --hand-over {at_s}:{person}")?;
        }
        let (minutes, session, handset) = (self.minutes, self.session, self.handset);
        write!(
            f,
            " --minutes {minutes} --session {session} --handset {handset}"
        )
    }
}
