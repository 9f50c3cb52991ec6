#!/bin/bash
# Chips behind I2C, with the kernel's own drivers on registers that are ours:
# an lsm6dsl, which is two devices, and a bmi160, which is one. What graspd reads
# is what was in the registers, to the bit.
# shellcheck source-path=SCRIPTDIR source=../guest/lib.sh
. "$VM/lib.sh"

readonly lsm6dsl=0x6a bmi160=0x69
triggers=/sys/kernel/config/iio/triggers

# chip NAME ADDRESS WHO_AM_I VALUE: until the driver has it.
chip() {
    i2cset -y "$bus" "$2" "$3" "$4"
    echo "$1 $2" >"/sys/bus/i2c/devices/i2c-$bus/new_device"
}

# Row $1 of numbers all over their range, x y z of either sensor, and no two the same.
row() {
    local axis
    for axis in 0 1 2 3 4 5; do
        echo $(((($1 * 7919 + axis * 12347) & 65535) - 32768))
    done
}

# put ADDRESS REGISTER ROW: six numbers of 16 bits, gyroscope first, at one go.
put() {
    local numbers bytes=() number
    mapfile -t numbers < <(row "$3")
    for number in "${numbers[@]}"; do
        bytes+=($((number & 255)) $((number >> 8 & 255)))
    done
    echo "gyroscope,${numbers[0]},${numbers[1]},${numbers[2]}"
    echo "accelerometer,${numbers[3]},${numbers[4]},${numbers[5]}"
    i2cset -f -y "$bus" "$1" "$2" "${bytes[@]}" i
}

# put_rows ADDRESS REGISTER: a row after the other, until killed.
put_rows() {
    local i
    for ((i = 0; ; i++)); do put "$1" "$2" "$i"; done
}

# The same, with a scan for each row.
put_rows_and_trigger() {
    local i
    for ((i = 0; ; i++)); do
        put "$1" "$2" "$i"
        echo 1 >"$trigger/trigger_now"
    done
}

# record_while SECONDS COMMAND…: what it writes down is what was put.
record_while() {
    "${@:2}" >"$work/put" &
    local putting=$!
    rm -f "$work/read.csv"
    record "$1" "$work/read.csv"
    local result=$?
    kill $putting
    wait $putting 2>/dev/null
    return $result
}

# timer_is_at HERTZ
timer_is_at() {
    cat "$timer/sampling_frequency"
    grep -q "^$1\.0*$" "$timer/sampling_frequency"
}

# as_put FOLDER FOLDER [OPTION…]: compares what the accelerometer's and the
# gyroscope's folders belong to.
as_put() {
    "$VM/vm-hub" compare "$work/put" "$work/read.csv" --at-least 50 "${@:3}" \
        --accelerometer-scale "$(cat "$1/in_accel_scale")" \
        --gyroscope-scale "$(cat "$2/in_anglvel_scale")"
}

modprobe i2c-stub chip_addr=$lsm6dsl,$bmi160
modprobe -a st_lsm6dsx_i2c bmi160_i2c iio-trig-hrtimer iio-trig-sysfs
mountpoint -q /sys/kernel/config || mount -t configfs configfs /sys/kernel/config
bus=$(grep -l 'SMBus stub' /sys/bus/i2c/devices/i2c-*/name)
bus=${bus%/name}
bus=${bus##*-}

# A timer takes the scans of both devices; each row stands for several of them.
chip lsm6dsl $lsm6dsl 0x0f 0x6a
within 10 folder lsm6dsl_accel
mkdir "$triggers/hrtimer/timer"
timer=$(dirname "$(grep -lx timer /sys/bus/iio/devices/trigger*/name)")
echo 50 >"$timer/sampling_frequency"
accelerometer=$(folder lsm6dsl_accel)
gyroscope=$(folder lsm6dsl_gyro)
udevadm settle
for device in "$accelerometer" "$gyroscope"; do
    echo timer >"$device/trigger/current_trigger"
done
configure
check "an lsm6dsl is recorded" record_while 8 put_rows $lsm6dsl 0x22
check "bit for bit" as_put "$accelerometer" "$gyroscope" --held
check "at the rate that graspd has set the timer to" timer_is_at 100
echo $lsm6dsl >"/sys/bus/i2c/devices/i2c-$bus/delete_device"
rmdir "$triggers/hrtimer/timer"

# This driver reads one axis after the other, so a scan is taken for each row
# and none in between.
chip bmi160 $bmi160 0x00 0xd1
# Its registers begin at 0, which is no range of the accelerometer's; 2 g is.
i2cset -f -y "$bus" $bmi160 0x41 0x03
within 10 folder bmi160
device=$(folder bmi160)
echo 0 >/sys/bus/iio/devices/iio_sysfs_trigger/add_trigger
trigger=$(dirname "$(grep -lx sysfstrig0 /sys/bus/iio/devices/trigger*/name)")
udevadm settle
echo sysfstrig0 >"$device/trigger/current_trigger"
check "a bmi160 is recorded" record_while 8 put_rows_and_trigger $bmi160 0x0c
check "bit for bit" as_put "$device" "$device"
echo $bmi160 >"/sys/bus/i2c/devices/i2c-$bus/delete_device"
