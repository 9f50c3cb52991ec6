#!/bin/bash
# Makes the Debian packages, looks into them, and installs, upgrades, removes and purges
# them on this Debian, in a root laid over it, so that nothing of that stays.
# Usage: tests/package.sh [GRASPD [GENERATOR]], with the agent and the PAM module beside
# GRASPD; by default the debug build of this checkout. 77 where not all of that can be done.
set -euo pipefail
cd "$(dirname "$0")/.."
. tests/skipped/because.sh
graspd=${1:-${CARGO_TARGET_DIR:-target}/debug/graspd}
generator=${2:-$graspd}
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
chmod 755 "$scratch"

fail() {
    echo "$*" >&2
    exit 1
}

not_tried() {
    echo "skipped: $1, so $2" >&2
    exit 77
}

command -v dh >/dev/null || not_tried "no debhelper here" "NO Debian package was made"

[ $# -gt 0 ] || {
    cargo build --quiet --workspace --bin graspd --bin graspd-agent
    cargo build --quiet --package pam_graspd
}
app=${CARGO_TARGET_DIR:-target}/app/debug/graspd-app
if [ $# -gt 0 ] || ! [ -e "$app" ]; then
    app=
    skipped "tests/app.sh has built no app, so there is NO package of it"
fi
# A debug build is large; what is released is stripped by cargo. Quick to unpack.
cp "${graspd%/*}"/{graspd-agent,libpam_graspd.so} "$scratch"
cp "$graspd" "$scratch/graspd"
[ "$generator" != "$graspd" ] || {
    strip "$scratch"/{graspd,graspd-agent,libpam_graspd.so}
    generator=$scratch/graspd
}
[ -z "$app" ] || strip -o "$scratch/graspd-app" "$app"
export DPKG_DEB_COMPRESSOR_TYPE=gzip DPKG_DEB_COMPRESSOR_LEVEL=1
make deb GRASPD="$scratch/graspd" APP="${app:+$scratch/graspd-app}" GENERATOR="$generator" DEBDIR="$scratch/made" >"$scratch/log" 2>&1 || {
    cat "$scratch/log"
    fail "there are no packages"
}
package=$(echo "$scratch"/made/graspd_*.deb)
agent=$(echo "$scratch"/made/graspd-agent_*.deb)
pam=$(echo "$scratch"/made/libpam-graspd_*.deb)
ls -l --human-readable "$package" "$agent" "$pam"

# has PACKAGE <LIST: each is a file of root's, with its mode.
has() {
    local mode path
    dpkg-deb --contents "$1" | awk '$2 == "root/root" && /^-/ { print $1, substr($6, 2) }' >"$scratch/found"
    while read -r mode path; do
        grep -qxF -e "$mode $path" "$scratch/found" || fail "${1##*/}: there is no $path with $mode"
    done
}
has "$package" <<'LIST'
-rw-r--r-- /etc/graspd/graspd.toml
-rwxr-xr-x /usr/bin/graspd
-rw-r--r-- /usr/lib/systemd/system/graspd-lock.service
-rw-r--r-- /usr/lib/systemd/system/graspd.service
-rw-r--r-- /usr/lib/sysusers.d/graspd.conf
-rw-r--r-- /usr/lib/tmpfiles.d/graspd.conf
-rw-r--r-- /usr/lib/udev/rules.d/85-graspd.rules
-rw-r--r-- /usr/share/bash-completion/completions/graspd
-rw-r--r-- /usr/share/doc/graspd/changelog.gz
-rw-r--r-- /usr/share/doc/graspd/copyright
-rw-r--r-- /usr/share/doc/graspd/crates.txt.gz
-rw-r--r-- /usr/share/doc/graspd/first-hour.md
-rw-r--r-- /usr/share/doc/graspd/phones.md.gz
-rw-r--r-- /usr/share/doc/graspd/protocol.md.gz
-rw-r--r-- /usr/share/fish/vendor_completions.d/graspd.fish
-rw-r--r-- /usr/share/graspd/models/accelerometer/README.md
-rw-r--r-- /usr/share/graspd/models/accelerometer/branch.onnx
-rw-r--r-- /usr/share/graspd/models/accelerometer/cohort.bin
-rw-r--r-- /usr/share/graspd/models/accelerometer/manifest.toml
-rw-r--r-- /usr/share/graspd/models/default/README.md
-rw-r--r-- /usr/share/graspd/models/default/branch.onnx
-rw-r--r-- /usr/share/graspd/models/default/cohort.bin
-rw-r--r-- /usr/share/graspd/models/default/manifest.toml
-rw-r--r-- /usr/share/graspd/models/seed-2d/branch.onnx
-rw-r--r-- /usr/share/graspd/models/seed-2d/manifest.toml
-rw-r--r-- /usr/share/graspd/simulated/enrol-1.csv.zst
-rw-r--r-- /usr/share/graspd/simulated/enrol-2.csv.zst
-rw-r--r-- /usr/share/graspd/simulated/enrol-3.csv.zst
-rw-r--r-- /usr/share/graspd/simulated/hand-over.csv.zst
-rw-r--r-- /usr/share/graspd/ssc.conf
-rw-r--r-- /usr/share/man/man1/graspd-enroll.1.gz
-rw-r--r-- /usr/share/man/man1/graspd.1.gz
-rw-r--r-- /usr/share/man/man5/graspd.toml.5.gz
-rw-r--r-- /usr/share/man/man7/graspd-protocol.7.gz
-rw-r--r-- /usr/share/man/man8/graspd.8.gz
-rw-r--r-- /usr/share/polkit-1/rules.d/50-graspd.rules
-rw-r--r-- /usr/share/polkit-1/actions/alt.graspd.policy
-rw-r--r-- /usr/share/dbus-1/system.d/alt.graspd.Graspd1.conf
-rw-r--r-- /usr/share/dbus-1/interfaces/alt.graspd.Graspd1.xml
-rw-r--r-- /usr/share/zsh/vendor-completions/_graspd
LIST
has "$agent" <<'LIST'
-rw-r--r-- /etc/xdg/autostart/graspd-agent.desktop
-rwxr-xr-x /usr/bin/graspd-agent
-rw-r--r-- /usr/lib/systemd/user/graspd-agent.service
-rw-r--r-- /usr/share/doc/graspd-agent/crates.txt.gz
-rw-r--r-- /usr/share/man/man1/graspd-agent.1.gz
LIST
[ -z "$app" ] || has "$(echo "$scratch"/made/graspd-app_*.deb)" <<'LIST'
-rwxr-xr-x /usr/bin/graspd-app
-rw-r--r-- /usr/share/doc/graspd-app/crates.txt.gz
-rw-r--r-- /usr/share/applications/alt.graspd.App.desktop
-rw-r--r-- /usr/share/icons/hicolor/scalable/apps/alt.graspd.App.svg
-rw-r--r-- /usr/share/metainfo/alt.graspd.App.metainfo.xml
LIST
has "$pam" <<LIST
-rw-r--r-- /usr/lib/$(dpkg-architecture --host-arch "$(dpkg-deb --field "$pam" Architecture)" --query DEB_HOST_MULTIARCH 2>/dev/null)/security/pam_graspd.so
-rw-r--r-- /usr/share/man/man8/pam_graspd.8.gz
-rw-r--r-- /usr/share/pam-configs/graspd
LIST
dpkg-deb --control "$package" "$scratch/control"
[ "$(cat "$scratch/control/conffiles")" = /etc/graspd/graspd.toml ] || fail "the configuration is no conffile"
grep -q '^Depends: .*libc6 (>= ' "$scratch/control/control" || fail "it does not name the libc that it needs"
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)
grep -qE "^Version: $version(~dev)?$" "$scratch/control/control" || fail "its version is not Cargo.toml's"
# Each document that a program, a setting or a unit of theirs names is in one of them.
for made in "$scratch"/made/*.deb; do dpkg-deb --extract "$made" "$scratch/unpacked"; done
grep -raohE --exclude-dir=doc 'docs/[a-z-]+\.md' "$scratch/unpacked" | sort -u >"$scratch/documents"
while read -r document; do
    compgen -G "$scratch/unpacked/usr/share/doc/*/${document#docs/}*" >/dev/null ||
        fail "$document is named and in no package: debian/*.docs"
done <"$scratch/documents"
echo "contents: passed"

if command -v lintian >/dev/null; then
    lintian --display-info --fail-on error,warning --allow-root "$scratch"/made/*.changes
    echo "lintian: passed"
    status=0
else
    echo "skipped: no lintian here, so the package was NOT looked at by it" >&2
    status=77
fi

installed_not="the package was NOT installed"
[ "$(id -u)" = 0 ] || not_tried "not root" "$installed_not"
[ "$(dpkg-deb --field "$package" Architecture)" = "$(dpkg --print-architecture)" ] ||
    not_tried "it is for another processor" "$installed_not"
mv "$package" "$scratch/1.deb"
mv "$agent" "$scratch/agent.deb"
mv "$pam" "$scratch/pam.deb"
tests/package/next "$scratch/1.deb" "$scratch/2.deb" 2
tests/package/next "$scratch/1.deb" "$scratch/3.deb" 3
# The system's own root, with a folder in memory over it that takes what is written.
cat >"$scratch/over" <<'SCRIPT'
mount -t tmpfs tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" "$1/root"
mkdir -p "$1/root/packages" "$1/root/run"
mount -t proc proc "$1/root/proc"
mount --bind /dev "$1/root/dev"
SCRIPT
mkdir "$scratch/over-root"
unshare --mount --pid --fork sh -e "$scratch/over" "$scratch/over-root" ||
    not_tried "no root can be laid over this system's" "$installed_not"
cp tests/package/inside "$scratch"
# shellcheck disable=SC2016 # It is that shell's.
unshare --mount --pid --fork --kill-child sh -ec '
    . "$2/over"
    cp "$2"/*.deb "$2/inside" "$1/root/packages"
    exec chroot "$1/root" /packages/inside /packages
' sh "$scratch/over-root" "$scratch"
exit "$status"
