"""The attempts, in the order in which they were thought of."""

from dataclasses import dataclass, replace
from typing import Callable

import numpy as np

from contrastive import Training, learnt
from heads import (by_context, by_session, lda, logistic, mda, mean_of, neighbours, one_class,
                   one_class_less_cohort, pca, trees, wccn)
from protocol import DEV, TEST, cohorts_of


@dataclass(frozen=True)
class Attempt:
    """What is tried: features of a window, a head, and what is added to the recordings."""

    name: str
    what: str
    features: tuple
    head: Callable
    stand_ins: str = ""
    copies: bool = False
    enrolment: int = 120
    world: str = "as recorded"
    splits: tuple = tuple(TEST)
    dev: tuple = tuple(DEV)
    shuffled: bool = False
    pooled: bool = False
    noise: bool = False
    own_copies: bool = True


BOTH = ("spectrum", "correlations")
MANY = ("resolutions", "correlations")
FINAL = Attempt("final", "MDA on axes (183 features), soft stand-ins, copies",
                ("axes", "correlations"), mda(), "soft", True)


MOVED = replace(FINAL, name="moved", what="tempered, the cohort a second time around the owner",
                head=mda(temper=0.2, moved=True))


def _final(name, what, **changed):
    return replace(FINAL, name=name, what=what, **{"dev": (), **changed})


def _pairs(name, what, **changed):
    """Leave-pair-out: an owner and an impostor of the six, the other four the cohort"""
    # The phone makes no copies of its owner.
    return _final(f"pairs-{name}", what, splits=tuple(cohorts_of(4)), own_copies=False, **changed)


ALL = slice(None)
S_STAR = mda(own=0.2, ridge=0.01, sessions=0.15, temper=0.5, templates=by_session)
BOTH_HEADS = mean_of((S_STAR, ALL), (one_class_less_cohort(), ALL))
# Columns of each kind of features.
WIDTHS = {"axes": 168, "correlations": 15, "coherence": 150, "resolutions": 612}


def _fused(name, what, *groups):
    """The mean of one tempered MDA on each group of features"""
    names = tuple(dict.fromkeys(feature for group in groups for feature in group))
    ends = np.cumsum([WIDTHS[feature] for feature in names])
    columns = {feature: np.arange(end - WIDTHS[feature], end) for feature, end in zip(names, ends)}
    parts = [(mda(temper=0.2), np.concatenate([columns[feature] for feature in group]))
             for group in groups]
    return _final(name, what, head=mean_of(*parts), features=names, dev=tuple(DEV))


def _contrastive(name, what, **changed):
    return _final(name, what, own_copies=False, **changed)


def _contrastive_pairs(name, what, **changed):
    return replace(_pairs("", what, **changed), name=name)


def _cohort(size):
    return Attempt(f"cohort-{size}", f"LDA, cohort of {size}, every split of the six", BOTH, lda(),
                   splits=tuple(cohorts_of(size)), dev=())


ATTEMPTS = [
    Attempt("one-class", "one-class SVM on the spectrum", ("spectrum",), one_class()),
    Attempt("one-class-corr", "one-class SVM, correlations added", BOTH, one_class()),
    Attempt("logistic", "logistic regression against the cohort, spectrum", ("spectrum",), logistic()),
    Attempt("logistic-corr", "logistic regression, correlations added", BOTH, logistic()),
    Attempt("logistic-wccn", "logistic regression after WCCN", BOTH, logistic(wccn)),
    Attempt("neighbours", "ratio of the 3 nearest after WCCN", BOTH, neighbours()),
    Attempt("one-class-wccn", "one-class SVM after WCCN", BOTH, one_class(wccn)),
    Attempt("with-gravity", "logistic regression after WCCN, gravity added", BOTH + ("gravity",),
            logistic(wccn)),
    Attempt("trees", "extremely randomised trees", BOTH, trees),
    Attempt("lda", "LDA, sessions counted as noise", BOTH, lda()),
    Attempt("magnitudes", "LDA on the spectrum of lengths alone", ("magnitudes",), lda()),
    Attempt("to-12-hz", "LDA, spectrum to 12 Hz", ("spectrum to 12 Hz", "correlations"), lda()),
    Attempt("to-25-hz", "LDA, spectrum to 25 Hz", ("spectrum to 25 Hz", "correlations"), lda()),
    Attempt("mda", "MDA: a Gaussian for each person sitting or walking", BOTH, mda(0.2, 0.1)),
    Attempt("resolutions", "MDA on four resolutions", MANY, mda(0.2, 0.1)),
    Attempt("stand-ins", "MDA on four resolutions, soft stand-ins, copies", MANY, mda(0.2, 0.1),
            "soft", True),
    Attempt("turned-only", "the same, stand-ins only turned and mirrored", MANY, mda(0.2, 0.1),
            "turned", True),
    Attempt("pca-64", "stand-ins, projected by PCA to 64", MANY, mda(0.2, 0.1, space=pca(64)),
            "soft", True),
    Attempt("pca-128", "stand-ins, projected by PCA to 128", MANY, mda(0.2, 0.1, space=pca(128)),
            "soft", True),
    FINAL,
    _final("no-stand-ins", "final without stand-ins", stand_ins=""),
    _final("no-copies", "final without copies", copies=False),
    _final("neither", "final without either", stand_ins="", copies=False),
    _final("pooled", "final, 30 s scored by the mean of its features", pooled=True, dev=tuple(DEV)),
    _final("tempered", "final, likelihoods to the power of 0.2 for 0.5", head=mda(temper=0.2),
           dev=tuple(DEV)),
    _final("by-context", "tempered, the owner one Gaussian sitting and one walking, as if known",
           head=mda(temper=0.2, templates=by_context), dev=tuple(DEV)),
    _final("by-session", "tempered, the owner one Gaussian a session",
           head=mda(temper=0.2, templates=by_session), dev=tuple(DEV)),
    _final("coherence", "tempered, correlations band by band and their phase added",
           head=mda(temper=0.2), features=("axes", "correlations", "coherence"), dev=tuple(DEV)),
    MOVED,
    _fused("fused-fast", "mean of two tempered: on axes, on four resolutions",
           ("axes", "correlations"), ("resolutions", "correlations")),
    _fused("fused-coherence", "mean of two tempered: on axes, on coherence",
           ("axes", "correlations"), ("coherence", "correlations")),
    _final("handset", "final, another handset each session", world="another handset"),
    _final("noisy", "final, another handset and white noise", world="another handset, noise"),
    _final("enrol-36", "final, enrolled on 3 min", enrolment=36),
    _final("enrol-60", "final, enrolled on 5 min", enrolment=60),
    _final("enrol-240", "final, enrolled on 20 min", enrolment=240),
    *(_cohort(size) for size in (1, 2, 3, 4)),
    _pairs("final", "final, every ordered pair of the six against the other four"),
    _pairs("by-session", "the same, a template a session", head=mda(templates=by_session)),
    _pairs("own", "the same, own .2 and ridge .01", head=mda(0.2, 0.01, templates=by_session)),
    _pairs("S*", "the same, sessions .15: S*", head=S_STAR),
    _pairs("S*-noisy", "S*, a cheap sensor's noise for owner and impostor", head=S_STAR,
           world="noise"),
    _pairs("noise", "S*, windows and stand-ins of the cohort with noise too", head=S_STAR,
           noise=True),
    _pairs("noise-noisy", "the same, a cheap sensor's noise for owner and impostor", head=S_STAR,
           noise=True, world="noise"),
    _pairs("one-class", "one-class SVM alone", head=one_class()),
    *(_pairs(f"less-cohort-{g}", f"one-class SVM less the cohort's, γ {g} over columns",
             head=one_class_less_cohort(g), noise=True) for g in (1, 4, 8, 16)),
    _pairs("mean", "mean of S* and the SVM less the cohort's (as shipped)", head=BOTH_HEADS,
           noise=True),
    _pairs("mean-noisy", "the same, a cheap sensor's noise for owner and impostor",
           head=BOTH_HEADS, noise=True, world="noise"),
    *(_final(f"back-end-{name}", what, head=head, noise=True, own_copies=False, world=world)
      for name, what, head, world in (
        ("S*", "S* on the folds, cohort with noise", S_STAR, "as recorded"),
        ("mean", "mean with the SVM on the folds, cohort with noise", BOTH_HEADS, "as recorded"),
        ("noisy", "the same, a cheap sensor's noise for owner and impostors", BOTH_HEADS, "noise"))),
    *(attempt(f"{where}contrastive-{name}", f"S* in the space of {what}", head=head, noise=True)
      for where, attempt in (("", _contrastive), ("pairs-", _contrastive_pairs))
      for name, what, head in (
        ("three", "three networks", learnt(S_STAR)),
        ("short", "three networks of 100 steps", learnt(S_STAR, Training(steps=100))),
        ("one", "one network", learnt(S_STAR, Training(networks=1))),
        ("wide", "a wider one of 100 steps", learnt(S_STAR, Training(512, 256, 1, 100))),
        ("beside", "three networks beside the features", learnt(S_STAR, keep=True)))),
    Attempt("gravity", "control: direction of gravity alone, MDA", ("gravity",), mda(), dev=()),
    Attempt("means", "control: channel means alone, LDA", ("means",), lda(0.1, 0.03), dev=()),
    _final("shuffled", "control: windows dealt to people by lot, LDA", stand_ins="", copies=False,
           head=lda(0.1, 0.03), shuffled=True),
]
