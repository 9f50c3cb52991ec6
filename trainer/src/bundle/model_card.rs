//! The model card, `README.md` of a bundle.

use std::fmt::Write as _;

use graspd::accelerometer_bundle::COST;
use graspd::model::Manifest;
use graspd::motion::Channels;

use super::companion_file::CompanionFile;
use crate::arch::Arch;

/// The card of the bundle that `manifest` describes, which takes `channels`.
pub(super) fn of(manifest: &Manifest, channels: Channels, beside: &CompanionFile) -> String {
    let mut card = String::new();
    // Writing to a String cannot fail.
    let _ = write_card(&mut card, manifest, channels, beside);
    card
}

fn write_card(
    card: &mut String,
    manifest: &Manifest,
    channels: Channels,
    beside: &CompanionFile,
) -> std::fmt::Result {
    let Manifest {
        name,
        input,
        output,
        runtime,
        training,
        figures,
        ..
    } = manifest;
    let (sensors, units) = match channels {
        Channels::Accelerometer => ("the accelerometer alone", "m/s² with gravity"),
        Channels::AccelerometerAndGyroscope => {
            ("accelerometer and gyroscope", "m/s² with gravity and rad/s")
        }
    };
    let what_it_is = match beside {
        CompanionFile::History { .. } => WHAT_IT_IS.to_owned(),
        CompanionFile::Cohort(_) => {
            let learnt = match training.arch == Arch::Contrastive.name() {
                true => HEAD,
                false => NO_HEAD,
            };
            format!(
                "{CONVOLUTIONS} {learnt} {WHAT_COHORT_IS}\n\nInput is {units} in Android's axes, oldest frame first."
            )
        }
    };
    let seconds = input.frames as f64 / f64::from(input.rate_hz);
    write!(
        card,
        "# {name}\n\n\
         Turns {seconds} s of {sensors} ({} frames at {} Hz, {} channels) into an embedding of \
         {} numbers. ONNX opset {}, tested with tract {}.\n\n\
         {what_it_is}\n\n\
         ## Who it was trained on\n\n",
        input.frames,
        input.rate_hz,
        input.channels.len(),
        output.embedding,
        runtime.opset,
        runtime.tract,
    )?;
    for data in &training.data {
        writeln!(
            card,
            "- {}: {} ({} people). Terms seen with the data: {}.",
            data.name,
            data.people.join(", "),
            data.people.len(),
            data.terms,
        )?;
    }
    let (weak, figures_of) = match beside {
        CompanionFile::History { .. } => (HOW_WEAK, FIGURES_OF_PAIRS),
        CompanionFile::Cohort(_) => (COHORT_WEAK, FIGURES_OF_COHORT),
    };
    let cost = match channels {
        Channels::Accelerometer => {
            format!("- It goes without the gyroscope, which costs {COST}.\n")
        }
        Channels::AccelerometerAndGyroscope => String::new(),
    };
    write!(
        card,
        "\nNo recording is in this folder, but weights and statistics may let someone who holds a \
         recording of one of these people tell that it was used. Never evaluate it on them as if \
         they were strangers.\n\n{weak}\n{cost}\n{figures_of}\n\n| figure | value |\n|---|---|\n",
    )?;
    for (figure, value) in figures {
        writeln!(card, "| {figure} | {value} |")?;
    }
    if let CompanionFile::History { epochs, .. } = beside
        && let (Some(first), Some(last)) = (epochs.first(), epochs.last())
    {
        write!(
            card,
            "\nFirst of {} epochs: {first}. Last: {last}. All of them are in history.csv.\n",
            epochs.len(),
        )?;
    }
    write!(
        card,
        "\n## Making it again\n\n```\n{}\n```\n\n\
         DIR is the data set in its authors' layout. The same data and seed give the same bytes on \
         the same kind of processor; another may round sums otherwise.\n",
        training.command,
    )
}

const WHAT_IT_IS: &str = "\
One arm of a Siamese network, trained with the contrastive loss on pairs of windows of one \
person and of two, for graspd's one-class SVM to judge. Normalisation is inside the graph; its input is m/s² with gravity and rad/s \
in Android's axes, oldest frame first.";

const HOW_WEAK: &str = "\
## How weak it is

The recipe is an old one, kept as the baseline that better ones must beat. Taught on three \
people of HMOG and tested on three others (two folds, earlier sessions to enrol, later ones to \
test), seed-2d with the recipe's ν and γ has an equal error rate of 0.42 per 5 s window, 95 % \
0.28 to 0.57; guessing has 0.50. graspd's docs/results.md has the command and every figure. \
It must not be trusted to tell a stranger from the owner.

- What it tells apart best may be the handset rather than the hand: sensor offsets differ from \
phone to phone.
- Sessions of one person differ in posture, task and grip by more than windows of one session do, \
so low errors within a session do not carry over to the next.
- Nobody has tried to imitate an owner in the data, and no recording was replayed into the \
sensors; it resists neither.
- The people are few, held one kind of phone, and did three scripted tasks.";

const FIGURES_OF_PAIRS: &str = "\
## Figures of the training itself

Pairs of windows told apart by their distance alone. `training` pairs were learnt from; \
`held_out_session` pairs are of the same people in sessions that were not. Neither says anything \
about people it never saw.";

const CONVOLUTIONS: &str = "\
Fixed convolutions give each axis's power in 14 bands from 0.8 to 45 Hz, how it varies within \
the window, and how each two axes move together.";

const NO_HEAD: &str = "\
No weight is learnt by gradient descent; the scaling of the numbers is inside the graph.";

const HEAD: &str = "\
Three small networks behind them are trained, by the supervised contrastive loss, to bring windows \
of one person near each other; the people who taught them are those that scores are measured on \
below, so expect more of false locks than is said there.";

const WHAT_COHORT_IS: &str = "\
Beside it lies `cohort.bin`: where the people below \
are in that space, with six stand-ins for each (their windows as if held by another hand, turned, \
slower or stronger), all of it also with a cheaper sensor's noise, how windows and sessions of one \
person differ, and up to 200 embeddings of each. graspd scores an owner against this cohort by \
the mean of a likelihood ratio, with a Gaussian for each session of the enrolment, and of the \
owner's one-class SVM less those of the cohort's people, which rejects what resembles nobody.";

const COHORT_WEAK: &str = "\
## How weak it is

graspd's docs/results.md has its errors on people that it never saw, with intervals, controls and \
the commands. They come from six people with one kind of phone, doing three scripted tasks, and \
the way was chosen with their figures in sight (docs/experiments.md), so expect worse elsewhere. \
It locks; it must never unlock.

- Some owners cannot be told from others. `graspd enroll` holds the owner's sessions out, says \
what to expect, and refuses where that is too little.
- People who walk alike, or hold the phone alike, may pass. So may whoever holds it still: a \
window at rest is not scored.
- Nobody has tried to imitate an owner in the data, and no recording was replayed into the \
sensors; it resists neither.
- Whoever holds this bundle knows the cohort, and could search for motion that passes.";

const FIGURES_OF_COHORT: &str = "\
## Figures of the cohort

Each person in turn was an owner among the others, with scores by which strangers' mean is 0 and \
the enrolment's 1. `later_sessions_stray` says how far later sessions fall below that: it is √mean(2·d²), \
where d is how far a session's mean score lies below 1, from 0 to 1. Sessions above 1 count as 0 and \
the others twice, because only those lock by mistake. `windows_of_a_session_stray` is \
the standard deviation of windows about their session's mean; `next_window_correlation` how alike neighbours \
are. Enrolment draws sessions from these. Earlier and later are as the data set numbers sessions, \
and the covariances and the scaling are those of everybody, the person in turn among them, so expect \
a little more.";

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::path::Path;

    #[test]
    fn the_cards_of_the_shipped_models_are_of_these_words() {
        let models = Path::new(env!("CARGO_MANIFEST_DIR")).join("../models");
        for (model, words) in [
            ("default", [COHORT_WEAK, FIGURES_OF_COHORT]),
            ("accelerometer", [COHORT_WEAK, FIGURES_OF_COHORT]),
            ("seed-2d", [HOW_WEAK, FIGURES_OF_PAIRS]),
        ] {
            let card = fs::read_to_string(models.join(model).join("README.md")).unwrap();
            for words in words {
                assert!(card.contains(words), "{model} does not say: {words}");
            }
        }
    }
}
