"""Anchoring in the session: what an unlock behind a secret proves about the windows after it.

anchoring.py --data hmog=DIR [--sweep] [--cache FILE]

Every ordered pair of the six is owner and impostor once, against a cohort of the other four.
"""

import argparse
import os
import pickle
from dataclasses import dataclass, replace
from itertools import permutations
from pathlib import Path

# Set before numpy is loaded: several threads would sum in another order.
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import numpy as np

import hmog
from anchor import Rule, simulate
from attempts import FINAL
from heads import (_equal_weights, _log_mean_exp, _scatter, _shared, between_sessions, by_session,
                   standardised)
from protocol import PEOPLE, enrolment_rows, join
from run import Laboratory

STEP_S = 5
WATCHED = 60
BEFORE = (2, 12, 60)
# The back-end S*: shares of the owner's covariance, of the ridge and of sessions; temper.
OWN, RIDGE, SESSIONS, TEMPER = 0.2, 0.01, 0.15, 0.5
PAIRS = [(owner, impostor, tuple(p for p in PEOPLE if p not in (owner, impostor)))
         for owner, impostor in permutations(PEOPLE, 2)]


@dataclass(frozen=True)
class Scored:
    """Windows of an owner's later sessions and of an impostor, as one owner's score sees them

    points [n, d] are whitened, templates [k, d] too; score is the raw log-likelihood ratio and
    own the owner's part of it. (score - low) / span has strangers at 0 and the owner at 1.
    """

    points: np.ndarray
    templates: np.ndarray
    score: np.ndarray
    own: np.ndarray
    level: np.ndarray
    low: float
    span: float
    genuine: tuple
    walking: tuple
    impostor: tuple


def fits(points, means):
    """ln of each Gaussian less what all share, tempered: [n, k]"""
    return TEMPER * (points @ means.T - 0.5 * (means ** 2).sum(1))


class Cohort:
    """What the cohort's people tell of classes and covariances"""

    def __init__(self, table, plain):
        self.place, self.plain = standardised(table), plain
        points, classes = self.place(table.features), table.classes()
        self.names = np.unique(classes)
        self.means = np.array([points[classes == k].mean(0) for k in self.names])
        centred = points - self.means[np.unique(classes, return_inverse=True)[1]]
        self.within = _scatter(centred, _equal_weights(table))
        self.between = between_sessions(points, table)

    def owner(self, enrolled):
        """(whitening matrix, templates, the cohort's means), the latter two whitened"""
        points = self.place(enrolled.features)
        label = by_session(enrolled)
        templates = np.array([points[label == k].mean(0) for k in np.unique(label)])
        shared = _shared(points, self.within, self.between, OWN, RIDGE, SESSIONS)
        whiten = np.linalg.cholesky(np.linalg.inv(shared))
        return whiten, templates @ whiten, self.means @ whiten

    def strangers(self, fitted):
        """Scores of the cohort's people, each by a cohort without them"""
        whiten, templates, means = fitted
        of = np.array([name.split(" ")[0].split("~")[0] for name in self.names])
        scores = []
        for person in np.unique(self.plain.person):
            points = self.place(self.plain.of([person]).features) @ whiten
            scores.append(_log_mean_exp(fits(points, templates))
                          - _log_mean_exp(fits(points, means[of != person])))
        return np.concatenate(scores)


def scored(base, made, level):
    """One Scored for each of PAIRS"""
    def with_copies(rows):
        return join([rows] + [t.made_from(rows.row) for t in made if np.isin(t.person, PEOPLE).all()])
    for owner, impostor, people in PAIRS:
        plain = base.of(people)
        cohort = Cohort(join([plain] + [t.made_from(plain.row) for t in made]), plain)
        own = base.of([owner])
        early, rows = enrolment_rows(own, FINAL.enrolment)
        enrolled = own.take(rows)
        fitted = whiten, templates, means = cohort.owner(with_copies(enrolled))
        low = cohort.strangers(fitted).mean()
        held_out = []
        for session in np.unique(enrolled.session):
            w, t, m = cohort.owner(with_copies(enrolled.take(enrolled.session != session)))
            points = cohort.place(enrolled.take(enrolled.session == session).features) @ w
            held_out.append((_log_mean_exp(fits(points, t)) - _log_mean_exp(fits(points, m))).mean())
        table = join([own.take(own.session >= early), base.of([impostor])])
        points = cohort.place(table.features) @ whiten
        ours = _log_mean_exp(fits(points, templates))

        def runs(person):
            return tuple(np.where((table.person == person) & (table.session == s))[0]
                         for s in np.unique(table.session[table.person == person]))
        yield Scored(points.astype(np.float32), templates.astype(np.float32),
                     ours - _log_mean_exp(fits(points, means)), ours, level[table.row],
                     low, np.median(held_out) - low, runs(owner),
                     tuple(bool(table.walking[r[0]]) for r in runs(owner)), runs(impostor))


def activity(frames):
    """ln of how much the length of acceleration varies: what tells walking from sitting"""
    return np.log(np.linalg.norm(frames[:, :, :3], axis=2).std(1) + 0.02)


def prepared(folder, cache):
    if cache and Path(cache).exists():
        return pickle.loads(Path(cache).read_bytes())
    windows = hmog.read(folder)
    laboratory = Laboratory(windows)
    base, made = laboratory._tables(FINAL, "as recorded")
    pairs = list(scored(base, made, activity(windows.frames)))
    if cache:
        Path(cache).write_bytes(pickle.dumps(pairs))
    return pairs


@dataclass(frozen=True)
class Streams:
    """What happens to a device: for each, rows of windows of one pair, and at which the thief begins"""

    pair: np.ndarray
    rows: np.ndarray
    handed: np.ndarray

    def of(kind):
        longest = max(len(rows) for _, rows, _ in kind)
        padded = np.full((len(kind), longest), -1)
        for line, (_, rows, _) in zip(padded, kind):
            line[:len(rows)] = rows
        return Streams(np.array([p for p, _, _ in kind]), padded, np.array([h for _, _, h in kind]))


def situations(pairs):
    """Name to Streams: genuine sessions, changes of context, hand-overs, thieves from the start"""
    kinds = {"genuine": [], "changed": [], "thief": []} | {f"after {b}": [] for b in BEFORE}
    for at, pair in enumerate(pairs):
        for session in pair.genuine:
            kinds["genuine"].append((at, session, len(session)))
        # Three minutes of one session, then all of another in the other context, and no unlock.
        for (one, a), (two, b) in permutations(zip(pair.genuine, pair.walking), 2):
            if a != b and len(one) >= 36 and len(two) >= 36:
                kinds["changed"].append((at, np.r_[one[:36], two[:72]], 108))
        for first in range(0, len(pair.impostor), 3):
            chain = np.concatenate(pair.impostor[first:] + pair.impostor[:first])[:WATCHED]
            kinds["thief"].append((at, chain, 0))
            for before in BEFORE:
                for session in pair.genuine:
                    if len(session) >= before:
                        kinds[f"after {before}"].append((at, np.r_[session[:before], chain], before))
    return {name: Streams.of(kind) for name, kind in kinds.items()}


def waits(locks, handed, end):
    """Seconds from hand-over to lock, infinite where there is none; without those locked before"""
    first = np.array([at[0] if at else np.inf for at in locks])
    kept = first >= handed
    return (first[kept] - handed[kept] + 1) * STEP_S, 1 - kept.mean()


def per_four_hours(locks, streams):
    return sum(map(len, locks)) / ((streams.rows >= 0).sum() * STEP_S / 3600) * 4


def figures(pairs, kinds, rule):
    """Row of the table: name to number"""
    row = {}
    for name in ("genuine", "changed"):
        row[f"{name} locks in 4 h"] = per_four_hours(
            simulate(pairs, kinds[name], rule, opened=True), kinds[name])
    for name in [f"after {b}" for b in BEFORE] + ["thief", "thief let in"]:
        streams = kinds[name.removesuffix(" let in")]
        of = replace(rule, proof=rule.proof and name != "thief")
        seconds, before = waits(simulate(pairs, streams, of, opened=False), streams.handed, WATCHED)
        median, most = np.quantile(seconds, (0.5, 0.9), method="higher")
        row[name] = (median, most, np.mean(np.isinf(seconds)), before)
    return row


def shown(name, row):
    parts = [f"{name:44}"]
    for key, value in row.items():
        if isinstance(value, tuple):
            median, most, never, before = value
            parts.append(f"{key} {median:.0f}/{most:.0f}/{never:.3f}")
        else:
            parts.append(f"{key} {value:.2f}")
    return " | ".join(parts)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", metavar="hmog=DIR", required=True)
    parser.add_argument("--cache", metavar="FILE", help="keep the scored windows here")
    parser.add_argument("--set", nargs="*", default=[], metavar="FIELD=VALUE,VALUE…",
                        help="fields of the rule to try, all with all")
    given = parser.parse_args()
    pairs = prepared(given.data.removeprefix("hmog="), given.cache)
    kinds = situations(pairs)
    rules = [Rule()]
    for field, values in (s.split("=") for s in given.set):
        rules = [replace(rule, **{field: float(v)}) for rule in rules for v in values.split(",")]
    for rule in rules:
        names = [s.split("=")[0] for s in given.set]
        name = " ".join(f"{n}={getattr(rule, n):g}" for n in names)
        print(shown(name, figures(pairs, kinds, rule)), flush=True)


if __name__ == "__main__":
    main()
