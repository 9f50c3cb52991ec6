#!/usr/bin/env bash
# graspd beside a real elogind: a session, its lock, its locker, the delay of sleep.
#
# elogind's package would replace systemd's, so it is unpacked and not installed. It runs
# on a bus and in a /run of its own. 77 where that cannot be done.
set -euo pipefail
cd "$(dirname "$0")/.."

not_here() {
    echo "elogind was NOT tried: $1"
    exit 77
}

[ "$(id -u)" -eq 0 ] || not_here "it needs root"
[ ! -d /run/systemd/system ] || not_here "this system's own session manager would be disturbed"
unshare --mount true || not_here "there may be no mounts of its own"

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
chmod 755 "$folder"
# apt fetches as a user of its own, if there is one.
chown _apt "$folder" 2>/dev/null || true
(cd "$folder" && apt-get download -qq elogind libelogind0) || not_here "no package to be had"
for package in "$folder"/*.deb; do
    dpkg-deb --extract "$package" "$folder/elogind"
done

cargo test --quiet --test e2e --no-run
GRASPD_ELOGIND=$folder/elogind unshare --mount sh -ec '
    mount -t tmpfs tmpfs /run
    exec cargo test --quiet --test e2e elogind_is_followed_as_logind_is \
        -- --nocapture
' 2>&1 | tee "$folder/said"
! grep -q "^skipped: " "$folder/said" || not_here "it does not run on this machine"
