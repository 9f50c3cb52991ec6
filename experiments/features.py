"""What a window is boiled down to. Each function takes frames [n, 500, 6]."""

import numpy as np

RATE_HZ = 100
FLOOR = 1e-5
CHUNK = 1000


def bands(count, low, high, segment):
    """Triangles in log frequency, [bins, count]; each column sums to 1."""
    frequency = np.fft.rfftfreq(segment, 1 / RATE_HZ)
    edges = np.geomspace(low, high, count + 1)
    ratio = edges[1] / edges[0]
    at = np.log(np.maximum(frequency, 1e-3))
    weights = np.zeros((len(frequency), count))
    for band in range(count):
        left, right = np.log(edges[band] / ratio), np.log(edges[band + 1] * ratio)
        centre = np.log(edges[band] * edges[band + 1]) / 2
        triangle = np.clip(np.minimum((at - left) / (centre - left),
                                      (right - at) / (right - centre)), 0, None)
        if triangle.sum() == 0:
            triangle[np.argmin(abs(frequency - np.exp(centre)))] = 1
        weights[:, band] = triangle / triangle.sum()
    return weights.astype(np.float32)


def spectrum(frames, magnitudes=False, axes=True, segment=128, hop=64, count=14, low=0.6, high=45):
    """Log band powers: of their mean over time, and their spread over time."""
    weights, rows = bands(count, low, high, segment), []
    for start in range(0, len(frames), CHUNK):
        signals = _signals(frames[start:start + CHUNK], axes, magnitudes)
        power = np.einsum("nfbc,bk->nfkc", _power(signals, segment, hop), weights)
        mean = np.log(power.mean(1) + FLOOR)
        spread = np.log(power + FLOOR).std(1)
        rows.append(np.stack([mean, spread], 1).reshape(len(mean), -1))
    return np.concatenate(rows).astype(np.float32)


def _signals(frames, axes, magnitudes):
    acceleration, rotation = frames[:, :, :3], frames[:, :, 3:]
    lengths = [np.linalg.norm(s, axis=2, keepdims=True) for s in (acceleration, rotation)]
    return np.concatenate([frames] * axes + lengths * magnitudes, 2)


def _power(signals, segment, hop):
    """[n, time, bins, signals]"""
    return np.abs(_waves(signals, segment, hop)).astype(np.float32) ** 2


def _waves(signals, segment, hop):
    """[n, time, bins, signals], complex, each segment without its own mean, in units of power"""
    taper = np.hanning(segment + 1)[:-1].astype(np.float32)
    starts = np.arange((signals.shape[1] - segment) // hop + 1)[:, None] * hop
    pieces = signals[:, starts + np.arange(segment)]
    pieces = (pieces - pieces.mean(2, keepdims=True)) * taper[:, None]
    return np.fft.rfft(pieces, axis=2) / np.sqrt((taper ** 2).sum())


def correlations(frames):
    """Fisher's z of the 15 correlations between axes: how the hand moves the phone about."""
    moved = frames - frames.mean(1, keepdims=True)
    covariance = np.einsum("nti,ntj->nij", moved, moved) / frames.shape[1]
    # Added to the deviation, so that a still axis correlates with nothing.
    spread = np.sqrt(np.einsum("nii->ni", covariance)) + 1e-3
    i, j = np.triu_indices(6, 1)
    r = (covariance / (spread[:, :, None] * spread[:, None]))[:, i, j]
    return np.arctanh(np.clip(r, -0.99, 0.99)).astype(np.float32)


def coherence(frames, segment=128, hop=32, count=5, low=0.8, high=30):
    """Correlations between axes band by band, with their phase: how they move together where."""
    weights, rows = bands(count, low, high, segment), []
    i, j = np.triu_indices(6, 1)
    for start in range(0, len(frames), CHUNK):
        waves = _waves(frames[start:start + CHUNK], segment, hop)
        power = np.einsum("ntfc,fk->nkc", np.abs(waves) ** 2, weights) / waves.shape[1]
        cross = np.einsum("ntfi,ntfi->nfi", waves[..., i], waves[..., j].conj()) / waves.shape[1]
        cross = np.einsum("nfi,fk->nki", cross, weights)
        level = np.sqrt((power[..., i] + FLOOR) * (power[..., j] + FLOOR))
        parts = np.concatenate([(cross / level).real, (cross / level).imag], 2)
        rows.append(np.arctanh(np.clip(parts, -0.98, 0.98)).reshape(len(waves), -1))
    return np.concatenate(rows).astype(np.float32)


def gravity(frames):
    """Which way is down: how the phone is held, and nothing of how it is moved."""
    mean = frames[:, :, :3].mean(1)
    return mean / np.linalg.norm(mean, axis=1, keepdims=True)


def resolutions(frames):
    """Band powers of the axes with segments of 0.32 to 2.56 s: fast ones are brief."""
    scales = [(32, 7, 3, 45), (64, 12, 1.6, 45), (128, 14, 0.8, 45), (256, 18, 0.4, 25)]
    return np.concatenate([spectrum(frames, segment=segment, hop=32, count=count, low=low, high=high)
                           for segment, count, low, high in scales], 1)


FEATURES = {
    "spectrum": lambda frames: spectrum(frames, magnitudes=True),
    "magnitudes": lambda frames: spectrum(frames, magnitudes=True, axes=False),
    "spectrum to 12 Hz": lambda frames: spectrum(frames, magnitudes=True, high=12),
    "spectrum to 25 Hz": lambda frames: spectrum(frames, magnitudes=True, high=25),
    "axes": lambda frames: spectrum(frames, hop=32, low=0.8),
    "resolutions": resolutions,
    "correlations": correlations,
    "coherence": coherence,
    "gravity": gravity,
    "means": lambda frames: frames.mean(1),
}
