"""Windows as another hand, another person or another handset would have given them."""

import numpy as np


def handset(windows, seed=1):
    """Another handset for each session: gyroscope offset, accelerometer scale and offset"""
    random, frames = np.random.default_rng(seed), windows.frames.copy()
    for rows in _sessions(windows):
        frames[rows, :, 3:] += random.normal(0, 0.02, 3).astype(np.float32)
        frames[rows, :, :3] *= (1 + random.uniform(-0.03, 0.03, 3)).astype(np.float32)
        frames[rows, :, :3] += random.normal(0, 0.05, 3).astype(np.float32)
    return windows.with_frames(frames)


def noise(windows, seed=3):
    """White noise of 0.03 m/s² and 0.003 rad/s, as of a cheap sensor"""
    level = np.float32([0.03] * 3 + [0.003] * 3)
    hiss = np.random.default_rng(seed).normal(0, 1, windows.frames.shape).astype(np.float32)
    return windows.with_frames(windows.frames + hiss * level)


def sensor_noise(frames, seed=11):
    """White noise on each window, of a level between a good sensor's and twice a cheap one's"""
    random, noisy = np.random.default_rng(seed), frames.copy()
    level = np.float32([0.03] * 3 + [0.003] * 3)
    for window in noisy:
        factor = np.float32(np.exp(random.uniform(np.log(0.1), np.log(2))))
        window += random.normal(0, 1, window.shape).astype(np.float32) * level * factor
    return noisy


def stand_ins(windows, each=6, seed=0, angle=0.35, speed=0.07, gain=0.17):
    """(frames, name, row of origin): people that a person might have been.

    One draw makes one stand-in of all the windows of a person: perhaps left-handed, holding
    the phone at another angle, slower or faster, more or less lively.
    """
    random, parts = np.random.default_rng(seed), []
    for person in np.unique(windows.person):
        rows = np.where(windows.person == person)[0]
        for number in range(each):
            frames = windows.frames[rows]
            if random.random() < 0.3:
                frames = frames * np.float32([-1, 1, 1, 1, -1, -1])
            frames = _turned(frames, random.normal(0, angle, 3))
            if speed:
                frames = _stretched(frames, np.exp(random.normal(0, speed)))
            if gain:
                frames = _amplified(frames, random, gain)
            parts.append((frames, np.full(len(rows), f"{person}~{number}"), rows))
    return tuple(np.concatenate(column) for column in zip(*parts))


def copies(windows, each=3, seed=7, angle=0.1, gain=0.1):
    """(frames, row of origin): each session again by the same person, held a little otherwise"""
    random, parts = np.random.default_rng(seed), []
    for rows in _sessions(windows):
        for _ in range(each):
            frames = _turned(windows.frames[rows], random.normal(0, angle, 3))
            parts.append((_amplified(frames, random, gain), rows))
    return tuple(np.concatenate(column) for column in zip(*parts))


def _sessions(windows):
    """Rows of each session. Draws follow the order of their names: it is part of the seed."""
    names = np.char.add(windows.person, windows.session.astype(str))
    for name in np.unique(names):
        yield np.where(names == name)[0]


def _turned(frames, vector):
    """Both sensors turned by a rotation vector (Rodrigues)"""
    angle = np.linalg.norm(vector) + 1e-9
    x, y, z = vector / angle
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    turn = np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
    return np.concatenate([frames[:, :, :3] @ turn.T, frames[:, :, 3:] @ turn.T], 2).astype(np.float32)


def _stretched(frames, rate):
    """Played rate times as fast about the window's middle, reflected where it runs out"""
    last = frames.shape[1] - 1
    time = np.abs((np.arange(last + 1) - last / 2) * rate + last / 2)
    time = np.where(time > last, 2 * last - time, time)
    slot = np.clip(np.floor(time).astype(int), 0, last - 1)
    part = (time - slot)[None, :, None].astype(np.float32)
    return frames[:, slot] * (1 - part) + frames[:, slot + 1] * part


def _amplified(frames, random, gain):
    """Movement about the mean made stronger or weaker, all axes and then each a little"""
    common = random.normal(0, gain)
    axes = [np.exp(common + random.normal(0, gain / 2, 3)) for _ in range(2)]
    mean = frames.mean(1, keepdims=True)
    return mean + (frames - mean) * np.concatenate(axes).astype(np.float32)
