#!/bin/bash
# SIGKILL gives graspd no time to switch the sensors off; the unit has to.
# shellcheck source-path=SCRIPTDIR source=../guest/lib.sh
. "$VM/lib.sh"

configure "${no_session[@]}"
hub_start "$recordings/enrol-1.csv.zst"
enrol
drop_in 'Restart=no'
graspd_start
check "the sensors are on" within 10 hub_is on
systemctl kill --signal=KILL graspd
check "killed, graspd leaves them off" within 15 hub_is off
check "and their buffers free" grep -hx 0 "$(folder accel_3d)/buffer/enable" "$(folder gyro_3d)/buffer/enable"
drop_in

graspd_start
systemctl kill --signal=KILL graspd
check "otherwise it is started again and scores" scores_again 60
check "as another process" eval '! graspd_is_the_same'
graspd_stop
hub_stop
