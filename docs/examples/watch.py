#!/usr/bin/env python3
"""Says when to lock, and why. No evidence is a reason too."""
import json, os, socket, sys

path = os.environ.get("GRASPD_SOCKET", "/run/graspd/graspd.sock")
acts, why = True, "graspd went away without a goodbye"
try:
    with socket.socket(socket.AF_UNIX) as conversation:
        conversation.connect(path)
        for line in conversation.makefile(encoding="utf-8"):
            event = json.loads(line)
            if event["event"] == "hello" and event["v"] != 1:
                sys.exit("lock: this client reads version 1")
            if acts and event.get("mode") in ("observe", "replay"):
                acts = False
                print("nothing is to be locked: mode", event["mode"], flush=True)
            if event["event"] == "bye":
                why = "graspd said goodbye: " + event["reason"]
            elif acts and (event["event"] == "lock" or event.get("state") == "lock"):
                print("lock:", event["reason"], flush=True)
except (OSError, ValueError) as error:
    why = f"{path}: {error}"
if acts:
    print("lock:", why)
