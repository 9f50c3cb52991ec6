# shellcheck shell=bash
# What the scenarios are written in. Each is a process of its own, begins without
# hub and daemon, and leaves none.
# shellcheck disable=SC2034  # the scenarios read what is set here
recordings=$VM/recordings
work=$(mktemp -d)
mkfifo "$work/control"

# check NAME COMMAND…: one line of the Test Anything Protocol.
check() {
    local name=$1 result=ok
    shift
    "$@" >"$work/said" 2>&1 || result="not ok"
    echo "$name" >>"$VM/checks"
    echo "$result $(wc -l <"$VM/checks") - $name (at $(uptime_s) s)"
    sed 's/^/# /' "$work/said"
    [ "$result" = ok ] || explain
}

# What may help to see why a check failed.
explain() {
    tail -n 5 "$work/hub" 2>/dev/null | sed 's/^/#   hub: /'
    journalctl --unit=graspd --output=cat --lines=15 | sed 's/^/#   graspd: /'
}

# Seconds since boot, whatever the date.
uptime_s() { cut -d. -f1 /proc/uptime; }

# within SECONDS COMMAND…: waits until it succeeds.
within() {
    local end=$(($(uptime_s) + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        if [ "$(uptime_s)" -ge "$end" ]; then
            echo "not within its time: $*"
            return 1
        fi
        sleep 0.4
    done
}

# --- the sensor hub

# hub_start RECORDING [OPTION…]: see vm-hub feed --help. A real hub waits for no
# other program, so neither does this one.
hub_start() {
    chrt --fifo 1 "$VM/vm-hub" feed --control "$work/control" --sent "$work/sent" "$@" >"$work/hub" 2>&1 &
    hub_pid=$!
    within 10 hub_is_there
    udevadm settle
}

hub_is_there() { folder accel_3d && folder gyro_3d; }

# hub COMMAND: silence, speak, unplug, plug, interval MS.
hub() { echo "$*" >"$work/control"; }

hub_stop() {
    kill "$hub_pid"
    wait "$hub_pid" 2>/dev/null
    udevadm settle
}

# hub_is on|off: both sensors.
hub_is() {
    [ "$(grep accelerometer "$work/hub" | tail -n 1)" = "accelerometer $1" ] &&
        [ "$(grep gyroscope "$work/hub" | tail -n 1)" = "gyroscope $1" ]
}

# folder NAME: where the kernel shows the device.
folder() {
    local found
    found=$(grep -lx "$1" /sys/bus/iio/devices/iio:device*/name 2>/dev/null) && dirname "$found"
}

# --- graspd

# configure [LINE…]: the kernel's sensors and what the lines say, for a graspd
# that remembers no lock.
# shellcheck disable=SC2120
configure() {
    printf '%s\n' '[source]' 'kind = "iio"' "$@" >/etc/graspd/graspd.toml
    rm -f /var/lib/graspd/locked
}

# drop_in [LINE…]: what the unit's section [Service] says beside what is shipped;
# nothing without.
drop_in() {
    local folder=/run/systemd/system/graspd.service.d
    rm -rf $folder
    if [ $# -gt 0 ]; then
        mkdir -p $folder
        printf '%s\n' '[Service]' "$@" >$folder/test.conf
    fi
    systemctl daemon-reload
}

# What scenarios say that are about no session: nothing of logind's is waited for.
readonly no_session=('[session]' 'enabled = "no"')

# enrol: waits for the enrolment that `main` has begun, and gives graspd the profile.
enrol() {
    within 300 test -e /tmp/owner.profile || journalctl --unit=enrolment --output=cat
    install -o graspd -g graspd -m 0600 /tmp/owner.profile /var/lib/graspd/owner.profile
}

graspd_start() {
    systemctl reset-failed graspd 2>/dev/null
    systemctl start graspd && graspd watch --json >"$work/events" 2>/dev/null &
    watch_pid=$!
    within 30 test -s "$work/events"
    main_pid=$(systemctl show --property=MainPID --value graspd)
}

graspd_stop() {
    systemctl stop graspd
    wait "$watch_pid"
}

# Whether it is the process that was started.
graspd_is_the_same() {
    [ "$(systemctl show --property=MainPID --value graspd)" = "$main_pid" ]
}

# How often each thread of graspd was woken so far: a name and a number a line, after the
# time since boot and the bytes that it has read from files.
woken() {
    local task
    echo "at $(cut -d' ' -f1 /proc/uptime)"
    awk '/^rchar/ { print "bytes", $2 }' "/proc/$main_pid/io"
    for task in /proc/"$main_pid"/task/*; do
        awk '/^Name/ { name = $2 } /^voluntary/ { print name, $2 }' "$task/status"
    done
}

# say_woken SINCE: the same for each minute since `woken` wrote to file SINCE. Of a guest that
# is emulated, and with a client that hears each event.
say_woken() {
    woken | awk '
        NR == FNR { before[$1] += $2; next }
        { now[$1] += $2 }
        END {
            minutes = (now["at"] - before["at"]) / 60
            printf "# a minute"
            for (name in now)
                if (name != "at" && now[name] > before[name])
                    printf ", %s %.0f", name, (now[name] - before[name]) / minutes
            print ""
        }' "$1" -
}

# --- the owner's session

# session_start: on the seat, and the one that shows.
session_start() {
    systemd-run --quiet --unit=session --property=User=owner --property=PAMName=login \
        --property=TTYPath=/dev/tty7 --property=StandardInput=tty-fail --property=UtmpIdentifier=tty7 \
        sleep infinity
    within 20 session_id
    session=$(session_id)
    loginctl activate "$session"
    within 10 test "$(loginctl show-seat seat0 --property=ActiveSession --value)" = "$session"
}

session_id() { loginctl list-sessions --no-legend | awk '/owner.*tty7/ { print $1; found = 1 } END { exit !found }'; }

session_stop() { systemctl stop session; }

# locker_start: what locks screens. It writes down each Lock, and says that the
# screen is locked.
locker_start() {
    busctl monitor --json=short --match="type='signal',interface='org.freedesktop.login1.Session',member='Lock'" |
        while read -r signal; do
            [[ $signal == *'"member":"Lock"'* ]] || continue
            echo "$signal" >>"$work/locks"
            say_locked true
        done &
}

locker_stop() { kill %?busctl; }

# say_locked true|false
say_locked() {
    busctl call org.freedesktop.login1 /org/freedesktop/login1 \
        org.freedesktop.login1.Manager GetSession s "$session" |
        { read -r _ path; busctl call org.freedesktop.login1 "${path//\"/}" org.freedesktop.login1.Session SetLockedHint b "$1"; }
}

locked_is() { [ "$(loginctl show-session "$session" --property=LockedHint --value)" = "$1" ]; }

# event NAME [REASON]: whether there has been one.
event() { grep -q "^{\"event\":\"$1\",${2:+.*\"reason\":\"$2\"}" "$work/events"; }

# state_is STATE REASON: at the moment.
state_is() { [ "$(graspd status --json | jq -r '.state + " " + .reason')" = "$1 $2" ]; }

# counter NAME: such as source.samples.
counter() { { graspd status --json 2>/dev/null || echo '{}'; } | jq ".counters.$1 // 0"; }

# counter_above NAME NUMBER
counter_above() { [ "$(counter "$1")" -gt "$2" ]; }

# scores_again [SECONDS]: more windows are scored from now on.
scores_again() {
    local before
    before=$(counter windows.scored)
    within "${1:-30}" counter_above windows.scored "$before"
}

# record SECONDS FILE: what graspd makes of the sensors.
record() { graspd record --seconds "$1" "$2"; }
