"""Runs named attempts at telling an owner from others: run.py --data hmog=DIR [NAME…]"""

import argparse
import csv
import os
from dataclasses import fields, replace
from functools import lru_cache

# Set before numpy is loaded: several threads would sum in another order.
for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"

import numpy as np

import hmog
import perturb
from attempts import ATTEMPTS
from features import FEATURES
from protocol import FOLDS, Figures, Table, evaluate

STAND_INS = {"soft": {}, "turned": {"speed": 0, "gain": 0}}
WORLDS = {"as recorded": lambda windows: windows,
          "another handset": perturb.handset,
          "noise": perturb.noise,
          "another handset, noise": lambda windows: perturb.noise(perturb.handset(windows))}
SHUFFLES = 5
ERRORS = [f.name for f in fields(Figures)][1:]
COLUMNS = ["name", "what", *ERRORS, "dev_window", "dev_fused", "owners"]


class Laboratory:
    """The recordings, and every feature of them that has been asked for"""

    def __init__(self, windows):
        self.worlds = {name: change(windows) for name, change in WORLDS.items()}
        self._features = lru_cache(maxsize=None)(self._features)
        self._made = lru_cache(maxsize=2)(self._made)

    def run(self, attempt):
        """A row of the table: means over owners on test and on the development splits"""
        test = self._figures(attempt, attempt.splits)
        dev = self._figures(attempt, attempt.dev) if attempt.dev else []
        row = {"name": attempt.name, "what": attempt.what}
        row |= {error: np.mean([getattr(f, error) for f in test]) for error in ERRORS}
        row |= {f"dev_{e}": np.mean([getattr(f, e) for f in dev]) if dev else None
                for e in ("window", "fused")}
        few = len(test) == 6
        row["owners"] = " ".join(f"{f.owner}:{f.window:.2f}/{f.fused:.2f}" for f in test if few)
        return row

    def _figures(self, attempt, splits):
        # Noise is of other people's handsets: the cohort's alone.
        recorded = self._tables(attempt, "as recorded", attempt.noise)
        worn = self._tables(attempt, attempt.world, copies=attempt.own_copies)
        if not attempt.shuffled:
            return evaluate(attempt.head, recorded, worn, splits, attempt.enrolment,
                            attempt.pooled)
        return [figures for seed in range(SHUFFLES)
                for dealt in [(self._dealt(recorded[0], seed), [])]
                for figures in evaluate(attempt.head, dealt, dealt, splits, attempt.enrolment)]

    def _tables(self, attempt, world, noise=False, copies=True):
        """(the table of the windows, tables of what is made from them)"""
        made = [attempt.stand_ins] * bool(attempt.stand_ins)
        kinds = made + ["copies"] * (attempt.copies and copies)
        if noise:
            kinds += [f"{kind} noise" for kind in ["", *made]]
        return (self._table(world, "", attempt.features),
                [self._table(world, kind, attempt.features) for kind in kinds])

    def _table(self, world, kind, names):
        windows = self.worlds[world]
        person, row = self._made(world, kind)[1:]
        features = np.concatenate([self._features(world, kind, name) for name in names], 1)
        return Table(features, person, windows.session[row], windows.walking[row], row)

    def _features(self, world, kind, name):
        return FEATURES[name](self._made(world, kind)[0])

    def _made(self, world, kind):
        """(frames, person, row of origin)"""
        windows = self.worlds[world]
        if kind.endswith(" noise"):
            frames, person, row = self._made(world, kind.removesuffix(" noise"))
            return perturb.sensor_noise(frames), person, row
        if kind in STAND_INS:
            return perturb.stand_ins(windows, **STAND_INS[kind])
        if kind == "copies":
            frames, row = perturb.copies(windows)
            return frames, windows.person[row], row
        return windows.frames, windows.person, np.arange(len(windows.person))

    @staticmethod
    def _dealt(table, seed):
        random, person = np.random.default_rng(seed), table.person.copy()
        for fold in FOLDS:
            these = np.isin(person, fold)
            person[these] = random.choice(fold, these.sum())
        return replace(table, person=person)


def markdown(rows):
    """The table of docs/experiments.md, and under it each owner's figures"""
    def shown(value):
        return "–" if value is None else f"{value:.3f}"
    yield "| attempt | | EER 5 s | 30 s | walking | sitting | ρ | dev 5 s | dev 30 s |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for row in rows:
        figures = [shown(row[c]) for c in COLUMNS[2:-1]]
        yield f"| {row['name']} | {row['what']} | {' | '.join(figures)} |"
    owned = [row for row in rows if row["owners"]]
    if owned:
        names = [pair.split(":")[0] for pair in owned[0]["owners"].split()]
        yield f"\nEach owner, EER 5 s/30 s:\n\n| attempt | {' | '.join(names)} |"
        yield "|---" * (len(names) + 1) + "|"
        for row in owned:
            figures = [pair.split(":")[1] for pair in row["owners"].split()]
            yield f"| {row['name']} | {' | '.join(figures)} |"


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help="attempts to run; all if none")
    parser.add_argument("--data", metavar="hmog=DIR", help="HMOG as its authors lay it out")
    parser.add_argument("--list", action="store_true", help="name the attempts and stop")
    parser.add_argument("--csv", metavar="FILE", help="write the rows here as well")
    parser.add_argument("--markdown", metavar="FILE", help="write the tables of the document here")
    given = parser.parse_args()
    known = {attempt.name for attempt in ATTEMPTS}
    if unknown := sorted(set(given.names) - known):
        parser.error(f"no attempt is called {', '.join(unknown)}; --list names them")
    if not given.list and not (given.data or "").startswith("hmog="):
        parser.error("say where the recordings are: --data hmog=DIR")
    return given


def main():
    given = arguments()
    chosen = [a for a in ATTEMPTS if a.name in given.names or not given.names]
    if given.list:
        print("\n".join(f"{a.name:16} {a.what}" for a in chosen))
        return
    laboratory, rows = Laboratory(hmog.read(given.data.removeprefix("hmog="))), []
    for attempt in chosen:
        rows.append(laboratory.run(attempt))
        figures = " ".join(f"{error} {rows[-1][error]:.3f}" for error in ERRORS)
        print(f"{attempt.name:16} {figures}", flush=True)
    if given.csv:
        with open(given.csv, "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS)
            writer.writeheader()
            writer.writerows(rows)
    if given.markdown:
        with open(given.markdown, "w", encoding="utf-8") as file:
            file.write("\n".join(markdown(rows)) + "\n")


if __name__ == "__main__":
    main()
