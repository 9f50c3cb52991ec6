#!/bin/bash
# Buffers that can be enabled and give nothing, while raw readings work: graspd
# polls, says so, and buffers again when the sensors are next taken up.
# shellcheck source-path=SCRIPTDIR source=../guest/lib.sh
. "$VM/lib.sh"

# said TEXT: in the log of the daemon that runs.
said() { journalctl --unit=graspd --output=cat "_PID=$main_pid" | grep -F "$1"; }
buffered() { grep -qx 1 "$(folder accel_3d)/buffer/enable"; }
doctor() { graspd doctor --json | jq -r '.findings[] | select(.check == "reading") | .verdict + ": " + .found'; }
doctor_says() { doctor | tee /dev/stderr | grep -q "$1"; }

configure "${no_session[@]}"
hub_start "$recordings/enrol-1.csv.zst"
enrol
check "doctor: sensors that work are read" doctor_says '^ok: the buffers give samples'
hub silence
check "doctor: buffers that are silent are found so" doctor_says 'has given nothing for'
graspd_start
samples=$(counter source.samples)
check "silent from the start: polled" within 60 said 'polled instead'
check "and read" within 30 counter_above source.samples "$samples"
check "the buffers are off meanwhile" bash -c "! grep -qx 1 $(folder accel_3d)/buffer/enable"
hub speak
graspd_stop
graspd_start
check "taken up again: buffered" within 30 buffered
check "and scored" scores_again 60
graspd_stop
hub_stop
