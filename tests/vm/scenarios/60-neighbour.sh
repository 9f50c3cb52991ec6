#!/bin/bash
# iio-sensor-proxy, which rotates screens, comes and goes beside graspd.
# shellcheck source-path=SCRIPTDIR source=../guest/lib.sh
. "$VM/lib.sh"

proxy() { systemctl "$1" iio-sensor-proxy; }

configure "${no_session[@]}"
hub_start "$recordings/enrol-1.csv.zst"
enrol
systemctl unmask --quiet --runtime iio-sensor-proxy
echo "# iio-sensor-proxy $(dpkg-query --show --showformat='${Version}' iio-sensor-proxy)"
graspd_start
check "alone: scored" scores_again
check "iio-sensor-proxy is started" proxy start
check "scored again" scores_again 60
timeout 8 monitor-sensor >/dev/null 2>&1
check "somebody has asked it for the accelerometer: scored again" scores_again 60
check "it is restarted" proxy restart
check "scored again" scores_again 60
check "it is stopped" proxy stop
check "scored again" scores_again 60
check "and graspd was never restarted" graspd_is_the_same
graspd_stop

proxy start
timeout 30 monitor-sensor >/dev/null 2>&1 &
sleep 3
graspd_start
check "started while it reads the accelerometer: scored" scores_again 60
graspd_stop
systemctl mask --quiet --runtime --now iio-sensor-proxy
hub_stop
