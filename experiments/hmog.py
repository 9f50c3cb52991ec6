"""HMOG's sessions as windows of frames on graspd's 10 ms grid."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

WINDOW = 500
GAP_S = 0.1


@dataclass(frozen=True)
class Windows:
    """Windows of 5 s that do not overlap, one row each.

    frames is [n, 500, 6]: acceleration in m/s², then rotation in rad/s. session counts a
    person's sessions from 0 in the order of time.
    """

    frames: np.ndarray
    person: np.ndarray
    session: np.ndarray
    walking: np.ndarray

    def with_frames(self, frames):
        return replace(self, frames=frames)


def read(folder):
    """The windows of every session under folder, which is laid out as by its authors."""
    sessions = [_session(path.parent) for path in sorted(Path(folder).rglob("Accelerometer.csv"))]
    if not sessions:
        raise SystemExit(f"{folder}: no session with an Accelerometer.csv; name HMOG's folder")
    sessions.sort(key=lambda session: session[:2])
    seen, columns = {}, []
    for person, _, walking, segments in sessions:
        ordinal = seen[person] = seen.get(person, -1) + 1
        for window in _windows(segments):
            columns.append((window, person, ordinal, walking))
    frames, person, session, walking = zip(*columns)
    return Windows(np.stack(frames), np.array(person), np.array(session), np.array(walking))


def _session(folder):
    """(person, when it began, whether they walked, segments without a gap)"""
    acceleration = np.loadtxt(folder / "Accelerometer.csv", delimiter=",", ndmin=2)
    rotation = np.loadtxt(folder / "Gyroscope.csv", delimiter=",", ndmin=2)
    person, number = re.findall(r"(\d+)_session_(\d+)", str(folder))[-1]
    # Seconds since the session began: nanoseconds since boot would cost precision.
    began = min(acceleration[0, 1], rotation[0, 1])
    sensors = [_grid((s[:, 1] - began) / 1e9, s[:, 3:6]) for s in (acceleration, rotation)]
    # The tasks take turns, and every second one is done walking.
    return person, acceleration[0, 0], int(number) % 2 == 0, _segments(*sensors)


def _grid(time, values):
    """(slots, values): linear interpolation every 10 ms, never across a gap of the sensor"""
    sound = np.isfinite(values).all(1) & np.isfinite(time)
    time, values = time[sound], values[sound]
    forward = np.r_[True, time[1:] > np.maximum.accumulate(time)[:-1]]
    time, values = time[forward], values[forward]
    slots, points = [], []
    for run in np.split(np.arange(len(time)), np.where(np.diff(time) > GAP_S)[0] + 1):
        first, last = int(np.ceil(time[run[0]] * 100)), int(np.floor(time[run[-1]] * 100))
        if len(run) < 3 or last <= first:
            continue
        slot = np.arange(first, last + 1)
        slots.append(slot)
        points.append(np.stack([np.interp(slot / 100, time[run], values[run, axis])
                                for axis in range(3)], 1))
    return np.concatenate(slots), np.concatenate(points)


def _segments(acceleration, rotation):
    """Frames where both sensors have a value, cut where a slot is missing"""
    slots, a, g = np.intersect1d(acceleration[0], rotation[0], return_indices=True)
    frames = np.concatenate([acceleration[1][a], rotation[1][g]], 1).astype(np.float32)
    return np.split(frames, np.where(np.diff(slots) != 1)[0] + 1)


def _windows(segments):
    """Windows in which the phone moved at all: one on a table has no holder."""
    for segment in segments:
        for start in range(0, len(segment) - WINDOW + 1, WINDOW):
            window = segment[start:start + WINDOW]
            spread = window.std(0)
            if (spread[:3] > 0.05).any() or (spread[3:] > 0.01).any():
                yield window
