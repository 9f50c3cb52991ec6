"""The machine of anchoring.py: evidence by the score as it is, and beside it evidence by a score
that has learnt how the owner moves today. Either of them locks."""

from dataclasses import dataclass

import numpy as np

STEP_S = 5
START, LOCK_BELOW, FULL_S, TRUST_S = 0.5, 0.1, 30, 600
MOST_WEIGHT, NOVEL = 3, -5
TEMPER = 0.5


@dataclass(frozen=True)
class Rule:
    """Constants of both scores; scores are normalised (strangers 0, the owner 1)"""

    # Score of weight 0, and how far from there a window has weight 1.
    threshold: float = 0.1
    scale: float = 0.5
    # The same of the anchored score.
    anchored_threshold: float = 0.7
    anchored_scale: float = 0.7
    # Whether unlocks prove the owner; without, nothing is anchored.
    proof: float = 1
    # Windows that the owner's templates count as much as: shrinkage is n / (n + prior).
    prior: float = 16
    # Windows before one is learnt from, and most that the session term remembers.
    lag: float = 4
    most: float = 36
    # Windows after an unlock that are learnt from whatever they score.
    given: float = 0
    # Evidence of both scores at which windows are the owner's.
    believed: float = 0.9
    # Probability that the owner's session term changes from one window to the next: as a
    # rule, and where activity differs from what was learnt by more than `other` (ln).
    hazard: float = 0.001
    hazard_changed: float = 0.1
    other: float = 1.0
    # Whether the new term is learnt once it is believed.
    again: float = 1


def simulate(pairs, streams, rule, opened):
    """Steps at which each stream locks. If opened, the owner opens it and is believed a while."""
    count, length = streams.rows.shape
    k = max(len(p.templates) for p in pairs)
    d = pairs[0].points.shape[1]
    start = np.cumsum([0] + [len(p.points) for p in pairs])[:-1]
    points = np.concatenate([p.points for p in pairs])
    fits = np.full((len(points), k), -np.inf, np.float32)
    squares = np.full((len(pairs), k), np.inf, np.float32)
    for at, p in zip(start, pairs):
        fits[at:at + len(p.points), :len(p.templates)] = p.points @ p.templates.T
    for at, p in enumerate(pairs):
        squares[at, :len(p.templates)] = (p.templates ** 2).sum(1)
    templates = np.array([len(p.templates) for p in pairs])[streams.pair]
    score, own, level = (np.concatenate([getattr(p, f) for p in pairs])
                         for f in ("score", "own", "level"))
    low, span = (np.array([getattr(p, f) for p in pairs])[streams.pair] for f in ("low", "span"))
    squares = squares[streams.pair]

    whole, anchored = np.full(count, START), np.full(count, START)
    trusted = np.zeros(count)
    total = np.zeros((count, d), np.float32)
    total_fits = np.zeros((count, k), np.float32)
    total_level, n = np.zeros(count), np.zeros(count)
    changed, since, steady = np.zeros(count), np.zeros(count), np.zeros(count)
    lag = int(rule.lag)
    locks = [[] for _ in range(count)]
    live = np.ones(count, bool)
    with np.errstate(invalid="ignore"):
        for t in range(length):
            live &= streams.rows[:, t] >= 0
            if not live.any():
                break
            row = streams.rows[:, t] + start[streams.pair]
            raw, plain = score[row], own[row]
            # The owner's part of the score, with each template drawn towards today's mean.
            many = np.maximum(n, 1e-9)
            share = (n / (n + rule.prior))[:, None]
            today, today_fits = total / many[:, None], total_fits / many[:, None]
            along = (points[row] * today).sum(1)[:, None]
            square = ((1 - share) ** 2 * squares + 2 * share * (1 - share) * today_fits
                      + share ** 2 * (today ** 2).sum(1)[:, None])
            fit = TEMPER * ((1 - share) * fits[row] + share * along - 0.5 * square)
            fit = np.where(np.arange(k) < templates[:, None], fit, -np.inf)
            best = fit.max(1)
            of_today = best + np.log(np.exp(fit - best[:, None]).sum(1) / templates)
            # The owner may have sat down or walked off: then it is any session's.
            apart = np.abs(level[row] - total_level / many) > rule.other
            hazard = np.where(apart, rule.hazard_changed, rule.hazard)
            new = changed + (1 - changed) * hazard
            gain = of_today - plain
            top = np.maximum(gain, 0)
            mixed = top + np.log((1 - new) * np.exp(gain - top) + new * np.exp(-top))
            learnt = n > 0
            changed = np.where(learnt & live, new * np.exp(-mixed), 0)
            normal = np.maximum((raw - low) / span, NOVEL)
            normal_anchored = np.where(learnt, np.maximum((raw + mixed - low) / span, NOVEL), normal)

            def moved(evidence, value, threshold, scale):
                weight = np.clip((value - threshold) / scale, -MOST_WEIGHT, MOST_WEIGHT)
                weight = np.where(value <= NOVEL, np.maximum(weight, -1), weight)
                floor = np.where(t < trusted, START, 0)
                return np.clip(evidence + weight * STEP_S / FULL_S, floor, 1)
            whole = moved(whole, normal, rule.threshold, rule.scale)
            anchored = moved(anchored, normal_anchored,
                             np.where(learnt, rule.anchored_threshold, rule.threshold),
                             np.where(learnt, rule.anchored_scale, rule.scale))
            locked = live & ((whole <= LOCK_BELOW) | ((anchored <= LOCK_BELOW) & bool(rule.proof)))
            for at in np.where(locked)[0]:
                locks[at].append(t)
            # Learn from the window some time ago.
            since, steady = since + 1, steady + 1
            if rule.proof and t >= lag:
                sure = np.minimum(whole, anchored) >= rule.believed
                given = since - lag <= rule.given
                feed = live & (np.minimum(since, steady) > lag) & (sure | given) & (changed < 0.5)
                old = streams.rows[:, t - lag] + start[streams.pair]
                forget = np.where(feed & (n >= rule.most), (rule.most - 1) / rule.most, 1)
                total *= forget[:, None].astype(np.float32)
                total_fits *= forget[:, None].astype(np.float32)
                total_level *= forget
                n *= forget
                total[feed] += points[old[feed]]
                total_fits[feed] += np.where(np.isfinite(fits[old[feed]]), fits[old[feed]], 0)
                total_level[feed] += level[old[feed]]
                n[feed] += 1
            anew = np.zeros(count, bool)
            if rule.again:
                anew |= changed > 0.9
            if opened:
                whole[locked], anchored[locked] = START, START
                trusted[locked] = t + 1 + TRUST_S // STEP_S
                since[locked] = 0
                anew |= locked
            else:
                live &= ~locked
            total[anew], total_fits[anew], total_level[anew], n[anew] = 0, 0, 0, 0
            changed[anew], steady[anew] = 0, 0
    return locks
