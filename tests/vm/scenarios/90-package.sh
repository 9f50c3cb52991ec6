#!/bin/bash
# The package's next version comes while graspd runs; then it is removed, purged, and
# installed as for the first time.
# shellcheck source-path=SCRIPTDIR source=../guest/lib.sh
. "$VM/lib.sh"

# What has been edited stays, as dpkg has it where no terminal can be asked.
apt() {
    apt-get -qq -o Dpkg::Options::=--force-confold -o Dpkg::Use-Pty=0 "$@" >"$work/apt" 2>&1 ||
        { cat "$work/apt" && return 1; }
}

gone() { [ ! -e "$1" ]; }

config_and_profile_are_as_they_were() {
    cmp /etc/graspd/graspd.toml "$work/config" && sha256sum --check "$work/profile"
}

configure "${no_session[@]}"
cp /etc/graspd/graspd.toml "$work/config"
hub_start "$recordings/enrol-1.csv.zst"
enrol
sha256sum /var/lib/graspd/owner.profile >"$work/profile"
check "the package has not enabled graspd" test "$(systemctl is-enabled graspd)" = disabled
graspd_start
check "graspd reads the sensors" scores_again 60

check "the next version comes" apt install "$VM/next.deb"
check "graspd was started again" eval '! graspd_is_the_same'
check "and scores" scores_again 60
check "configuration and profile are as they were" config_and_profile_are_as_they_were
check "and the next configuration beside it" test -e /etc/graspd/graspd.toml.dpkg-dist

check "it is removed" apt remove graspd
check "graspd is stopped" eval '! pidof graspd'
check "and its sensors are off" within 15 hub_is off
check "configuration and profile stay" config_and_profile_are_as_they_were
check "nothing is left of it in /run" gone /run/graspd

check "it is purged" apt purge graspd
check "which it says of the profile" grep "^graspd: removing /var/lib/graspd" "$work/apt"
check "the profile is gone" gone /var/lib/graspd
check "the configuration is gone" gone /etc/graspd

userdel graspd
groupdel graspd-motion
check "it is installed as for the first time" apt install "$VM/graspd.deb"
check "and neither started nor enabled" eval '! systemctl --quiet is-active graspd && ! systemctl --quiet is-enabled graspd'
configure "${no_session[@]}"
check "sensors that were there before can be read" runuser -u graspd -- graspd record --seconds 3 /tmp/as-graspd.csv
hub_stop
