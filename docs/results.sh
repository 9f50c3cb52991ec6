#!/usr/bin/env bash
# Makes docs/results.md: bash docs/results.sh HMOG_FOLDER WORK_FOLDER
#
# Trains ten fold bundles and seed-1d, and evaluates them and models/seed-2d.
# Given again after an interruption it goes on where it was. What was made by another program, of
# other recordings or with other options is made anew; a stamp beside it says of which it is.
# GRASP_TRAIN names a program to use instead of building one, so that other builds meanwhile change
# nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
hmog=${1:?which folder has HMOG}
work=${2:?which folder to work in}
mkdir -p "$work" docs/results
if [ -n "${GRASP_TRAIN:-}" ]; then
    read -ra grasp_train <<<"$GRASP_TRAIN"
else
    # A copy, because other builds meanwhile replace what cargo makes.
    built=$(cargo build --quiet --bin grasp-train --message-format json)
    cp -p "$(sed -n 's/.*"executable":"\([^"]*\/grasp-train\)".*/\1/p' <<<"$built")" "$work/"
    grasp_train=("$work/grasp-train")
fi

# What everything here depends on. Of recordings names and sizes will do; reading them all would
# take longer than some of the evaluations.
everything=$(
    for word in "${grasp_train[@]}"; do
        file=$(command -v -- "$word" || true)
        if [ -f "$file" ]; then sha256sum <"$file"; else echo "$word"; fi
    done
    find -L "$hmog" -name '*.csv' -type f -printf '%P %s\n' | LC_ALL=C sort | sha256sum
)

stamp() { # WORDS…: of what something is that is made with these; a bundle counts by its contents
    local word
    echo "$everything"
    for word; do
        if [ -f "$word/manifest.toml" ]; then sha256sum <"$word/manifest.toml"; else echo "$word"; fi
    done
}

is_of() { # STAMP PATH
    [ "$(cat "$2.stamp" 2>/dev/null)" = "$1" ]
}

begin() { # FOLDER WORDS…: leaves what was begun there only if it is of the same
    local folder=$1 now
    now=$(stamp "${@:2}")
    if ! is_of "$now" "$folder"; then
        rm -rf "$folder.stamp" "$folder" "$folder.checkpoint"
        echo "$now" >"$folder.stamp"
    fi
}

evaluate() { # NAME OUT TRAIN OPTIONS…; TRAIN is what folds are trained with, or nothing
    local name=$1 out=$work/$2 train=$3 options=("${@:4}") json=$work/$1.json now
    [ -z "$train" ] || options=(--folds 2 --train "$train" "${options[@]}")
    now=$(stamp "${options[@]}")
    if [ ! -e "$json" ] || ! is_of "$now" "$json"; then
        begin "$out" "$train"
        rm -f "$json.stamp"
        "${grasp_train[@]}" evaluate --data "hmog=$hmog" --out "$out" "${options[@]}"
        cp "$out/results.json" "$json"
        echo "$now" >"$json.stamp"
    fi
    cp "$json" "docs/results/$name.json"
}

# The quick ones first.
for scoring in one-class cohort compensated; do
    evaluate "b1-spectral-$scoring" folds-spectral '--arch spectral' \
        --gamma auto --scoring "$scoring"
done
evaluate b1-spectral-accelerometer folds-accelerometer '--arch spectral --channels accelerometer' \
    --gamma auto --scoring compensated

evaluate b1-contrastive folds-contrastive '--arch contrastive' --gamma auto
begin "$work/seed-1d" seed-1d
[ -e "$work/seed-1d" ] ||
    "${grasp_train[@]}" train --resume --arch seed-1d --data "hmog=$hmog" --out "$work/seed-1d"
evaluate b0-seed-2d b0-seed-2d '' --protocol seed --model models/seed-2d
evaluate b0-seed-1d b0-seed-1d '' --protocol seed --model "$work/seed-1d"
for arch in seed-2d seed-1d; do
    for gamma in recipe auto; do
        evaluate "b1-$arch-$gamma" "folds-$arch" "--arch $arch" --gamma "$gamma"
    done
done

columns=()
for name in b0-seed-2d b0-seed-1d; do
    columns+=("${name#b0-}=docs/results/$name.json")
done
for arch in seed-2d seed-1d; do
    columns+=("$arch, γ of the recipe=docs/results/b1-$arch-recipe.json")
    columns+=("$arch, γ as enrolled=docs/results/b1-$arch-auto.json")
done
columns+=("spectral, one-class=docs/results/b1-spectral-one-class.json")
columns+=("spectral, owner against cohort=docs/results/b1-spectral-cohort.json")
columns+=("the same, sessions compensated: models/default=docs/results/b1-spectral-compensated.json")
columns+=("contrastive: three networks on the same numbers=docs/results/b1-contrastive.json")
columns+=("of the accelerometer alone: models/accelerometer=docs/results/b1-spectral-accelerometer.json")
{
    cat docs/results/preface.md
    "${grasp_train[@]}" tabulate "${columns[@]}"
} >docs/results.md
