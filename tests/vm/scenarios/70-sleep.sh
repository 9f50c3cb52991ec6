#!/bin/bash
# Suspend: everything as far as the devices sleeps for five seconds, by the
# kernel's own means of testing that, and logind tells of it as it does of sleep.
# shellcheck source-path=SCRIPTDIR source=../guest/lib.sh
. "$VM/lib.sh"

# What systemd runs once nobody delays sleep any more.
hook=/usr/lib/systemd/system-sleep/buffers
mkdir -p "${hook%/*}"
cat >$hook <<'HOOK'
#!/bin/sh
[ "$1" = pre ] && cat /sys/bus/iio/devices/iio:device*/buffer/enable >/run/buffers-before-sleep
HOOK
chmod +x $hook
buffers_were_off() { [ "$(sort -u /run/buffers-before-sleep)" = 0 ]; }

delays_sleep() {
    busctl call org.freedesktop.login1 /org/freedesktop/login1 \
        org.freedesktop.login1.Manager ListInhibitors | grep '"sleep" "graspd" "[^"]*" "delay"'
}

slept_more_than() { [ "$(cat /sys/power/suspend_stats/success)" -gt "$1" ]; }

session_start
configure
# This way of sleeping stops graspd and not the clock, which takes half a minute in an
# emulated machine and would look to the watchdog like a daemon that hangs. A real sleep
# stops the clock that the watchdog goes by.
drop_in 'WatchdogSec=120'
hub_start "$recordings/enrol-1.csv.zst"
enrol
graspd_start
check "before sleep: scored" scores_again
check "sleep would wait for graspd" delays_sleep
gaps=$(counter align.gaps)
sleeps=$(cat /sys/power/suspend_stats/success)
echo s2idle >/sys/power/mem_sleep
echo devices >/sys/power/pm_test
check "sleep is asked for" systemctl suspend
check "graspd hears of it" within 30 event inconclusive asleep
check "asleep and awake again" within 60 slept_more_than "$sleeps"
check "the sensors were off before" buffers_were_off
check "sleep would wait for it again" within 10 delays_sleep
check "that is a gap" within 30 counter_above align.gaps "$gaps"
check "after sleep: scored again" scores_again 60
check "and graspd was never restarted" graspd_is_the_same
echo none >/sys/power/pm_test
rm $hook
graspd_stop
hub_stop
session_stop
