# shellcheck shell=sh
# For scripts what src/lib.rs is for tests: skipped WHY says what a script that goes on could
# not try. One that can try nothing exits with 77.
skipped() {
    echo "skipped: $1" >&2
    [ -z "${GRASPD_NOT_TRIED:-}" ] || echo "$1" >>"$GRASPD_NOT_TRIED"
}
