#!/bin/sh
# Installs into a folder as a packager would, and looks at what is there.
# Usage: tests/install.sh [GRASPD], by default the debug build of this checkout.
set -eu
cd "$(dirname "$0")/.."
graspd=$(realpath "${1:-${CARGO_TARGET_DIR:-target}/debug/graspd}")
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT

fail() {
    echo "$*" >&2
    exit 1
}

# What FILE says after the word WORD, below DESTDIR.
named() {
    grep -o -e "$2[^ ]*" "$dest$1" | sed "s#^$2##" | sort -u
}

# The documents that are named, but for what documents say of one another.
documents() {
    grep -raohE --exclude-dir=doc 'docs/[a-z-]+\.md' "$dest" | sort -u
}

# Installs with these variables of make, for programs in BIN, what is shipped
# in SHARE and what is configured in ETC.
try() {
    dest=$root/$1 bin=$2 share=$3 etc=$4
    shift 4
    make --silent install "GRASPD=$graspd" "DESTDIR=$dest" "$@"
    cat >"$root/expected" <<LIST
0755 $bin/graspd
0644 $share/man/man1/graspd.1
0644 $share/man/man1/graspd-doctor.1
0644 $share/man/man5/graspd.toml.5
0644 $share/man/man7/graspd-protocol.7
0644 $share/man/man8/graspd.8
0644 $share/bash-completion/completions/graspd
0644 $share/graspd/models/accelerometer/branch.onnx
0644 $share/graspd/models/accelerometer/cohort.bin
0644 $share/graspd/models/accelerometer/manifest.toml
0644 $share/graspd/models/default/branch.onnx
0644 $share/graspd/models/default/cohort.bin
0644 $share/graspd/models/default/manifest.toml
0644 $share/graspd/models/seed-2d/branch.onnx
0644 $share/graspd/models/seed-2d/manifest.toml
0644 $share/graspd/simulated/enrol-1.csv.zst
0644 $share/graspd/simulated/enrol-2.csv.zst
0644 $share/graspd/simulated/enrol-3.csv.zst
0644 $share/graspd/simulated/hand-over.csv.zst
0644 $share/doc/graspd/first-hour.md
0644 $share/doc/graspd/phones.md
0644 $share/polkit-1/rules.d/50-graspd.rules
0644 $share/polkit-1/actions/alt.graspd.policy
0644 $share/dbus-1/system.d/alt.graspd.Graspd1.conf
0644 $share/dbus-1/interfaces/alt.graspd.Graspd1.xml
0644 ${bin%/bin}/lib/udev/rules.d/85-graspd.rules
0644 $etc/graspd/graspd.toml
LIST
    if [ -z "${without_systemd:-}" ]; then
        for file in systemd/system/graspd.service systemd/system/graspd-lock.service \
            sysusers.d/graspd.conf tmpfiles.d/graspd.conf; do
            echo "0644 ${bin%/bin}/lib/$file" >>"$root/expected"
        done
    fi
    echo "0755 $etc/init.d/graspd" >>"$root/expected"
    while read -r mode path; do
        [ -f "$dest$path" ] || fail "there is no $path"
        found=0$(stat -c %a "$dest$path")
        [ "$found" = "$mode" ] || fail "$path has mode $found and not $mode"
    done <"$root/expected"

    # What files say about one another has to be there.
    for path in $(named "$etc/init.d/graspd" 'command="' | tr -d '"') \
        $(named "$etc/graspd/graspd.toml" 'bundle = "' | tr -d '"'); do
        [ -e "$dest$path" ] || fail "$path is named and not there"
    done
    if [ -z "${without_systemd:-}" ]; then
        unit=${bin%/bin}/lib/systemd/system/graspd.service
        for path in $(named "$unit" 'ExecStart=') $(named "$unit" 'ExecStopPost=-') \
            $(named "$unit" '--config '); do
            [ -e "$dest$path" ] || fail "$unit names $path, which is not there"
        done
    else
        [ ! -e "$dest${bin%/bin}/lib/systemd" ] || fail "systemd was not wanted"
    fi
    # And so has each document that they or the program's messages send people to.
    for document in $(documents); do
        [ -e "$dest$share/doc/graspd/${document#docs/}" ] || fail "$document is named and not there: debian/graspd.docs"
    done
    # All but the path of the profile, which nobody has made yet.
    said=$("$dest$bin/graspd" validate --config "$dest$etc/graspd/graspd.toml" 2>&1) || :
    case $said in
    *"$share/graspd/models/default"* | *owner.profile*) ;;
    *) fail "the configuration says: $said" ;;
    esac
}

umask 077
try usual /usr/bin /usr/share /etc
without_systemd=yes
try local /usr/local/bin /usr/local/share /usr/local/etc \
    PREFIX=/usr/local SYSCONFDIR=/usr/local/etc INIT=openrc

# A second time over a configuration that has been changed, and away again.
dest=$root/usual
echo '# mine' >>"$dest/etc/graspd/graspd.toml"
make --silent install "GRASPD=$graspd" "DESTDIR=$dest"
make --silent uninstall "DESTDIR=$dest"
left=$(cd "$dest" && find . -type f)
[ "$left" = ./etc/graspd/graspd.toml ] || fail "left behind: $left"
grep -q "^# mine" "$dest/etc/graspd/graspd.toml" || fail "the configuration was replaced"
dest=$root/local
make --silent uninstall "DESTDIR=$dest" PREFIX=/usr/local SYSCONFDIR=/usr/local/etc
left=$(cd "$dest" && find . -type f)
[ -z "$left" ] || fail "left behind: $left"
echo "make install, make uninstall: passed"
