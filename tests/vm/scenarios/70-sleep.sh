#!/bin/bash
# Suspend to idle, and awake again by the clock's alarm.
# shellcheck source-path=SCRIPTDIR source=../guest/lib.sh
. "$VM/lib.sh"

# sleep_for SECONDS: as the power button does.
sleep_for() {
    local before
    before=$(uptime_s)
    echo 0 >/sys/class/rtc/rtc0/wakealarm
    echo "+$1" >/sys/class/rtc/rtc0/wakealarm
    systemctl suspend
    within 60 suspended_more_than "$suspends" && [ $(($(uptime_s) - before)) -ge "$(($1 - 2))" ]
}

suspended_more_than() { [ "$(cat /sys/power/suspend_stats/success)" -gt "$1" ]; }

configure
hub_start "$recordings/enrol-1.csv.zst"
enrol
graspd_start
echo s2idle >/sys/power/mem_sleep
check "before sleep: scored" scores_again
gaps=$(counter align.gaps)
suspends=$(cat /sys/power/suspend_stats/success)
check "ten seconds of sleep" sleep_for 10
check "are a gap" within 30 counter_above align.gaps "$gaps"
check "after sleep: scored again" scores_again 60
check "and graspd was never restarted" graspd_is_the_same
graspd_stop
hub_stop
