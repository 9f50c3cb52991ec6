#!/bin/sh
# Checks what systemd/ ships with systemd's own tools, in a root of its own.
# Usage: tests/systemd.sh [GRASPD], by default the debug build of this checkout.
# As root it also creates the user, the folders and the FIFO in that root.
set -eu
cd "$(dirname "$0")/.."
graspd=$(realpath "${1:-${CARGO_TARGET_DIR:-target}/debug/graspd}")

for tool in systemd-analyze systemd-sysusers systemd-tmpfiles; do
    if ! command -v "$tool" >/dev/null; then
        echo "skipped: no $tool here, so systemd/ was NOT checked" >&2
        exit 0
    fi
done

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

# The unit names a program that is installed; here stands the one just built.
sed "s#^ExecStart=/usr/bin/graspd #ExecStart=$graspd #" systemd/graspd.service >"$root/graspd.service"
grep -q "^ExecStart=$graspd " "$root/graspd.service"
said=$(systemd-analyze verify --man=no "$root/graspd.service" 2>&1) || {
    echo "$said" >&2
    exit 1
}
# A directive that it does not know is a warning and no failure.
if [ -n "$said" ]; then
    echo "$said" >&2
    exit 1
fi
echo "systemd-analyze verify: passed"

# In tenths. A looser unit than docs/systemd.md explains does not pass.
said=$(systemd-analyze security --offline=true --no-pager --threshold=5 "$root/graspd.service") || {
    echo "$said" >&2
    exit 1
}
echo "$said" | tail -n 1

if [ "$(id -u)" != 0 ]; then
    echo "skipped: not root, so systemd/*.d were NOT applied" >&2
    exit 0
fi

mkdir -p "$root/usr/lib" "$root/etc" "$root/run" "$root/var/lib"
cp -r systemd/sysusers.d systemd/tmpfiles.d "$root/usr/lib/"
: >"$root/etc/passwd"
: >"$root/etc/group"
systemd-sysusers --root="$root"
# Twice, as at every boot and every update of the package.
systemd-tmpfiles --root="$root" --create graspd.conf
systemd-tmpfiles --root="$root" --create graspd.conf

id_of() { awk -F: -v name="$2" '$1 == name { print $3 }' "$root/etc/$1"; }
daemon=$(id_of passwd graspd):$(id_of group graspd)
feeders=$(id_of passwd graspd):$(id_of group graspd-motion)
expect() {
    found=$(stat -c '%F %a %u:%g' "$root$1")
    if [ "$found" != "$2" ]; then
        echo "$1 is: $found; it should be: $2" >&2
        exit 1
    fi
}
expect /var/lib/graspd "directory 700 $daemon"
expect /run/graspd "directory 755 $daemon"
expect /run/graspd/motion "fifo 620 $feeders"
echo "systemd-sysusers, systemd-tmpfiles: passed"
