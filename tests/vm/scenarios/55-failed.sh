#!/bin/bash
# A graspd that has failed for good watches nobody, so its unit has the sessions
# locked.
# shellcheck source-path=SCRIPTDIR source=../guest/lib.sh
. "$VM/lib.sh"

session_start
locker_start
configure 'kind = "wrong"'
check "graspd does not start" eval '! systemctl start graspd'
check "logind passes Lock on to the session" within 20 test -s "$work/locks"
check "the locker says that the screen is locked" within 20 locked_is yes
locker_stop
session_stop
