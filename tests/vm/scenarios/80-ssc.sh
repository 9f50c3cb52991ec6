#!/bin/bash
# A phone whose sensors are behind a sensor core, on the kernel's own IPC router: from the
# choice of the source to a locked state, a core that starts anew, and one that falls silent.
# shellcheck source-path=SCRIPTDIR source=../guest/lib.sh
. "$VM/lib.sh"

said() { journalctl --unit=graspd --output=cat "_PID=$main_pid" | grep -F "$1"; }
core_is() { [ "$(grep -c " $1" "$work/core")" -ge "$2" ]; }
source_found() { graspd doctor --json | jq -r '.findings[] | select(.check == "source") | .found'; }

# The stand-in is on this processor's own node, which graspd believes nobody on unless told.
auto() {
    printf '%s\n' '[source]' 'kind = "auto"' 'rate_hz = 100.0' "$@" "${no_session[@]}" \
        '[decide]' 'sensor_grace_s = 6' >/etc/graspd/graspd.toml
    rm -f /var/lib/graspd/locked
}

check "there is a router" modprobe qrtr
check "the owner is enrolled" enrol
"$VM/vm-hub" core "$recordings/hand-over.csv.zst" --from 130 --control "$work/control" >"$work/core" 2>&1 &
core_pid=$!
check "the core offers its service" within 10 grep -q '^service 400' "$work/core"

auto
check "a pretender on this node is not chosen" bash -c "$(declare -f source_found); source_found | grep -q 'nothing to choose'"
auto 'ssc_node = 1'
check "where it is named, it is" bash -c "$(declare -f source_found); source_found | grep -q 'auto chooses ssc'"
graspd_start
check "the unit as shipped cannot reach it" within 30 said 'sandbox forbids it'
graspd_stop

mkdir -p /etc/systemd/system/graspd.service.d
ln -sf /usr/share/graspd/ssc.conf /etc/systemd/system/graspd.service.d/
systemctl daemon-reload
: >"$work/events"
graspd_start
# Two of the times were the doctor's trial.
check "with the drop-in both sensors are switched on" within 30 core_is on 4
check "by the unit's own user" test "$(ps -o user= -p "$main_pid")" = graspd
check "the owner is believed" within 60 event unlock evidence
woken >"$work/woken"
check "until the phone changes hands" within 90 event lock evidence
say_woken "$work/woken"
hub unplug
check "a core that ends is told" within 30 said 'has ended'
hub plug
check "and asked anew once it is back" within 60 core_is on 6
check "windows are scored again" scores_again 60
hub silence
check "one that falls silent is told" within 40 said 'has given nothing'
check "and the state stays the lock that evidence led to" state_is lock evidence
hub speak
check "and is heard again" scores_again 90
graspd_stop
check "both are off once graspd has stopped" within 20 core_is off 4
kill "$core_pid"
rm -r /etc/systemd/system/graspd.service.d
systemctl daemon-reload
