#!/bin/bash
# What becomes of graspd when the sensors do: each fault ends in a gap, a
# counted drop or a lock with its reason, and once it is mended the owner is
# believed again, by the same process.
# shellcheck source-path=SCRIPTDIR source=../guest/lib.sh
. "$VM/lib.sh"

# Patience is two hops and a second, so six seconds are a loss.
configure "${no_session[@]}" '[decide]' 'sensor_grace_s = 6' 'gain_s = 5'
# One fault stops the process for longer than the buffers last. The watchdog, fed
# every 7.5 s, would see that too, and is not what is tried.
drop_in 'WatchdogSec=60'
buffered() { grep -qx 1 "$(folder accel_3d)/buffer/enable" && grep -qx 1 "$(folder gyro_3d)/buffer/enable"; }
believed() { within 60 state_is unlock evidence; }

hub_start "$recordings/enrol-1.csv.zst"
enrol
graspd_start
check "the owner is believed" believed

hub unplug
check "unplugged: lock, sensor_lost" within 30 state_is lock sensor_lost
hub plug
check "plugged in again: believed again" believed
check "and buffered again" within 30 buffered

hub silence
check "silent: lock, sensor_lost" within 30 state_is lock sensor_lost
hub speak
check "it speaks: believed again" believed

for name in accel_3d gyro_3d; do
    device=$(folder "$name")
    echo 0 >"$device/buffer/enable"
    echo 0 >"$device/scan_elements/in_timestamp_en"
    check "a neighbour disables the buffer of $name: enabled again" \
        within 30 grep -qx 1 "$device/buffer/enable"
    check "and scored again" scores_again 60
done

gaps=$(counter align.gaps)
systemctl kill --signal=STOP graspd
sleep 11
systemctl kill --signal=CONT graspd
check "held up for longer than the buffers last: a gap" within 20 counter_above align.gaps "$gaps"
check "and scored again" scores_again

# By a clock that is set, stamps would be in the future or before the start. A gap says
# less: a busy host makes some.
refused=$(counter source.malformed)
date --set='+1 hour' >/dev/null
check "the date is set an hour on: scored as before" scores_again
date --set='-2 hours' >/dev/null
check "the date is set two hours back: scored as before" scores_again
check "and no stamp was refused" test "$(counter source.malformed)" = "$refused"
date --set='+1 hour' >/dev/null

off_rate=$(counter align.off_rate)
hub interval 1
check "a thousand samples a second: counted" within 30 counter_above align.off_rate "$off_rate"
check "of no use: lock, sensor_lost" within 30 state_is lock sensor_lost
off_rate=$(counter align.off_rate)
hub interval 500
check "two samples a second: counted" within 30 counter_above align.off_rate "$off_rate"
hub interval 0
check "the rate that was asked for: believed again" believed

check "through all of it graspd was never restarted" graspd_is_the_same

hub silence
check "silent: locked" within 30 state_is lock sensor_lost
systemctl kill --signal=KILL graspd
check "killed and started again: still locked" within 30 state_is lock persisted
graspd_stop
hub_stop
drop_in
