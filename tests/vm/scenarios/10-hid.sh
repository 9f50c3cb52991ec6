#!/bin/bash
# A sensor hub by HID, with numbers of either width and with either clock: what
# graspd reads is what the hub sent, to the bit.
# shellcheck source-path=SCRIPTDIR source=../guest/lib.sh
. "$VM/lib.sh"

# as_sent: records and compares. graspd takes 96 samples at a time, at 100 a second;
# of six seconds' five times 96 or six, for each sensor one more or less. How many is
# a matter of when it began, so two less do for a comparison.
as_sent() {
    local out=$work/read-$RANDOM.csv
    record 6 "$out" &&
        "$VM/vm-hub" compare "$work/sent" "$out" --at-least 384 \
            --accelerometer-scale "$(cat "$(folder accel_3d)/in_accel_scale")" \
            --gyroscope-scale "$(cat "$(folder gyro_3d)/in_anglvel_scale")"
}

# A real one, if the host has any.
recording=$recordings/hand-over.csv.zst
[ ! -d "$recordings/real" ] || recording=$recordings/real
echo "# the hub plays ${recording##*/}"

configure
for bits in 32 16; do
    hub_start "$recording" --bits "$bits"
    check "a hub with $bits bits is read bit for bit" as_sent
    check "and is off afterwards" within 10 hub_is off
    hub_stop
done
hub_start "$recording" --own-clock
check "a hub with a clock of its own is read bit for bit" as_sent
hub_stop
