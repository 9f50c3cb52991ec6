//! Real recordings of two people of HMOG, which are not in the repository:
//! `GRASPD_DATA` names the folder that contains `hmog/`.

use std::env;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use graspd::motion::Channels;
use graspd::motion::framing::Framer;
use graspd::motion::rest::RestLimits;
use graspd::publish::Event;
use graspd::source::{self, Reading};

use crate::harness::{Device, bundle, graspd, oneself};

const OWNER: &str = "100669";
const OTHER: &str = "151985";

/// A person's sessions, earliest first; `None`, with a notice, without the data.
fn sessions(person: &str) -> Option<Vec<PathBuf>> {
    let Some(data) = env::var_os("GRASPD_DATA").map(PathBuf::from) else {
        skipped::because(
            "GRASPD_DATA names no folder with hmog/, so real recordings were NOT replayed",
        );
        return None;
    };
    let folder = data.join("hmog/public_dataset").join(person);
    let entries = fs::read_dir(&folder).unwrap_or_else(|e| panic!("{}: {e}", folder.display()));
    let mut sessions: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
    sessions.sort_by_key(|path| {
        let name = path.to_string_lossy();
        let number = name.rsplit('_').next().unwrap();
        number.parse::<u32>().unwrap()
    });
    Some(sessions)
}

/// The output of a command that must succeed.
fn printed(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    String::from_utf8(output.stdout).unwrap()
}

fn replay(device: &Device, session: &PathBuf) -> Vec<String> {
    let mut replay = graspd();
    replay.args(["replay", "--json", "--profile"]);
    replay.arg(device.profile()).arg("--model").arg(bundle());
    let lines = printed(replay.arg(session));
    lines.lines().map(str::to_owned).collect()
}

/// A device whose owner is enrolled from three sessions.
fn enrolled(sessions: &[PathBuf]) -> Device {
    let device = Device::live("");
    let mut enroll = graspd();
    enroll.arg("enroll").args(&sessions[..3]).args(oneself());
    enroll.args(["--gamma", "auto", "--model"]).arg(bundle());
    printed(enroll.arg("--out").arg(device.profile()));
    device
}

#[test]
fn sessions_of_two_people_become_decisions_on_a_real_socket() {
    let (Some(mine), Some(theirs)) = (sessions(OWNER), sessions(OTHER)) else {
        return;
    };
    let device = enrolled(&mine);
    for session in [&mine[4], &theirs[0]] {
        let expected = replay(&device, session);
        assert_eq!(expected, replay(&device, session), "not the same twice");
        let scores = expected.iter().filter(|line| {
            matches!(Event::from_line(line).unwrap(), Event::Score(s) if s.figures.score.is_some())
        });
        assert!(scores.count() > 100, "{}", session.display());

        device.configure_owner(&format!(
            "[source]\nkind = \"replay\"\nspeed = \"400\"\nrecordings = [{session:?}]\n"
        ));
        let mut daemon = device.start_ready();
        let mut client = daemon.client_for_scores();
        let mut heard = Vec::new();
        while let Some((line, event)) = client.next_line().unwrap() {
            if !matches!(event, Event::Status(_)) {
                heard.push(line);
            }
        }
        assert_eq!(daemon.exit_code(), Some(0));
        // A client that connects later receives the remaining events, byte for byte.
        assert!(heard.len() > 50, "{}", heard.len());
        assert_eq!(heard, expected[expected.len() - heard.len()..]);
    }
}

#[test]
fn a_device_in_hand_never_counts_as_lying_still() {
    let (Some(mine), Some(theirs)) = (sessions(OWNER), sessions(OTHER)) else {
        return;
    };
    let limits = RestLimits::default();
    let (mut windows, mut at_rest) = (0, 0);
    for session in [&mine[0], &mine[1], &theirs[0], &theirs[1]] {
        let mut recording = source::open(session).unwrap();
        let mut framer = Framer::new(Channels::default(), 500, 96);
        while let Some(reading) = recording.next().unwrap() {
            let Reading::Sample(sample) = reading else {
                continue;
            };
            framer.push(&sample, |_, window| {
                if let Some(window) = window {
                    windows += 1;
                    at_rest += usize::from(limits.at_rest(window.frames));
                }
            });
        }
    }
    assert!(windows > 500, "{windows}");
    assert_eq!(at_rest, 0, "of {windows}");
}
