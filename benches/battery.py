#!/usr/bin/env python3
"""What graspd costs a battery and a memory: wake-ups a minute, its share of one CPU, and
what is resident, with the allocator's settings of systemd/graspd.service.

Usage: benches/battery.py GRASPD MODEL RECORDING [MINUTES] [BATCH_S]

Enrols the recording's person, then feeds `graspd run` the recording over and
over at the speed of life, BATCH_S seconds of motion at a time: 0.96 is what a
kernel's buffer does at the default hop, 0 sends each sample by itself. After half a
minute it counts, over all threads, the voluntary context switches
(/proc/PID/task/*/status) and the CPU time (/proc/PID/stat), and at the end it reads what is
resident (/proc/PID/status): its own memory, and pages of the program. Give a build as `make` makes it, and a recording without rests, which cost nothing.
"""
import os, pathlib, subprocess, sys, tempfile, threading, time

graspd, model, recording = (str(pathlib.Path(arg).resolve()) for arg in sys.argv[1:4])
minutes = float(sys.argv[4]) if len(sys.argv) > 4 else 5
batch_s = float(sys.argv[5]) if len(sys.argv) > 5 else 0.96
NS = 1_000_000_000
WARM_UP_S = 30


def rows(path):
    text = subprocess.run(["zstd", "-dcf", path], check=True, capture_output=True, text=True).stdout
    for line in text.splitlines():
        if line[:1].isdigit():
            t, rest = line.split(",", 1)
            yield int(t), rest


def feed(fifo, motion, until):
    """One lap after the other, until that time."""
    first, span = motion[0][0], motion[-1][0] - motion[0][0] + NS // 100
    began, lap, batch, due = time.monotonic(), 0, [], batch_s
    while True:
        for t, rest in motion:
            at = (t - first + lap * span) / NS
            if at >= due or not batch_s:
                time.sleep(max(0, began + max(due, at) - time.monotonic()))
                fifo.write("".join(batch))
                fifo.flush()
                batch, due = [], due + batch_s if batch_s else 0
                if time.monotonic() >= until:
                    return
            batch.append(f"{t + lap * span},{rest}\n")
        lap += 1


def cost(pid):
    """Voluntary context switches of each thread, and CPU seconds of a process so far."""
    switches = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        fields = dict(line.split(":", 1) for line in (task / "status").read_text().splitlines())
        switches[f"{fields['Name'].strip()}-{task.name}"] = int(fields["voluntary_ctxt_switches"])
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return switches, (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident(pid):
    """Resident MB: all, own, and of files."""
    fields = {}
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(("VmRSS", "RssAnon", "RssFile")):
            name, kilobytes = line.split()[:2]
            fields[name.rstrip(":")] = int(kilobytes) / 1000
    return fields


with tempfile.TemporaryDirectory() as folder:
    profile, config, motion = (f"{folder}/{name}" for name in ("profile", "config", "motion"))
    subprocess.run([graspd, "enroll", recording, "--model", model, "--gamma", "auto", "--owner", str(os.getuid()), "--out", profile],
                   check=True, stdout=subprocess.DEVNULL)
    os.mkfifo(motion)
    os.mkdir(f"{folder}/state", 0o700)
    pathlib.Path(config).write_text(
        f'[source]\nkind = "stream"\npath = "{motion}"\n[model]\nbundle = "{model}"\n'
        f'[profile]\npath = "{profile}"\n[socket]\npath = "{folder}/socket"\n'
        f'[state]\nfolder = "{folder}/state"\n[session]\nenabled = "no"\n')
    unit = (pathlib.Path(__file__).parents[1] / "systemd/graspd.service").read_text()
    tunables = next(line for line in unit.splitlines() if line.startswith("Environment=GLIBC_TUNABLES"))
    environment = os.environ | dict([tunables.split("=", 1)[1].split("=", 1)])
    # Without a bus or a session manager graspd looks for them now and then, which on a device
    # it does not.
    bus = subprocess.Popen(["dbus-daemon", "--session", "--nofork", f"--address=unix:path={folder}/bus"],
                           stderr=subprocess.DEVNULL)
    environment["DBUS_SYSTEM_BUS_ADDRESS"] = f"unix:path={folder}/bus"
    while not os.path.exists(f"{folder}/bus"):
        time.sleep(0.1)
    daemon = subprocess.Popen([graspd, "run", "--config", config], env=environment, stderr=subprocess.DEVNULL)
    try:
        samples = list(rows(recording))
        # Each batch in one write, as a kernel's buffer comes in one piece.
        with open(motion, "w", buffering=1 << 16) as fifo:
            end = time.monotonic() + WARM_UP_S + 60 * minutes
            feeder = threading.Thread(target=feed, args=(fifo, samples, end))
            feeder.start()
            time.sleep(WARM_UP_S)
            before, began = cost(daemon.pid), time.monotonic()
            time.sleep(max(0, end - began))
            after, took = cost(daemon.pid), time.monotonic() - began
            memory = resident(daemon.pid)
            status = subprocess.run([graspd, "status", "--socket", f"{folder}/socket"],
                                    check=True, capture_output=True, text=True).stdout
            feeder.join()
    finally:
        daemon.terminate()
        daemon.wait()
        bus.terminate()
        bus.wait()
switches = {thread: count - before[0].get(thread, 0) for thread, count in after[0].items()}
cpu = after[1] - before[1]
print("\n".join(line for line in status.splitlines() if line.startswith(("align.gaps", "windows."))))
print(f"{took / 60:.1f} minutes, batches of {batch_s} s: {sum(switches.values()) / took * 60:.0f} wake-ups a minute, "
      f"{100 * cpu / took:.2f} % of one CPU")
print("of these " + ", ".join(f"{thread.rsplit('-', 1)[0]} {count / took * 60:.0f}"
                              for thread, count in switches.items() if count))
print(f"resident {memory['VmRSS']:.1f} MB: {memory['RssAnon']:.1f} of its own, "
      f"{memory['RssFile']:.1f} of the program and libraries")
