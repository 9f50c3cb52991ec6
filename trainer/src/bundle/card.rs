//! The model card, `README.md` of a bundle.

use std::fmt::Write as _;

use graspd::model::Manifest;

use crate::history::Epoch;

/// The card of the bundle that `manifest` describes.
pub(super) fn of(manifest: &Manifest, history: &[Epoch]) -> String {
    let mut card = String::new();
    // Writing to a String cannot fail.
    let _ = write_card(&mut card, manifest, history);
    card
}

fn write_card(card: &mut String, manifest: &Manifest, history: &[Epoch]) -> std::fmt::Result {
    let Manifest {
        name,
        input,
        output,
        runtime,
        training,
        figures,
        ..
    } = manifest;
    let seconds = input.frames as f64 / f64::from(input.rate_hz);
    write!(
        card,
        "# {name}\n\n\
         Turns {seconds} s of accelerometer and gyroscope ({} frames at {} Hz, {} channels) into \
         an embedding of {} numbers, for graspd's one-class SVM to judge. ONNX opset {}, tested \
         with tract {}.\n\n\
         {WHAT_IT_IS}\n\n\
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
    write!(
        card,
        "\nNo recording is in this folder, but weights may let someone who holds a recording of \
         one of these people tell that it was trained on. Never evaluate it on them as if they \
         were strangers.\n\n\
         {HOW_WEAK}\n\n\
         ## Figures of the training itself\n\n\
         Pairs of windows told apart by their distance alone. `training` pairs were learnt from; \
         `held_out_session` pairs are of the same people in sessions that were not. Neither says \
         anything about people it never saw.\n\n\
         | figure | value |\n|---|---|\n",
    )?;
    for (figure, value) in figures {
        writeln!(card, "| {figure} | {value} |")?;
    }
    if let (Some(first), Some(last)) = (history.first(), history.last()) {
        write!(
            card,
            "\nFirst of {} epochs: {first}. Last: {last}. All of them are in history.csv.\n",
            history.len(),
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
person and of two. Normalisation is inside the graph; its input is m/s² with gravity and rad/s \
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
