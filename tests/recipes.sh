#!/bin/bash
# Runs what the recipes for Alpine and Arch do with a program that is built, without
# the tools of either, and looks at where they put it.
# Usage: tests/recipes.sh [GRASPD], with the agent and the PAM module beside it; by
# default the debug build of this checkout.
set -euo pipefail
cd "$(dirname "$0")/.."
graspd=$(realpath "${1:-${CARGO_TARGET_DIR:-target}/debug/graspd}")
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
# So that each `make install` in a recipe takes this program.
export MAKEFLAGS="s -- GRASPD=$graspd"
version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml)

fail() {
    echo "$*" >&2
    exit 1
}

# has FOLDER PATH…: these, below the folder.
has() {
    local folder=$1 path
    shift
    for path; do [ -e "$folder/$path" ] || fail "${folder##*/}: there is no $path"; done
}

has_no() {
    local folder=$1 path
    shift
    for path; do [ ! -e "$folder/$path" ] || fail "${folder##*/}: $path should not be there"; done
}

everywhere=(usr/bin/graspd usr/lib/udev/rules.d/85-graspd.rules usr/share/polkit-1/rules.d/50-graspd.rules
    usr/share/polkit-1/actions/alt.graspd.policy usr/share/dbus-1/system.d/alt.graspd.Graspd1.conf
    usr/share/graspd/models/default/cohort.bin usr/share/graspd/simulated/hand-over.csv.zst usr/share/man/man1/graspd.1
    usr/share/doc/graspd/phones.md usr/share/doc/graspd-agent/agent.md usr/share/doc/libpam-graspd/pam.md
    usr/share/zsh/site-functions/_graspd usr/share/licenses/graspd/LICENSE-MIT etc/graspd/graspd.toml)
session=(usr/bin/graspd-agent usr/lib/systemd/user/graspd-agent.service
    usr/lib/systemd/user/graphical-session.target.wants/graspd-agent.service etc/xdg/autostart/graspd-agent.desktop)
pam=(usr/lib/security/pam_graspd.so)
units=(usr/lib/systemd/system/graspd.service usr/lib/sysusers.d/graspd.conf usr/lib/tmpfiles.d/graspd.conf)

# What they say of one another and of the checkout.
for recipe in packaging/alpine/APKBUILD packaging/arch/PKGBUILD; do
    grep -qx "pkgver=$version" "$recipe" || fail "$recipe has another version than Cargo.toml, $version"
done
grep -qx "version = \"$version\"" app/Cargo.toml || fail "app/Cargo.toml has another version than Cargo.toml, $version"
grep -q "<release version=\"$version\"" app/data/*.metainfo.xml ||
    fail "the app's metainfo has no <release> of Cargo.toml's version, $version"
# What they take by path has this version, too.
for lock in Cargo.lock app/Cargo.lock fuzz/Cargo.lock; do
    others=$(awk -F '"' -v version="$version" '
        /^name = /    { name = $2 }
        /^version = / { ours = name ~ /^grasp/ && name != "graspd-fuzz"; if (ours && $2 != version) print name, $2 }' "$lock")
    [ -z "$others" ] || fail "$lock has another version than Cargo.toml, $version: $others"
done
for script in pre-install post-install post-upgrade; do
    [ -x "packaging/alpine/graspd.$script" ] || fail "there is no packaging/alpine/graspd.$script to run"
done

# The app that `make deb` packs with what GRASPD names is of the same place, and so of the same
# processor, unless it is named.
mkdir "$scratch/beside"
packed() {
    MAKEFLAGS='' make --no-print-directory --dry-run deb "GRASPD=$scratch/beside/graspd" "$@" |
        sed -n "s/^packaging\/deb .* '\([^']*\)'$/\1/p"
}
[ -z "$(packed)" ] || fail "make deb packs an app of another place: $(packed)"
touch "$scratch/beside/graspd-app"
[ "$(packed)" = "$scratch/beside/graspd-app" ] || fail "make deb leaves out the app beside GRASPD"
[ "$(packed APP=elsewhere)" = elsewhere ] || fail "make deb leaves out an app that is named"
echo "make deb: packs what belongs together"

# With musl a PAM module would be linked statically, and is not made.
crossed() { MAKEFLAGS='' make --no-print-directory --dry-run cross "TARGET=$1"; }
[[ $(crossed aarch64-unknown-linux-gnu) == *"--package pam_graspd"* ]] || fail "make cross leaves out the PAM module"
[[ $(crossed aarch64-unknown-linux-musl) != *pam* ]] || fail "make cross builds a PAM module that is linked statically"

# What the scripts ask of the system, where graspd runs by systemd, by OpenRC, or not at all.
mkdir "$scratch/stand-ins"
cat >"$scratch/stand-ins/udevadm" <<'SCRIPT'
#!/bin/sh
echo "${0##*/} $*" >>"$ASKED"
[ "${0##*/}" != systemctl ] || [ "$RUNS_BY" = systemd ]
SCRIPT
chmod +x "$scratch/stand-ins/udevadm"
for program in systemctl rc-service dbus-send; do ln -s udevadm "$scratch/stand-ins/$program"; done
# asks RUNS_BY COMMAND: what it asks for besides the sensors.
asks() {
    : >"$scratch/asked"
    ASKED=$scratch/asked RUNS_BY=$1 PATH=$scratch/stand-ins:$PATH sh -c "$2" >"$scratch/said" 2>&1 || :
    grep -v -e ^udevadm -e ^dbus-send -e is-active "$scratch/asked" || :
}
alpine=packaging/alpine/graspd.post
arch='. packaging/arch/graspd.install && post'
again='systemctl daemon-reload
systemctl restart graspd.service'
[ "$(asks systemd "$alpine-upgrade")" = "$again" ] || fail "Alpine's upgrade leaves an old graspd running"
[ "$(asks systemd "${arch}_upgrade")" = "$again" ] || fail "Arch's upgrade leaves an old graspd running"
case $(asks openrc "$alpine-upgrade") in
rc-service*" --ifstarted graspd restart") ;;
*) fail "Alpine's upgrade leaves an old graspd running with OpenRC" ;;
esac
[ -z "$(asks nothing "${arch}_upgrade")" ] || fail "Arch's upgrade starts a graspd that did not run"
for install in "$alpine-install" "${arch}_install"; do
    [ -z "$(asks systemd "$install")" ] || fail "$install starts something"
    grep -q "graspd is not started" "$scratch/said" || fail "$install does not say that nothing is started"
done
for script in install upgrade; do
    asks nothing "$alpine-$script" >/dev/null
    grep -q '^dbus-send .*ReloadConfig' "$scratch/asked" || fail "Alpine's $script leaves graspd's policy unread by the bus"
done
echo "scripts of the installation: an upgrade starts what runs again"

# --- Alpine. abuild runs each function in the source's folder, with sh and `set -e`.
pkgdir=$scratch/alpine sh -ec '
    # Makes nothing for a user whom only Alpine has; says for whom that would be.
    install() {
        owner=
        if [ "$2" = -o ]; then
            owner=$3:$5 mode=$1
            shift 5
            set -- "$mode" "$@"
        fi
        command install "$@"
        for path; do :; done
        [ -z "$owner" ] || echo "$owner ${path#"$pkgdir"}" >>"$pkgdir.owners"
    }
    . packaging/alpine/APKBUILD
    package
'
has "$scratch/alpine" "${everywhere[@]}" "${units[@]}" etc/init.d/graspd
# Before the first start, which looks into it.
[ "$(stat -c %a "$scratch/alpine/var/lib/graspd") $(cat "$scratch/alpine.owners")" = "700 graspd:graspd /var/lib/graspd" ] ||
    fail "Alpine's package has no /var/lib/graspd that is graspd's alone"
for subpackage in openrc agent pam systemd; do
    pkgdir=$scratch/alpine subpkgdir=$scratch/alpine-$subpackage sh -ec '
        # abuild(1): moves what is named from the package into the subpackage.
        amove() {
            for path; do
                mkdir -p "$subpkgdir/${path%/*}"
                mv "$pkgdir/$path" "$subpkgdir/${path%/*}/"
            done
        }
        # What abuild itself has by that name.
        default_openrc() { amove etc/init.d; }
        . packaging/alpine/APKBUILD
        "$0"
    ' "$subpackage"
done
has "$scratch/alpine-openrc" etc/init.d/graspd etc/logrotate.d/graspd
has_no "$scratch/alpine" etc/init.d etc/logrotate.d
has "$scratch/alpine-systemd" "${units[@]}"
has "$scratch/alpine-agent" "${session[@]}"
has "$scratch/alpine-pam" "${pam[@]}"
has_no "$scratch/alpine" "${units[@]}" usr/lib/systemd "${pam[@]}" usr/share/pam-configs "${session[@]}"
has "$scratch/alpine" "${everywhere[@]}"
echo "APKBUILD: puts everything in its place"

# --- Arch. makepkg runs package() in the folder that holds the source's.
ln -s "$PWD" "$scratch/graspd-$version"
pkgdir=$scratch/arch recipe=$PWD/packaging/arch bash -ec '
    cd "$0"
    . "$recipe/PKGBUILD"
    package
    # Each that is to be kept when it was edited is there.
    for file in "${backup[@]}"; do [ -f "$pkgdir/$file" ]; done
    [ -f "$recipe/$install" ]
' "$scratch"
has "$scratch/arch" "${everywhere[@]}" "${units[@]}" "${session[@]}" "${pam[@]}"
has_no "$scratch/arch" etc/init.d etc/logrotate.d
echo "PKGBUILD: puts everything in its place"
