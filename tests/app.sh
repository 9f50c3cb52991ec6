#!/usr/bin/env bash
# The app: is it built, does it pass its own tests, is it installed whole, and does its window say
# what a replayed day was? The day is a real daemon's and a real agent's (tests/e2e/app.rs), on a bus
# of their own, and the window is looked at under Xvfb by what it tells those who do not see it
# (tests/app/look.py).
#
#   tests/app.sh              keeps no pictures
#   tests/app.sh --pictures   makes those of docs/images anew
#
# Exits with 77 where GTK or what looks at it is missing. What is built goes to
# CARGO_TARGET_DIR, as everywhere; the app's to a folder of its own there.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")

missing=()
for library in gtk4 libadwaita-1; do
    pkg-config --exists "$library" 2>/dev/null || missing+=("$library for developers")
done
for program in Xvfb xdotool import dbus-run-session dbus-daemon desktop-file-validate appstreamcli make; do
    command -v "$program" >/dev/null || missing+=("$program")
done
/usr/bin/python3 -c 'import gi; gi.require_version("Atspi", "2.0")' 2>/dev/null || missing+=("Atspi for Python")
if [ ${#missing[@]} -gt 0 ]; then
    printf -v list '%s, ' "${missing[@]}"
    echo "skipped: there is no ${list%, }, so the app was NOT tried" >&2
    exit 77
fi

scratch=$(mktemp -d)
xvfb=
finish() {
    [ -z "$xvfb" ] || kill "$xvfb" 2>/dev/null || true
    rm -rf "$scratch"
}
trap finish EXIT

# In Rust, without a window.
app() { CARGO_TARGET_DIR=$target/app cargo "$1" --quiet --locked --manifest-path app/Cargo.toml "${@:2}"; }
cargo fmt --check --manifest-path app/Cargo.toml
# In .ci/run lints come with the build.
[ -n "${LINTED:-}" ] || app clippy --all-targets -- --deny warnings
app test
app build

# As it is installed.
make --silent install-app "APP=$target/app/debug/graspd-app" "DESTDIR=$scratch/root"
share=$scratch/root/usr/share
desktop-file-validate "$share"/applications/*.desktop
appstreamcli validate --no-net "$share"/metainfo/*.xml
for icon in scalable/apps/alt.graspd.App.svg symbolic/apps/alt.graspd.App-symbolic.svg; do
    [ -s "$share/icons/hicolor/$icon" ] || { echo "$icon is not installed" >&2; exit 1; }
done

# A screen, and a session without settings of anybody's, in which it is the afternoon: the day that is
# played has to be today's.
Xvfb -displayfd 3 -screen 0 1280x900x24 -nolisten tcp -noreset 3>"$scratch/display" 2>"$scratch/xvfb.log" &
xvfb=$!
for _ in $(seq 100); do
    [ -s "$scratch/display" ] && break
    sleep 0.1
done
DISPLAY=:$(cat "$scratch/display")
mkdir -p "$scratch"/{home,run,config/gtk-4.0,pictures}
printf '[Settings]\ngtk-enable-animations=false\ngtk-font-name=Cantarell 11\ngtk-decoration-layout=:close\n' \
    >"$scratch/config/gtk-4.0/settings.ini"
chmod 0700 "$scratch/run"
session=(env HOME="$scratch/home" XDG_RUNTIME_DIR="$scratch/run" XDG_CONFIG_HOME="$scratch/config"
    XDG_DATA_DIRS="$share:/usr/local/share:/usr/share" DISPLAY="$DISPLAY" GDK_BACKEND=x11 GSK_RENDERER=cairo
    LC_ALL=C.UTF-8 TZ="NOON$((10#$(date -u +%H) - 15))" dbus-run-session --)

# A day, and a look at it.
cargo build --quiet --locked --bin graspd --bin graspd-agent
GRASPD_APP_COMMAND="${session[*]} $PWD/tests/app/look.py $scratch/root/usr/bin/graspd-app $scratch/pictures" \
    cargo test --quiet --locked --test e2e app:: -- --nocapture

if [ "${1:-}" = --pictures ]; then
    mkdir -p docs/images
    cp "$scratch/pictures/now-360.png" docs/images/app-360.png
    cp "$scratch/pictures/locks-1200.png" docs/images/app-1200.png
    cp "$scratch/pictures/gathering-360.png" docs/images/app-learning.png
    cp -r "$scratch/pictures" "$target/app/"
fi
echo "the app: passed"
