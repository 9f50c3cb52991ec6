#!/bin/bash
# graspd under its own unit and user, as a phone runs it: from enrolment to a
# locked screen, once the phone has changed hands 20 s into what the hub plays.
# shellcheck source-path=SCRIPTDIR source=../guest/lib.sh
. "$VM/lib.sh"

check "the owner is enrolled from files" enrol
check "and has a session" session_start
locker_start
configure
hub_start "$recordings/hand-over.csv.zst" --from 130
check "graspd starts" graspd_start
check "as its own user" test "$(ps -o user= -p "$main_pid")" = graspd
check "the owner is believed" within 40 event unlock evidence
check "the screen is not locked" locked_is no
woken >"$work/woken"
check "until the phone changes hands" within 90 event lock evidence
say_woken "$work/woken"
check "logind passes Lock on to the session" within 20 test -s "$work/locks"
check "the locker says that the screen is locked" within 20 locked_is yes
check "which graspd waits for" within 20 event lock_confirmed
check "and then switches the sensors off" within 20 hub_is off
say_locked false
check "the screen is opened: windows are scored again" scores_again 60
check "and graspd was never restarted" graspd_is_the_same
graspd_stop
check "the sensors are off once it has stopped" within 20 hub_is off
hub_stop
locker_stop
session_stop
