//! `graspd enroll` without recordings: an enrolment session with the running daemon.

use std::io::{IsTerminal, Write, stdout};
use std::thread::sleep;
use std::time::Duration;

use clap::Args;
use rustix::process::geteuid;

use super::exit::CliError;
use super::secret::with_the_secret;
use super::socket::SocketArg;
use super::standard_error::tell;
use super::timeline::enrolment_line;
use super::watch::print;
use crate::bus::client::BusClient;
use crate::decide::State;
use crate::hidden_characters::plain;
use crate::owner::ocsvm::Nu;
use crate::publish::{Client, Enrol, Enrolment, Event, Extensible, Phase, PublishError, Step};

/// How often progress is asked for.
const ASK_EVERY: Duration = Duration::from_secs(1);
/// How long the daemon may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// About enrolling with the running daemon.
#[derive(Debug, Clone, Args)]
pub(super) struct LiveArgs {
    /// Make the profile of what the daemon has gathered
    #[arg(long, conflicts_with_all = ["recordings", "cancel"])]
    finish: bool,
    /// Throw away what the daemon has gathered
    #[arg(long, conflicts_with = "recordings")]
    cancel: bool,
    #[command(flatten)]
    socket: SocketArg,
}

impl LiveArgs {
    /// Whether a sitting is asked for.
    pub(super) fn begins(&self) -> bool {
        !self.finish && !self.cancel
    }
}

/// Takes the step that is asked for; `owner` is whose enrolment is to begin.
pub(super) fn run(
    args: &LiveArgs,
    owner: Option<u32>,
    (nu, gamma): (f64, Option<f64>),
    json: bool,
) -> Result<(), CliError> {
    let own = geteuid();
    if !own.is_root() && owner.is_some_and(|uid| uid != own.as_raw()) {
        let why = "only root may enrol another user; leave --owner out, or run this by sudo";
        return Err(CliError::Usage(why.into()));
    }
    let mut daemon = Daemon::connect(args)?;
    let order = |step| Enrol {
        step,
        owner: owner.filter(|_| step == Step::Begin),
        nu: (step == Step::Finish).then_some(nu),
        gamma: gamma.filter(|_| step == Step::Finish),
    };
    let (step, goes_on) = if args.cancel {
        (Step::Cancel, Phase::None)
    } else if args.finish {
        (Step::Finish, Phase::Fitting)
    } else {
        (Step::Begin, Phase::Gathering)
    };
    let mut warned = Vec::new();
    let mut answer = daemon.begin(&order(step))?;
    while step != Step::Cancel && answer.phase == Extensible::Known(goes_on) {
        // Earlier sittings may have gathered enough, and another one is better still.
        let gathered = answer.in_sitting.unwrap_or(answer.windows);
        if step == Step::Begin && gathered >= answer.wanted {
            break;
        }
        warn(&mut daemon.socket, &answer, &mut warned)?;
        progress(&answer, json)?;
        sleep(ASK_EVERY);
        answer = daemon.ask(&order(Step::Show))?;
    }
    let line = if json {
        Event::Enrolment(answer.clone()).to_line()
    } else {
        enrolment_line(&answer)
    };
    // On a terminal the line of progress is overwritten.
    let start = if !json && stdout().is_terminal() {
        "\r\x1b[K"
    } else {
        ""
    };
    print(&format!("{start}{line}"))?;
    if answer.phase == Extensible::Known(Phase::Refused) {
        let why = answer.message.unwrap_or_default();
        return Err(CliError::Unusable(why));
    }
    if step == Step::Begin && !json {
        print("more sittings, on other days, help; then `graspd enroll --finish`")?;
    }
    Ok(())
}

/// The running daemon, on its socket, and on the bus where the secret had to be given.
struct Daemon {
    socket: Client,
    bus: Option<BusClient>,
}

impl Daemon {
    fn connect(args: &LiveArgs) -> Result<Self, CliError> {
        let socket = Client::connect(&args.socket.path())?;
        socket.wait_for(Some(PATIENCE))?;
        Ok(Self { socket, bus: None })
    }

    /// Takes the first step, for which others than root have to give the secret.
    fn begin(&mut self, order: &Enrol) -> Result<Enrolment, CliError> {
        let refusal = match ask(&mut self.socket, order) {
            Ok(answer) => return Ok(answer),
            Err(why) => why,
        };
        let chosen = order.nu.is_some_and(|nu| nu != Nu::RECIPE.get()) || order.gamma.is_some();
        let asks = !geteuid().is_root() && matches!(refusal, PublishError::Refused(_));
        if chosen && asks && self.socket.hello().state != State::Lock {
            let root_alone =
                "--nu and --gamma are for root alone; leave them out, or run this by sudo";
            return Err(CliError::Usage(root_alone.into()));
        }
        if chosen {
            return Err(refusal.into());
        }
        let (bus, answer) = with_the_secret(&self.socket, refusal, |bus| bus.enrol(order.step))?;
        self.bus = Some(bus);
        Ok(answer)
    }

    fn ask(&mut self, order: &Enrol) -> Result<Enrolment, CliError> {
        match &self.bus {
            Some(bus) => Ok(bus.enrol(order.step)?),
            None => Ok(ask(&mut self.socket, order)?),
        }
    }
}

/// Prints doubts about the samples, and why nothing is gathered, as warnings. Each is printed
/// once: what differs only in its figures counts as the same.
fn warn(
    daemon: &mut Client,
    answer: &Enrolment,
    warned: &mut Vec<String>,
) -> Result<(), PublishError> {
    let words = |doubt: &str| doubt.replace(|c: char| c.is_ascii_digit(), "");
    let doubts = daemon.doubts()?.into_iter();
    for doubt in doubts.chain(answer.message.clone()) {
        if !warned.iter().any(|said| words(said) == words(&doubt)) {
            let start = if stdout().is_terminal() {
                "\r\x1b[K"
            } else {
                ""
            };
            tell(format_args!("{start}warning: {}", plain(&doubt)));
            warned.push(doubt);
        }
    }
    Ok(())
}

fn ask(daemon: &mut Client, order: &Enrol) -> Result<Enrolment, PublishError> {
    let mut request = serde_json::to_value(order).unwrap_or_default();
    request["request"] = "enrol".into();
    daemon.ask(&request.to_string(), |event| match event {
        Event::Enrolment(answer) => Some(answer),
        _ => None,
    })
}

/// On a terminal one line that is overwritten, elsewhere a new line each time. What was said as
/// a warning is not in it.
fn progress(answer: &Enrolment, json: bool) -> Result<(), CliError> {
    let line = enrolment_line(&Enrolment {
        message: None,
        ..answer.clone()
    });
    if json {
        print(&Event::Enrolment(answer.clone()).to_line())?;
    } else if stdout().is_terminal() {
        let mut out = stdout().lock();
        write!(out, "\r\x1b[K{line}")
            .and_then(|()| out.flush())
            .map_err(CliError::Output)?;
    } else {
        print(&line)?;
    }
    Ok(())
}
