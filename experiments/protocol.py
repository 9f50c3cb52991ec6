"""Who is owner, impostor and cohort, and what the error rates are."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, permutations

import numpy as np

FOLDS = [("100669", "171538", "201848"), ("151985", "180679", "218719")]
PEOPLE = FOLDS[0] + FOLDS[1]
FUSED = 6

# (owner, impostors, cohort). A development split stays within one fold: of the fold that is
# tested, nobody takes part in what is chosen on the other.
TEST = [(owner, tuple(p for p in fold if p != owner), other)
        for fold, other in (FOLDS, FOLDS[::-1]) for owner in fold]
DEV = [(owner, (impostor,), (cohort,))
       for fold in FOLDS for owner, impostor, cohort in permutations(fold)]


def cohorts_of(size):
    """Every split of the six with one owner, one impostor and a cohort of that size"""
    return [(owner, (impostor,), cohort) for owner, impostor in permutations(PEOPLE, 2)
            for cohort in combinations([p for p in PEOPLE if p not in (owner, impostor)], size)]


@dataclass(frozen=True)
class Table:
    """Features [n, d] with whose they are; row is the window that each was made from."""

    features: np.ndarray
    person: np.ndarray
    session: np.ndarray
    walking: np.ndarray
    row: np.ndarray

    def take(self, rows):
        return Table(*(column[rows] for column in vars(self).values()))

    def of(self, people):
        return self.take(np.isin(self.person, people))

    def made_from(self, rows):
        return self.take(np.isin(self.row, rows))

    def classes(self):
        """A name for each person sitting or walking"""
        return np.char.add(self.person, np.where(self.walking, " walking", " sitting"))


def join(tables):
    return Table(*(np.concatenate(column) for column in zip(*(vars(t).values() for t in tables))))


@dataclass(frozen=True)
class Figures:
    """Equal error rates of one owner, and the share of score variance between sessions"""

    owner: str
    window: float
    fused: float
    walking: float
    sitting: float
    rho: float


def evaluate(head, cohort, wearers, splits, enrolment=120, pooled=False):
    """Figures of every split.

    cohort and wearers are each (windows, tables made from them): what the head is fitted on,
    and what owners and impostors give. They differ where a handset is changed at test time.
    30 s are the mean of six windows' scores or, pooled, the score of their mean.
    """
    @lru_cache(maxsize=None)
    def fitted(people):
        base, made = cohort
        base = base.of(people)
        return head(join([base] + [table.made_from(base.row) for table in made]))

    return [_owner(fitted(people), wearers, owner, impostors, enrolment, pooled)
            for owner, impostors, people in splits]


def _owner(enrol, wearers, owner, impostors, enrolment, pooled):
    base, made = wearers
    own, strangers = base.of([owner]), base.of(impostors)
    early, enrolled = enrolment_rows(own, enrolment)
    enrolled = own.take(enrolled)
    # Copies of the owner are made on the phone; stand-ins come with the cohort.
    repeated = [t.made_from(enrolled.row) for t in made if np.isin(t.person, PEOPLE).all()]
    score = enrol(join([enrolled] + repeated))
    later = own.take(own.session >= early)
    genuine, impostor = score(later.features), score(strangers.features)

    def half_minutes(table):
        return score(fuse(table.features, table), FUSED) if pooled \
            else fuse(score(table.features), table)

    def doing(walking):
        return eer(genuine[later.walking == walking], impostor[strangers.walking == walking])
    return Figures(owner, eer(genuine, impostor),
                   eer(half_minutes(later), half_minutes(strangers)),
                   doing(True), doing(False), session_correlation(genuine, later.session))


def enrolment_rows(own, count):
    """(first session of the test, rows): windows spread evenly over the earlier half"""
    early = int(np.ceil((own.session.max() + 1) / 2))
    rows, left = [], count
    for session in range(early):
        these = np.where(own.session == session)[0]
        share = min(len(these), round(left / (early - session)))
        rows.append(these[np.linspace(0, len(these) - 1, share).round().astype(int)])
        left -= share
    return early, np.concatenate(rows)


def eer(genuine, impostor):
    """Where false rejections equal false acceptances, between thresholds by a straight line"""
    scores = np.r_[genuine, impostor]
    order = np.argsort(scores, kind="stable")
    scores, own = scores[order], (np.arange(len(scores)) < len(genuine))[order]
    rejected = np.r_[0, np.cumsum(own) / len(genuine)]
    accepted = 1 - np.r_[0, np.cumsum(~own) / len(impostor)]
    distinct = np.r_[True, scores[1:] != scores[:-1], True]
    rejected, accepted = rejected[distinct], accepted[distinct]
    crossing = np.argmax(rejected >= accepted)
    before = accepted[crossing - 1] - rejected[crossing - 1]
    after = rejected[crossing] - accepted[crossing]
    part = before / (before + after)
    return float(rejected[crossing - 1] + part * (rejected[crossing] - rejected[crossing - 1]))


def fuse(rows, table):
    """Means of 30 s: six consecutive windows of a session, each with a score or features"""
    means = []
    for person, session in sorted(set(zip(table.person, table.session))):
        these = rows[(table.person == person) & (table.session == session)]
        whole = len(these) // FUSED * FUSED
        means.append(these[:whole].reshape(-1, FUSED, *rows.shape[1:]).mean(1))
    return np.concatenate(means)


def session_correlation(scores, session):
    """ρ: 0 where windows are independent, 1 where a session's windows all say the same"""
    groups = [scores[session == s] for s in np.unique(session)]
    within = np.mean([g.var(ddof=1) for g in groups])
    between = np.var([g.mean() for g in groups], ddof=1)
    return float(between / (between + within))
