#!/bin/bash
# What programs of a session get, from Debian's own bus, polkit and sudo: the state, a pause
# behind the owner's secret, and a finger that is enough only while the owner is believed.
# shellcheck source-path=SCRIPTDIR source=../guest/lib.sh
. "$VM/lib.sh"

# property NAME: as anybody on the bus reads it.
property() {
    runuser -u nobody -- busctl --json=short get-property alt.graspd.Graspd1 /alt/graspd/Graspd1 alt.graspd.Graspd1 "$1" |
        jq -r .data
}
property_is() { [ "$(property "$1")" = "$2" ]; }

# in_session COMMAND…: as the owner, in the session that shows.
in_session() {
    (
        echo "$BASHPID" >"/sys/fs/cgroup$(cut -d: -f3 "/proc/$(loginctl show-session "$session" --property=Leader --value)/cgroup")/cgroup.procs"
        exec setpriv --reuid=owner --regid=owner --init-groups env HOME=/home/owner "$@"
    )
}
# paused_with SECRET: typed once polkit's agent for terminals asks, for it forgets what came before.
paused_with() {
    install -o owner /dev/null /tmp/asked
    { within 20 grep --quiet Password: /tmp/asked && echo "$1" && sleep 3; } |
        in_session script --quiet --flush --return --command "graspd pause --for 5min" /tmp/asked
}

# sudo_with SECRET: nothing where it is empty. sudo forgets afterwards.
sudo_with() { echo "$1" | runuser -u owner -- sudo --stdin --reset-timestamp --prompt= true; }

echo owner:secret | chpasswd
enrol
check "the owner has a session" session_start
configure
hub_start "$recordings/enrol-1.csv.zst"
check "graspd starts" graspd_start
check "the owner is believed" within 60 event unlock evidence
check "which the bus tells everybody" property_is State unlock
check "and that somebody is enrolled" property_is Enrolled true

check "another user gets no pause" eval '! runuser -u nobody -- graspd pause --for 5min'
check "nor has the owner forgotten" eval '! runuser -u nobody -- busctl call alt.graspd.Graspd1 /alt/graspd/Graspd1 alt.graspd.Graspd1 Forget'
check "the owner gets none from outside of a session" eval '! runuser -u owner -- graspd pause --for 5min'
check "nor do they enrol anew from there" eval 'timeout 20 runuser -u owner -- graspd enroll 2>&1 | grep "graspd: refused: "'
check "nor with a wrong secret" eval '! paused_with wrong'
check "but with the right one" paused_with secret
check "which the bus tells" property_is Paused true
check "and the socket" state_is inconclusive paused
check "the sensors are off meanwhile" within 20 hub_is off
check "the owner ends it" in_session graspd resume
check "windows are scored again" scores_again 60
check "the owner is believed again" within 60 property_is State unlock

check "the PAM module comes as a package" apt-get -qq install "$VM/pam.deb"
check "and is in no stack that nobody has chosen" eval '! grep -r pam_graspd /etc/pam.d'
# A module that always lets in stands for the fingerprint.
cat >/etc/pam.d/sudo <<'STACK'
auth     [ignore=ignore default=1]  pam_graspd.so
auth     sufficient                 pam_permit.so
auth     required                   pam_unix.so
account  required                   pam_permit.so
session  required                   pam_permit.so
STACK
echo "owner ALL=(ALL) ALL" >/etc/sudoers.d/owner
check "sudo is content with a finger while the owner is believed" sudo_with ""
say_locked true
check "not while the screen is locked" eval '! sudo_with ""'
check "but with the secret" sudo_with secret
say_locked false
graspd_stop
check "nor without a daemon" eval '! sudo_with ""'
check "but with the secret" sudo_with secret
apt-get -qq purge libpam-graspd >/dev/null
hub_stop
session_stop
