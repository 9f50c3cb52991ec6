#!/bin/sh
# Checks what systemd/ and openrc/ ship with the tools of those who read it, in
# a root of its own.
# Usage: tests/systemd.sh [GRASPD], by default the debug build of this checkout.
# As root it also creates the user, the folders and the FIFO in that root.
set -eu
cd "$(dirname "$0")/.."
. tests/skipped/because.sh
graspd=$(realpath "${1:-${CARGO_TARGET_DIR:-target}/debug/graspd}")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

# Whether all of these programs are here; if not, what is left out is said aloud.
have() {
    what=$1
    shift
    for tool; do
        if ! command -v "$tool" >/dev/null; then
            skipped "no $tool here, so $what NOT checked"
            return 1
        fi
    done
}

# Runs a command that should succeed without a word: to many of these tools
# what they do not know is a warning and no failure.
quietly() {
    if ! said=$("$@" 2>&1) || [ -n "$said" ]; then
        printf '%s: %s\n' "$*" "$said" >&2
        exit 1
    fi
}

if have "the units were" systemd-analyze; then
    # They name a program that is installed; here stands the one just built.
    for unit in graspd graspd-lock; do
        sed "s#/usr/bin/graspd #$graspd #" "systemd/$unit.service" >"$root/$unit.service"
    done
    grep -q "^ExecStart=$graspd " "$root/graspd.service"
    grep -q "^ExecStopPost=-$graspd " "$root/graspd.service"
    quietly systemd-analyze verify --man=no "$root/graspd.service" "$root/graspd-lock.service"
    echo "systemd-analyze verify: passed"
    # With what the sensor core needs, where alone that is asked for.
    mkdir "$root/graspd.service.d"
    cp systemd/ssc.conf "$root/graspd.service.d"
    quietly systemd-analyze verify --man=no "$root/graspd.service"
    rm -r "$root/graspd.service.d"
    # In tenths. A looser unit than docs/systemd.md explains does not pass.
    for most in graspd:6 graspd-lock:8; do
        unit=${most%:*}.service
        said=$(systemd-analyze security --offline=true --no-pager "--threshold=${most#*:}" "$root/$unit") || {
            echo "$said" >&2
            exit 1
        }
        echo "$said" | tail -n 1
    done
fi

# udevadm verifies from systemd 254 on.
if have "the udev rules were" udevadm; then
    if udevadm verify --help >/dev/null 2>&1; then
        udevadm verify --no-summary systemd/udev/85-graspd.rules
        echo "udevadm verify: passed"
    else
        skipped "this udevadm is too old, so the udev rules were NOT verified"
    fi
fi
# What they run, on files that look like a sensor's, for this user's group.
sensor=$root/sensor
mkdir -p "$sensor/buffer" "$sensor/scan_elements"
for attribute in buffer/enable scan_elements/in_accel_x_en in_accel_hysteresis in_accel_scale name; do
    touch "$sensor/$attribute"
    chmod 0644 "$sensor/$attribute"
done
sed -e ':more' -e '/\\$/N' -e 's/\\\n//' -e 'tmore' systemd/udev/85-graspd.rules |
    sed -n "s#^RUN+=\"/bin/sh -c '\(.*\)'\"\$#\1#p" |
    sed -e "s#/sys%p#$sensor#" -e 's#\$\$#$#g' -e "s#chgrp graspd#chgrp $(id -gn)#" >"$root/program"
sh -eu "$root/program"
given=$(cd "$sensor" && find . -type f -perm 0664 | sort | tr '\n' ' ')
if [ "$given" != "./buffer/enable ./in_accel_hysteresis ./scan_elements/in_accel_x_en " ]; then
    echo "the udev rules give: $given" >&2
    exit 1
fi
echo "udev rules: give what graspd writes"

# duk runs the JavaScript engine of Debian's polkit.
if have "the polkit rule was" duk; then
    {
        echo 'var rules = [], polkit = { Result: { YES: "yes" }, addRule: rules.push.bind(rules) };'
        cat systemd/polkit/50-graspd.rules tests/polkit.js
    } >"$root/polkit.js"
    quietly duk "$root/polkit.js"
    echo "polkit rule: passed"
fi

if have "the OpenRC script was" shellcheck; then
    quietly shellcheck openrc/graspd
    echo "OpenRC script: passed"
fi

have "systemd/*.d were" systemd-sysusers systemd-tmpfiles || exit 0
if [ "$(id -u)" != 0 ]; then
    skipped "not root, so systemd/*.d were NOT applied"
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
