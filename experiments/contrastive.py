"""A small network on whitened features, trained so that a person's windows of other sessions
are near and other people's far: supervised contrastive loss (Khosla et al. 2020)."""

from dataclasses import dataclass, replace

import numpy as np

from heads import between_sessions, standardised, _equal_weights, _ridge, _scatter


@dataclass(frozen=True)
class Training:
    """Constants of it"""

    hidden: int = 128
    outputs: int = 64
    networks: int = 3
    steps: int = 300
    people: int = 16
    each: int = 16
    rate: float = 1e-3
    decay: float = 1e-3
    temperature: float = 0.1
    sessions: float = 0.15


def learnt(head, training=Training(), keep=False):
    """The head, in the space of networks trained on the cohort; keep adds what they are fed"""
    def fit(cohort):
        whiten = _whitening(cohort, training.sessions)
        points = whiten(cohort.features)
        networks = [_train(points, cohort, training, seed) for seed in range(training.networks)]

        def place(table):
            fed = whiten(table.features)
            seen = [_normal(_through(network, fed)[1])[0] for network in networks]
            return replace(table, features=np.concatenate(seen + [fed] * keep, 1))
        enrol = head(place(cohort))

        def enrolled(owner):
            score = enrol(place(owner))
            return lambda features: score(place(replace(owner, features=features)).features)
        return enrolled
    return fit


def _whitening(cohort, sessions):
    scale = standardised(cohort)
    points = scale(cohort.features)
    classes = np.unique(cohort.classes(), return_inverse=True)[1]
    means = np.array([points[classes == k].mean(0) for k in range(classes.max() + 1)])
    shared = _scatter(points - means[classes], _equal_weights(cohort))
    shared = shared + sessions * between_sessions(points, cohort)
    whiten = np.linalg.cholesky(np.linalg.inv(shared + _ridge(shared, 0.01)))
    return lambda features: (scale(features) @ whiten).astype(np.float32)


def _through(network, points):
    (w1, b1), (w2, b2) = network
    hidden = np.maximum(points @ w1 + b1, 0)
    return hidden, hidden @ w2 + b2


def _normal(values):
    length = np.sqrt((values ** 2).sum(1, keepdims=True)) + 1e-6
    return values / length, length


def _train(points, cohort, training, seed):
    random = np.random.default_rng(seed)

    def layer(inputs, outputs):
        return [random.normal(0, np.sqrt(2 / inputs), (inputs, outputs)).astype(np.float32),
                np.zeros(outputs, np.float32)]
    network = [layer(points.shape[1], training.hidden), layer(training.hidden, training.outputs)]
    moments = [[[np.zeros_like(p), np.zeros_like(p)] for p in part] for part in network]
    people = np.unique(cohort.person)
    rows = {p: [np.where((cohort.person == p) & (cohort.session == s))[0]
                for s in np.unique(cohort.session[cohort.person == p])] for p in people}
    for step in range(1, training.steps + 1):
        chosen = random.permutation(people)[:training.people]
        batch, label = [], []
        for k, person in enumerate(chosen):
            for s in random.integers(len(rows[person]), size=training.each):
                batch.append(random.choice(rows[person][s]))
                label.append(k)
        label = np.array(label)
        gradients = _gradients(network, points[batch], label, training.temperature)
        rate = training.rate * 0.5 * (1 + np.cos(np.pi * step / training.steps))
        for part, moment, gradient in zip(network, moments, gradients):
            for i in range(2):
                first, second = moment[i]
                first += 0.1 * (gradient[i] - first)
                second += 0.001 * (gradient[i] ** 2 - second)
                update = (first / (1 - 0.9 ** step)) / (np.sqrt(second / (1 - 0.999 ** step)) + 1e-8)
                part[i] -= rate * (update + (training.decay * part[i] if i == 0 else 0))
    return network


def _gradients(network, fed, label, temperature):
    hidden, out = _through(network, fed)
    z, length = _normal(out)
    n = len(z)
    likeness = z @ z.T / temperature
    np.fill_diagonal(likeness, -np.inf)
    likeness -= likeness.max(1, keepdims=True)
    share = np.exp(likeness)
    share /= share.sum(1, keepdims=True)
    same = (label[:, None] == label) & ~np.eye(n, dtype=bool)
    wanted = same / same.sum(1, keepdims=True)
    slope = (share - wanted) / n / temperature
    dz = (slope + slope.T) @ z
    dout = (dz - z * (dz * z).sum(1, keepdims=True)) / length
    (_, _), (w2, _) = network
    dhidden = (dout @ w2.T) * (hidden > 0)
    return [(fed.T @ dhidden, dhidden.sum(0)), (hidden.T @ dout, dout.sum(0))]
