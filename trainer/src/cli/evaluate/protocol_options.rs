//! Which options belong to which protocol, so that none is given and changes nothing.

use clap::ValueEnum;

use super::EvaluateArgs;
use super::Kind::{self, Life, Seed, Unseen};

/// An option, the protocols in which it changes something, and whether it was given.
type Row = (&'static str, &'static [Kind], fn(&EvaluateArgs) -> bool);

/// The options that not every protocol takes.
const OPTIONS: [Row; 11] = [
    ("folds", &[Unseen, Life], |args| args.folds.is_some()),
    ("against", &[Unseen], |args| args.against.is_some()),
    ("impostors", &[Unseen], |args| args.impostors.is_some()),
    ("allow-seen", &[Unseen, Life], |args| args.allow_seen),
    ("enrolment", &[Unseen, Life], |args| {
        args.enrolment.is_some()
    }),
    ("gamma", &[Unseen, Life], |args| args.gamma.is_some()),
    ("scoring", &[Unseen, Life], |args| args.scoring.is_some()),
    ("adaptation", &[Life], |args| args.adaptation.is_some()),
    ("intruder", &[Life], |args| args.intruder.is_some()),
    ("windows-only", &[Unseen], |args| args.windows_only),
    ("seed", &[Unseen, Seed], |args| args.seed.is_some()),
];

/// An error if an option was given that the protocol does not take.
pub(super) fn check(args: &EvaluateArgs) -> Result<(), String> {
    let mut given = OPTIONS.iter().filter(|(.., given)| given(args));
    match given.find(|(_, of, _)| !of.contains(&args.protocol)) {
        None => Ok(()),
        Some((option, of, _)) => {
            let of: Vec<String> = of.iter().copied().map(name).collect();
            Err(format!(
                "--{option} is for --protocol {}, and changes nothing in --protocol {}: leave it \
                 out",
                of.join(" and "),
                name(args.protocol)
            ))
        }
    }
}

fn name(protocol: Kind) -> String {
    let value = protocol.to_possible_value();
    value.map_or_else(String::new, |value| value.get_name().to_owned())
}

#[cfg(test)]
mod tests {
    use clap::{Args, Command, FromArgMatches};

    use super::*;

    /// Options of every protocol.
    const ALL: [&str; 5] = ["data", "model", "protocol", "out", "jobs"];
    /// Options that want another one, which is in [`OPTIONS`].
    const WITH_ANOTHER: [&str; 3] = ["train", "folds-from", "days"];

    fn check_of(more: &[&str]) -> Result<(), String> {
        let command = EvaluateArgs::augment_args(Command::new("evaluate"));
        let fixed = ["evaluate", "--data", "hmog=x", "--out", "o"];
        let words = fixed.iter().chain(more);
        let found = command.try_get_matches_from(words).unwrap();
        check(&EvaluateArgs::from_arg_matches(&found).unwrap())
    }

    #[test]
    fn each_option_says_which_protocols_it_is_for() {
        let command = EvaluateArgs::augment_args(Command::new("evaluate"));
        let known = || OPTIONS.iter().map(|(option, ..)| *option);
        let known: Vec<&str> = known().chain(ALL).chain(WITH_ANOTHER).collect();
        let mut found: Vec<&str> = command
            .get_arguments()
            .filter_map(|arg| arg.get_long())
            .collect();
        found.sort_unstable();
        let mut sorted = known;
        sorted.sort_unstable();
        assert_eq!(found, sorted);
    }

    #[test]
    fn an_option_of_another_protocol_is_refused_with_what_it_is_for() {
        let model = ["--model", "m"];
        for (protocol, option, its) in [
            (
                "unseen",
                &["--adaptation", "none"][..],
                "--adaptation is for --protocol life",
            ),
            (
                "unseen",
                &["--intruder", "thief"],
                "--intruder is for --protocol life",
            ),
            (
                "life",
                &["--windows-only"],
                "--windows-only is for --protocol unseen",
            ),
            (
                "life",
                &["--against", "b"],
                "--against is for --protocol unseen",
            ),
            (
                "life",
                &["--seed", "2"],
                "--seed is for --protocol unseen and seed",
            ),
            (
                "seed",
                &["--windows-only"],
                "--windows-only is for --protocol unseen",
            ),
            (
                "seed",
                &["--gamma", "auto"],
                "--gamma is for --protocol unseen and life",
            ),
            (
                "seed",
                &["--enrolment", "12"],
                "--enrolment is for --protocol unseen and life",
            ),
            (
                "seed",
                &["--scoring", "cohort"],
                "--scoring is for --protocol unseen and life",
            ),
            (
                "seed",
                &["--allow-seen"],
                "--allow-seen is for --protocol unseen and life",
            ),
        ] {
            let of = ["--protocol", protocol];
            assert_eq!(check_of(&[&model[..], &of].concat()), Ok(()));
            let refused = check_of(&[&model[..], &of, option].concat()).unwrap_err();
            assert!(refused.starts_with(its), "{refused}");
            assert!(
                refused.contains(&format!("in --protocol {protocol}")),
                "{refused}"
            );
        }
        let folds = [
            "--folds",
            "2",
            "--train",
            "--arch spectral",
            "--protocol",
            "seed",
        ];
        let refused = check_of(&folds).unwrap_err();
        assert!(refused.starts_with("--folds is for"), "{refused}");
    }
}
