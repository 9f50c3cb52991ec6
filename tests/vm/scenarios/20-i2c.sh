#!/bin/bash
# Chips behind I2C, with the kernel's own drivers on registers that are ours:
# an lsm6dsl, which is two devices, and a bmi160, which is one. What graspd reads
# is what was in the registers, to the bit. A bmc150 beside a bmg160 take no rates
# but their own.
# shellcheck source-path=SCRIPTDIR source=../guest/lib.sh
. "$VM/lib.sh"

readonly lsm6dsl=0x6a bmi160=0x69 bmc150=0x10 bmg160=0x68
triggers=/sys/kernel/config/iio/triggers

# chip NAME ADDRESS WHO_AM_I VALUE: until the driver has it.
chip() {
    i2cset -y "$bus" "$2" "$3" "$4"
    echo "$1 $2" >"/sys/bus/i2c/devices/i2c-$bus/new_device"
}

# put ADDRESS REGISTER ROW: six numbers of 16 bits, gyroscope first, at one go. They
# are all over their range, and no two rows the same.
put() {
    local numbers=() bytes=() axis number
    for axis in 0 1 2 3 4 5; do
        number=$(((($3 * 7919 + axis * 12347) & 65535) - 32768))
        numbers+=("$number")
        bytes+=($((number & 255)) $((number >> 8 & 255)))
    done
    echo "gyroscope,${numbers[0]},${numbers[1]},${numbers[2]}"
    echo "accelerometer,${numbers[3]},${numbers[4]},${numbers[5]}"
    i2cset -f -y "$bus" "$1" "$2" "${bytes[@]}" i
}

# The same, with a scan of it.
put_and_trigger() {
    put "$@" && echo 1 >"$trigger/trigger_now"
}

# The same, for three of the timer's scans at least.
put_and_hold() {
    put "$@" || return
    read -rt 0.03 <>"$work/control" || true
}

# record_rows FOLDER FOLDER COMMAND…: while they are put, with their number. A buffer
# that is not full is emptied within three seconds.
record_rows() {
    local row recording
    "${@:3}" 0 >"$work/put"
    rm -f "$work/read.csv"
    graspd record "$work/read.csv" &
    recording=$!
    within 20 grep -qx 1 "$1/buffer/enable" && within 20 grep -qx 1 "$2/buffer/enable" || return
    for ((row = 1; row <= 60; row++)); do
        "${@:3}" $row >>"$work/put" || return
    done
    sleep 4
    kill $recording
    wait $recording
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

modprobe i2c-stub chip_addr=$lsm6dsl,$bmi160,$bmc150,$bmg160
modprobe -a st_lsm6dsx_i2c bmi160_i2c bmc150_accel_i2c bmg160_i2c iio-trig-hrtimer iio-trig-sysfs
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
check "an lsm6dsl is recorded" record_rows "$accelerometer" "$gyroscope" put_and_hold $lsm6dsl 0x22
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
check "a bmi160 is recorded" record_rows "$device" "$device" put_and_trigger $bmi160 0x0c
check "bit for bit" as_put "$device" "$device"
echo $bmi160 >"/sys/bus/i2c/devices/i2c-$bus/delete_device"

# Each has in_…_sampling_frequency, and what it offers is the device's.
rate_is() {
    cat "$1/sampling_frequency_available" "$1/$2"
    grep -q "^$3\(\.0*\)\?$" "$1/$2"
}
chip bmc150_accel $bmc150 0x00 0xfa
chip bmg160 $bmg160 0x00 0x0f
within 10 folder bmc150_accel
within 10 folder bmg160
accelerometer=$(folder bmc150_accel)
gyroscope=$(folder bmg160)
udevadm settle
echo 15.62 >"$accelerometer/in_accel_sampling_frequency"
printf '%s\n' 'mode = "polled"' >>/etc/graspd/graspd.toml
check "a bmc150 and a bmg160 are recorded" record 2 "$work/bosch.csv"
check "the bmc150 at 125 Hz, which it has" rate_is "$accelerometer" in_accel_sampling_frequency 125
check "the bmg160 at 100 Hz, which it has" rate_is "$gyroscope" in_anglvel_sampling_frequency 100
echo $bmc150 >"/sys/bus/i2c/devices/i2c-$bus/delete_device"
echo $bmg160 >"/sys/bus/i2c/devices/i2c-$bus/delete_device"
