#!/bin/sh
# Says when to lock. No evidence is a reason too.
# Arguments go to `graspd watch`, as in: watch.sh --socket PATH

"${GRASPD:-graspd}" watch --json "$@" | {
    while IFS= read -r line; do
        case $line in
        *'"mode":"observe"'* | *'"mode":"replay"'*)
            # That it looks on, or plays a recording, is so until it ends.
            echo "nothing is to be locked: $line"
            cat >/dev/null
            exit
            ;;
        '{"event":"lock",'* | '{"event":"hello",'*'"state":"lock"'*)
            echo "lock: $line"
            ;;
        '{"event":"unlock",'*)
            # The owner holds it. That opens no screen: see docs/protocol.md.
            echo "trusted"
            ;;
        '{"event":"inconclusive",'*)
            echo "waiting"
            ;;
        esac
    done

    # With a goodbye or without, nobody is watching now.
    echo "lock: graspd went away"
}
