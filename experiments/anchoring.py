"""Anchoring in the session: what an unlock behind a secret proves about the windows after it.

anchoring.py --data hmog=DIR [--cache FILE] [--errors] [--set FIELD=VALUE,VALUE…]

Every ordered pair of the six is owner and impostor once, against a cohort of the other four.
"""

import argparse
import os
import pickle
from dataclasses import dataclass, replace
from itertools import permutations, product
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
from protocol import FUSED, PEOPLE, eer, enrolment_rows, join
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


def waits(locks, handed):
    """Seconds from hand-over to lock, infinite where there is none; without those locked before"""
    first = np.array([at[0] if at else np.inf for at in locks])
    kept = first >= handed
    return (first[kept] - handed[kept] + 1) * STEP_S


def per_four_hours(locks, streams):
    return sum(map(len, locks)) / ((streams.rows >= 0).sum() * STEP_S / 3600) * 4


COLUMNS = {"after 2": "after 10 s", "after 12": "after 60 s", "after 60": "after 5 min",
           "thief": "a thief from the start", "thief let in": "let in after the PIN"}


def figures(pairs, kinds, rule):
    """Row of the table: name to number"""
    row = {}
    for name, key in (("genuine", "false locks in 4 h"), ("changed", "the same, context changed")):
        row[key] = per_four_hours(
            simulate(pairs, kinds[name], rule, opened=True), kinds[name])
    for name in [f"after {b}" for b in BEFORE] + ["thief", "thief let in"]:
        streams = kinds[name.removesuffix(" let in")]
        of = replace(rule, proof=rule.proof and name != "thief")
        seconds = waits(simulate(pairs, streams, of, opened=False), streams.handed)
        median, most = np.quantile(seconds, (0.5, 0.9), method="higher")
        row[COLUMNS[name]] = (median, most, np.mean(np.isinf(seconds)))
    return row


def drawn(pair, windows, prior):
    """Each template towards the mean of windows"""
    share = len(windows) / (len(windows) + prior)
    return (1 - share) * pair.templates + share * pair.points[windows].mean(0)


def shifted(pair, windows, prior):
    """All templates by the same vector"""
    share = len(windows) / (len(windows) + prior)
    return pair.templates + share * (pair.points[windows].mean(0) - pair.templates.mean(0))


def single(pair, windows, prior):
    """One template, between the mean of all and that of windows"""
    share = len(windows) / (len(windows) + prior)
    return ((1 - share) * pair.templates.mean(0) + share * pair.points[windows].mean(0))[None]


def errors(pairs, first, templates):
    """Mean EER of a window and of 30 s, by templates that know a session's first windows"""
    rates = []
    for pair in pairs:
        sides = [], []
        for session in pair.genuine:
            if len(session) < first + FUSED:
                continue
            means = templates(pair, session[:first])
            for side, rows in zip(sides, (session[first:], np.concatenate(pair.impostor))):
                own = _log_mean_exp(fits(pair.points[rows], means))
                side.append((pair.score[rows] - pair.own[rows] + own - pair.low) / pair.span)

        def half_minutes(scores):
            return scores[:len(scores) // FUSED * FUSED].reshape(-1, FUSED).mean(1)
        rates.append((eer(*map(np.concatenate, sides)),
                      eer(*(np.concatenate([half_minutes(s) for s in side]) for side in sides))))
    return np.mean(rates, 0)


def print_errors(pairs):
    print("| templates | first windows | prior | EER 5 s | 30 s |\n|---|---|---|---|---|")
    for first in (4, 12, 24):
        tried = [("any session's", "–", lambda pair, _: pair.templates)]
        tried += [(form.__doc__, prior, lambda pair, windows, form=form, prior=prior:
                   form(pair, windows, prior))
                  for form, priors in ((drawn, (4, 16, 64)), (shifted, (16,)), (single, (16,)))
                  for prior in priors]
        for name, prior, templates in tried:
            window, fused = errors(pairs, first, templates)
            print(f"| {name} | {first} | {prior} | {window:.3f} | {fused:.3f} |", flush=True)


TRIED = [
    ("as it is", Rule(proof=0)),
    ("as it is, threshold 0.2", Rule(proof=0, threshold=0.2)),
    ("as it is, threshold 0.3", Rule(proof=0, threshold=0.3)),
    ("**anchored**", Rule()),
    ("drawn sooner (prior 4)", Rule(prior=4)),
    ("learnt after 10 s", Rule(lag=2)),
    ("believed from evidence 0.5", Rule(believed=0.5)),
    ("the first 30 s learnt whatever they score", Rule(given=6)),
    ("not learnt again after a change", Rule(again=0)),
    ("no regard to the context", Rule(other=100)),
    ("no change allowed for", Rule(hazard=1e-9, hazard_changed=1e-9, again=0)),
    ("threshold in the session 0.6", Rule(anchored_threshold=0.6)),
    ("threshold in the session 0.8", Rule(anchored_threshold=0.8)),
    ("scale in the session 0.5", Rule(anchored_scale=0.5)),
]


def shown(value):
    if not isinstance(value, tuple):
        return f"{value:.1f}"
    seconds = [f"{s:.0f}" if np.isfinite(s) else "–" for s in value[:2]]
    return f"{seconds[0]} / {seconds[1]} / {value[2]:.3f}"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", metavar="hmog=DIR", required=True)
    parser.add_argument("--cache", metavar="FILE", help="keep the scored windows here")
    parser.add_argument("--errors", action="store_true", help="error rates of windows instead")
    parser.add_argument("--set", nargs="+", metavar="FIELD=VALUE,VALUE…",
                        help="fields of the rule to try, all with all")
    given = parser.parse_args()
    if given.set:
        fields, values = zip(*(s.split("=") for s in given.set))
        tried = [(" ".join(given), replace(Rule(), **dict(zip(fields, map(float, given)))))
                 for given in product(*(v.split(",") for v in values))]
    else:
        fields, tried = (), TRIED
    pairs = prepared(given.data.removeprefix("hmog="), given.cache)
    if given.errors:
        return print_errors(pairs)
    kinds = situations(pairs)
    for at, (name, rule) in enumerate(tried):
        row = figures(pairs, kinds, rule)
        if at == 0:
            print(f"| {' '.join(fields) or 'rule'} | {' | '.join(row)} |")
            print("|---" * (len(row) + 1) + "|")
        print(f"| {name} | {' | '.join(map(shown, row.values()))} |", flush=True)


if __name__ == "__main__":
    main()
