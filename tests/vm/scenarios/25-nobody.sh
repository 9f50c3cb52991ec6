#!/bin/bash
# Sensors cost power, so that they are off while nobody has enrolled.
# shellcheck source-path=SCRIPTDIR source=../guest/lib.sh
. "$VM/lib.sh"

configure "${no_session[@]}"
rm -f /var/lib/graspd/owner.profile
hub_start "$recordings/enrol-1.csv.zst"
check "graspd starts without an owner" graspd_start
check "its sensors are off" within 20 hub_is off
graspd enroll --owner 1000 >/dev/null &
check "somebody begins to enrol: they are on" within 20 hub_is on
kill $!
check "and ends that: they are off" within 20 hub_is off
enrol
systemctl reload graspd
check "a profile appears: they are on" within 20 hub_is on
check "and windows are scored" scores_again 60
check "the owner is forgotten" graspd profile forget
check "the sensors are off again" within 20 hub_is off
check "and graspd was never restarted" graspd_is_the_same
graspd_stop
hub_stop
