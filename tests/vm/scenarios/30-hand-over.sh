#!/bin/bash
# graspd under its own unit and user, as a phone runs it: from enrolment to a
# lock, once the phone has changed hands 30 s into what the hub plays.
# shellcheck source-path=SCRIPTDIR source=../guest/lib.sh
. "$VM/lib.sh"

configure
hub_start "$recordings/hand-over.csv.zst" --from 120
check "the owner is enrolled from files" enrol
check "graspd starts" graspd_start
check "as its own user" test "$(ps -o user= -p "$main_pid")" = graspd
check "the owner is believed" within 30 event unlock evidence
check "until the phone changes hands" within 90 event lock evidence
check "and graspd was never restarted" graspd_is_the_same
graspd_stop
check "the sensors are off once it has stopped" within 10 hub_is off
hub_stop
