"""What no threshold can mend: false locks against the time to lock, and whether it helps
to take a session's first half-minute for how the owner moves today.

decisions.py --data hmog=DIR
"""

import argparse
import os
from dataclasses import dataclass
from itertools import product

# Set before numpy is loaded: several threads would sum in another order.
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import numpy as np

import hmog
from attempts import FINAL
from protocol import DEV, PEOPLE, TEST, enrolment_rows, join
from run import Laboratory

STEP_S = 5
START, LOCK_BELOW, FULL_S, TRUST_S = 0.5, 0.1, 30, 600
WATCHED = 60
THRESHOLDS = np.arange(0, 1.2, 0.1)
SCALES = (0.25, 0.5, 1)
BUDGETS = (1.2, 2.5, 5)
# Of a session's first windows: how many, what share of what they stray, and at most so far.
SETTLE, SHARE, MOST = 6, 0.7, 0.5


@dataclass(frozen=True)
class Rule:
    """Where a window speaks for nobody, how far from there it has full weight, and whether
    both are moved by what the first windows say of today"""

    threshold: float
    scale: float
    settles: bool

    def locks(self, scores):
        """Windows at which it locks. The owner opens it, and is believed for a while."""
        evidence, trusted, first, offset, locks = START, 0, [], 0, []
        for at, score in enumerate(scores):
            if self.settles and len(first) < SETTLE:
                first.append(score)
                known = SHARE * len(first) / (len(first) + 1)
                offset = np.clip(known * (np.mean(first) - 1), -MOST, MOST)
            weight = np.clip((score - self.threshold - offset) / self.scale, -1, 1)
            least = START if at < trusted else 0
            evidence = np.clip(evidence + weight * STEP_S / FULL_S, least, 1)
            if evidence <= LOCK_BELOW:
                locks.append(at)
                evidence, trusted, first = START, at + TRUST_S // STEP_S, []
        return locks


def streams(laboratory, splits):
    """For each split (the owner's later sessions, each impostor's sessions): scores, in units
    of the cohort's mean at 0 and the owner's held-out enrolment at 1"""
    base, made = laboratory._tables(FINAL, "as recorded")

    def of_sessions(score, table):
        return [score(table.features[table.session == s]) for s in np.unique(table.session)]

    def with_copies(rows):
        return join([rows] + [t.made_from(rows.row) for t in made if np.isin(t.person, PEOPLE).all()])
    fitted = {}
    for owner, impostors, people in splits:
        if people not in fitted:
            cohort = base.of(people)
            fitted[people] = FINAL.head(join([cohort] + [t.made_from(cohort.row) for t in made]))
        own = base.of([owner])
        early, rows = enrolment_rows(own, FINAL.enrolment)
        enrolled = own.take(rows)
        held_out = []
        for session in np.unique(enrolled.session):
            score = fitted[people](with_copies(enrolled.take(enrolled.session != session)))
            held_out.append(score(enrolled.features[enrolled.session == session]))
        score = fitted[people](with_copies(enrolled))
        low = score(base.of(people).features).mean()
        high = np.concatenate(held_out).mean()

        def unit(table, score=score, low=low, high=high):
            return of_sessions(lambda features: (score(features) - low) / (high - low), table)
        yield unit(own.take(own.session >= early)), [unit(base.of([i])) for i in impostors]


def false_locks(rule, sessions):
    """In four hours"""
    locks = sum(len(rule.locks(session)) for session in sessions)
    return locks / (sum(map(len, sessions)) * STEP_S / 3600) * 4


def waits(rule, owners, before):
    """Seconds to lock, infinite after five minutes, where it changes hands after so many windows"""
    seconds = []
    for genuine, impostors in owners:
        for session, runs in product((g for g in genuine if len(g) >= 12), impostors):
            for first in range(0, len(runs), 3):
                stranger = np.concatenate(runs[first:] + runs[:first])[:WATCHED]
                locks = rule.locks(np.r_[session[:before], stranger])
                if not locks or locks[0] >= before:
                    seconds.append((locks[0] - before + 1) * STEP_S if locks else np.inf)
    return np.array(seconds)


def best(owners, settles, before):
    """For each budget of false locks, the rule that locks soonest within it"""
    opened = [session for genuine, _ in owners for session in genuine]
    # Used from session to session without being opened anew.
    kept = [np.concatenate(genuine[k:] + genuine[:k]) for genuine, _ in owners
            for k in range(len(genuine))]
    tried = []
    for threshold, scale in product(THRESHOLDS, SCALES):
        rule = Rule(threshold, scale, settles)
        tried.append((false_locks(rule, opened), false_locks(rule, kept), waits(rule, owners, before)))
    for budget in BUDGETS:
        within = [t for t in tried if (t[0] + t[1]) / 2 <= budget]
        if within:
            yield min(within, key=lambda t: np.minimum(t[2], 400).mean())


def shown(seconds):
    return f"{seconds:.0f}" if np.isfinite(seconds) else "–"


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", metavar="hmog=DIR", required=True)
    given = parser.parse_args()
    laboratory = Laboratory(hmog.read(given.data.removeprefix("hmog=")))
    print("| people | first half-minute | handed over after | false locks in 4 h | the same, not"
          " opened between sessions | median s | 90 % s | never in 5 min |")
    print("|---" * 8 + "|")
    for name, splits in (("dev", DEV), ("test", TEST)):
        owners = list(streams(laboratory, splits))
        for before, settles in product((12, 2), (False, True)):
            for opened, kept, seconds in best(owners, settles, before):
                # No straight line runs between a number and never.
                median, most = np.quantile(seconds, (0.5, 0.9), method="higher")
                print(f"| {name} | {'taken as today' if settles else 'like all'} | {before * STEP_S} s"
                      f" | {opened:.1f} | {kept:.1f} | {shown(median)} | {shown(most)}"
                      f" | {np.mean(np.isinf(seconds)):.3f} |", flush=True)


if __name__ == "__main__":
    main()
