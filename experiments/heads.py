"""Scores of a window: how much more it looks like the owner than like anyone else.

A head is fitted on the cohort, then on the owner's enrolment, and then scores features
[n, d]; higher is more like the owner.
"""

from dataclasses import replace

import numpy as np
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.svm import OneClassSVM


def standardised(cohort):
    mean, spread = cohort.features.mean(0), cohort.features.std(0) + 1e-6
    return lambda features: (features - mean) / spread


def wccn(cohort, ridge=0.1):
    """Standardised, then whitened by how a person differs from session to session (WCCN)"""
    scale = standardised(cohort)
    between = between_sessions(scale(cohort.features), cohort)
    whiten = np.linalg.cholesky(np.linalg.inv((1 - ridge) * between + _ridge(between, ridge)))
    return lambda features: scale(features) @ whiten


def pca(dimensions):
    """Standardised, then the directions of most variance"""
    def project(cohort):
        scale = standardised(cohort)
        points = scale(cohort.features)
        _, vectors = np.linalg.eigh(points.T @ points / len(points))
        return lambda features: scale(features) @ vectors[:, ::-1][:, :dimensions]
    return project


def one_class(space=standardised):
    """A one-class SVM on the owner's windows alone: nothing of other people but the space"""
    def fit(cohort):
        place = space(cohort)

        def enrol(owner):
            points = place(owner.features)
            svm = OneClassSVM(nu=0.08, gamma=1 / (points.shape[1] * points.var())).fit(points)
            return lambda features: svm.decision_function(place(features))
        return enrol
    return fit


def logistic(space=standardised):
    """Logistic regression of the owner against the cohort"""
    def fit(cohort):
        place = space(cohort)
        width = cohort.features.shape[1]
        others = _some(place(cohort.features), 2000) / np.sqrt(width)

        def enrol(owner):
            points = place(owner.features) / np.sqrt(width)
            model = LogisticRegression(C=0.01 * width, class_weight="balanced", max_iter=500)
            model.fit(np.r_[points, others], np.r_[np.ones(len(points)), np.zeros(len(others))])
            return lambda features: model.decision_function(place(features) / np.sqrt(width))
        return enrol
    return fit


def neighbours(space=wccn, k=3):
    """Log ratio of the mean distances to the k nearest of the cohort and of the owner"""
    def fit(cohort):
        place = space(cohort)
        others = _some(place(cohort.features), 2000)

        def enrol(owner):
            own = place(owner.features)

            def score(features):
                points = place(features)
                return np.log(_nearest(points, others, k)) - np.log(_nearest(points, own, k))
            return score
        return enrol
    return fit


def trees(cohort):
    """Extremely randomised trees, both sides of the same weight"""
    place = standardised(cohort)
    others = _some(place(cohort.features), 3000)

    def enrol(owner):
        points = place(owner.features)
        sides = np.r_[np.ones(len(points)), np.zeros(len(others))]
        weights = np.r_[np.full(len(points), 1 / len(points)), np.full(len(others), 1 / len(others))]
        model = ExtraTreesClassifier(300, min_samples_leaf=3, random_state=0)
        model.fit(np.r_[points, others], sides, sample_weight=weights * len(others))

        def score(features):
            share = model.predict_proba(place(features))[:, 1]
            return np.log((share + 0.01) / (1.01 - share))
        return score
    return enrol


def lda(own=0.2, ridge=0.1, sessions=0.5):
    """The direction from the cohort's mean to the owner's, sessions counted as noise"""
    def fit(cohort):
        place = standardised(cohort)
        points = place(cohort.features)
        weights = _equal_weights(cohort)
        mean = weights @ points
        scatter = _scatter(points - mean, weights)
        between = between_sessions(points, cohort)

        def enrol(owner):
            own_points = place(owner.features)
            shared = _shared(own_points, scatter, between, own, ridge, sessions)
            direction = np.linalg.solve(shared, own_points.mean(0) - mean)
            return lambda features: place(features) @ direction
        return enrol
    return fit


def one_template(owner):
    """The owner is one Gaussian"""
    return np.zeros(len(owner.person))


def by_context(owner):
    """One sitting, one walking, as if it were known"""
    return owner.walking


def by_session(owner):
    """One for each session of the enrolment"""
    return owner.session


def mda(own=0.1, ridge=0.03, sessions=0.5, space=standardised, temper=0.5, moved=False,
        templates=one_template):
    """Log likelihood ratio of one Gaussian, the owner, to one for each person sitting or walking

    All share a covariance: Hastie and Tibshirani's mixture discriminant with given classes.
    temper says how independent the features of one window are taken to be. Where moved, the
    cohort stands a second time, as far from the owner as it was from its own middle.
    """
    def fit(cohort):
        place = space(cohort)
        points = place(cohort.features)
        classes = cohort.classes()
        means = np.array([points[classes == k].mean(0) for k in np.unique(classes)])
        centred = points - means[np.unique(classes, return_inverse=True)[1]]
        scatter = _scatter(centred, _equal_weights(cohort))
        between = between_sessions(points, cohort)

        def enrol(owner):
            own_points = place(owner.features)
            label = templates(owner)
            own_means = np.array([own_points[label == k].mean(0) for k in np.unique(label)])
            others = means
            if moved:
                others = np.r_[means, means - means.mean(0) + own_points.mean(0)]

            def score(features, windows=1):
                """Of windows, or of means of so many that follow each other"""
                shared = _shared(own_points, scatter, between, own, ridge, sessions, windows)
                whiten = np.linalg.cholesky(np.linalg.inv(shared))
                whitened = place(features) @ whiten
                own_fit, other_fits = (_log_mean_exp(temper * _fit(whitened, m @ whiten))
                                       for m in (own_means, others))
                return own_fit - other_fits
            return score
        return enrol
    return fit


def one_class_less_cohort(columns_gamma=8, nu=0.0797, ridge=0.01, sessions=0.15, near=1e-3,
                          windows=50):
    """ln of how much closer to the owner's one-class SVM than to those of the cohort's people

    All in the space whitened by the cohort's covariances. Closeness is the kernel sum over
    that at the boundary. What is close to nobody is rejected: closeness to the cohort counts
    as at least near times the smallest of any of its people without their own.
    """
    def fit(cohort):
        place = standardised(cohort)
        points = place(cohort.features)
        classes = np.unique(cohort.classes(), return_inverse=True)[1]
        means = np.array([points[classes == k].mean(0) for k in range(classes.max() + 1)])
        scatter = _scatter(points - means[classes], _equal_weights(cohort))
        shared = scatter + sessions * between_sessions(points, cohort)
        whiten = np.linalg.cholesky(np.linalg.inv(shared + _ridge(shared, ridge)))
        gamma = columns_gamma / points.shape[1]
        recorded = {person: points[rows] @ whiten for person, rows in _recorded(cohort, windows).items()}
        svms = {person: OneClassSVM(nu=nu, gamma=gamma).fit(own) for person, own in recorded.items()}

        def to_cohort(whitened, without=None):
            return np.mean([_closeness(svm, whitened) for person, svm in svms.items()
                            if person != without], 0)
        floor = near * min(to_cohort(own, person).min() for person, own in recorded.items())

        def enrol(owner):
            svm = OneClassSVM(nu=nu, gamma=gamma).fit(place(owner.features) @ whiten)

            def score(features):
                whitened = place(features) @ whiten
                return (np.log(_closeness(svm, whitened) + 1e-300)
                        - np.log(to_cohort(whitened) + floor))
            return score
        return enrol
    return fit


def _recorded(cohort, most):
    """Rows of each real person's windows as recorded, at most so many, evenly spread"""
    first = np.unique(cohort.row, return_index=True)[1]
    rows = {}
    for person in np.unique(cohort.person[first]):
        own = first[cohort.person[first] == person]
        rows[person] = own[np.linspace(0, len(own) - 1, min(most, len(own))).round().astype(int)]
    return rows


def _closeness(svm, points):
    kernel = np.exp(-svm.gamma * _squares(points, svm.support_vectors_))
    return kernel @ svm.dual_coef_[0] / svm.offset_[0]


def mean_of(*parts):
    """The mean of several heads' scores, each of which sees some of the columns only

    parts are (head, columns). A score is put in units of how the cohort's scores spread.
    """
    def seen(table, columns):
        return replace(table, features=table.features[:, columns])

    def fit(cohort):
        fitted = [(head(seen(cohort, columns)), columns) for head, columns in parts]
        some = cohort.features[::7]

        def enrol(owner):
            scores = []
            for enrolled, columns in fitted:
                score = enrolled(seen(owner, columns))
                of_cohort = score(some[:, columns])
                scores.append((score, columns, of_cohort.mean(), of_cohort.std()))
            return lambda features: np.mean([(score(features[:, columns]) - mean) / spread
                                             for score, columns, mean, spread in scores], 0)
        return enrol
    return fit


def between_sessions(points, table):
    """Covariance of session means about their person's mean"""
    total, freedom = 0, 0
    for person in np.unique(table.person):
        mine = table.person == person
        means = np.array([points[mine & (table.session == s)].mean(0)
                          for s in np.unique(table.session[mine])])
        means -= means.mean(0)
        total, freedom = total + means.T @ means, freedom + len(means) - 1
    return total / freedom


def _equal_weights(table):
    """Each person counts the same sitting and walking, however long either was recorded"""
    _, inverse, count = np.unique(table.classes(), return_inverse=True, return_counts=True)
    return 1 / (count[inverse] * len(count))


def _scatter(centred, weights):
    return centred.T @ (centred * weights[:, None])


def _shared(own_points, scatter, between, own, ridge, sessions, windows=1):
    covariance = np.cov(own_points.T, bias=True)
    shared = (own * covariance + (1 - own) * scatter) / windows + sessions * between
    return shared + _ridge(shared, ridge)


def _ridge(covariance, ridge):
    return ridge * np.trace(covariance) / len(covariance) * np.eye(len(covariance))


def _some(points, most):
    """At most so many rows, drawn by a fixed seed"""
    if len(points) <= most:
        return points
    return points[np.random.default_rng(0).permutation(len(points))[:most]]


def _squares(points, centres):
    return (points ** 2).sum(1)[:, None] + (centres ** 2).sum(1) - 2 * points @ centres.T


def _nearest(points, references, k):
    distances = np.sort(_squares(points, references), 1)[:, :k].mean(1)
    return np.sqrt(np.maximum(distances, 1e-9))


def _fit(points, means):
    return -0.5 * _squares(points, means)


def _log_mean_exp(values):
    most = values.max(1, keepdims=True)
    return (most + np.log(np.exp(values - most).mean(1, keepdims=True)))[:, 0]
