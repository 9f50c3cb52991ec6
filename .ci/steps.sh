# shellcheck shell=bash
# What .ci/run is written in: steps that are timed, and steps that go on beside others.
#
#   step NAME COMMAND…     runs it
#   beside NAME COMMAND…   begins it, and keeps what it prints
#   join NAME              waits for it, and prints that
#
# A command that exits with 77 could not be tried here, which is told at the end; any
# other failure is the failure of the whole.

scratch=$(mktemp -d)
: >"$scratch/times"
: >"$scratch/not-tried"
# Tests and scripts that cannot try a part of theirs add a line (tests/skipped).
export GRASPD_NOT_TRIED=$scratch/not-tried
doing="nothing yet"
# Whether the last step was reached: a signal ends the whole with no status of its own.
finished=no
declare -A begun=() kept_of=()

# Tells at the end how it went, and how long each step took.
finish() {
    local status=$?
    for name in "${!begun[@]}"; do
        kill -- "-${begun[$name]}" 2>/dev/null || true
    done
    printf '\n=== how long each step took\n'
    while IFS=$'\t' read -r seconds name; do
        printf '%6d s  %s\n' "$seconds" "$name"
    done <"$scratch/times"
    sort -u "$scratch/not-tried" | sed 's/^/### NOT TRIED: /'
    if [ "$status" -eq 0 ] && [ "$finished" = yes ]; then
        echo "=== everything that was tried passed, in $SECONDS s"
    else
        echo "=== FAILED: $doing (status $status, after $SECONDS s)"
    fi
    rm -rf "$scratch"
}
trap finish EXIT

skip() {
    echo "$1" >>"$scratch/not-tried"
    printf '\n### NOT TRIED: %s\n' "$1"
}

# ended NAME STATUS SECONDS [WHERE]: writes down how a step went.
ended() {
    printf '%d\t%s\n' "$3" "$1${4:-}" >>"$scratch/times"
    case $2 in
    0) printf '=== %s: passed in %s s\n' "$1" "$3" ;;
    77) skip "$1" ;;
    *) return "$2" ;;
    esac
}

step() {
    local began=$SECONDS status
    doing=$1
    shift
    printf '\n=== %s\n' "$doing"
    # In a shell of its own, or a failure within a function would not end it.
    set +e
    (set -e && "$@")
    status=$?
    set -e
    ended "$doing" "$status" $((SECONDS - began))
}

beside() {
    local name=$1 began=$SECONDS kept
    shift
    kept=$(mktemp --directory --tmpdir="$scratch")
    # In a process group of its own, so that it ends with all that it began.
    set -m
    (
        trap 'echo $((SECONDS - began)) >"$kept/seconds"' EXIT
        "$@"
    ) >"$kept/said" 2>&1 &
    set +m
    begun[$name]=$!
    kept_of[$name]=$kept
}

join() {
    local status=0
    doing=$1
    wait "${begun[$1]}" || status=$?
    unset "begun[$1]"
    printf '\n=== %s (it ran beside other steps)\n' "$1"
    cat "${kept_of[$1]}/said"
    ended "$1" "$status" "$(cat "${kept_of[$1]}/seconds")" " (beside other steps)"
}

# Gives way to whatever else wants to run, so that what goes by the clock is on time.
giving_way() { chrt --idle 0 "$@"; }
