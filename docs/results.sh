#!/usr/bin/env bash
# Makes docs/results.md: bash docs/results.sh HMOG_FOLDER WORK_FOLDER
#
# Trains ten fold bundles and seed-1d, and evaluates them and models/seed-2d.
# Given again after an interruption it goes on where it was. GRASP_TRAIN names a program to use
# instead of building one, so that other builds meanwhile change nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
data=hmog=$1
work=$2
read -ra grasp_train <<<"${GRASP_TRAIN:-cargo run --quiet --bin grasp-train --}"

evaluate() { # NAME OUT OPTIONS…
    local name=$1 out=$work/$2
    shift 2
    if [ ! -e "$work/$name.json" ]; then
        "${grasp_train[@]}" evaluate --data "$data" --out "$out" "$@"
        cp "$out/results.json" "$work/$name.json"
    fi
    cp "$work/$name.json" docs/results/
}

mkdir -p docs/results "$work"
# The quick ones first.
for scoring in one-class cohort compensated; do
    evaluate "b1-spectral-$scoring" folds-spectral \
        --folds 2 --train '--arch spectral' --gamma auto --scoring "$scoring"
done
evaluate b1-spectral-accelerometer folds-accelerometer \
    --folds 2 --train '--arch spectral --channels accelerometer' --gamma auto --scoring compensated

evaluate b1-contrastive folds-contrastive \
    --folds 2 --train '--arch contrastive' --gamma auto
[ -e "$work/seed-1d" ] ||
    "${grasp_train[@]}" train --resume --arch seed-1d --data "$data" --out "$work/seed-1d"
evaluate b0-seed-2d b0-seed-2d --protocol seed --model models/seed-2d
evaluate b0-seed-1d b0-seed-1d --protocol seed --model "$work/seed-1d"
for arch in seed-2d seed-1d; do
    for gamma in recipe auto; do
        evaluate "b1-$arch-$gamma" "folds-$arch" \
            --folds 2 --train "--arch $arch" --gamma "$gamma"
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
