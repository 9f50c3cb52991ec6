"""Writes trainer/tests/golden/project.json: principal components and t-SNE by
scikit-learn. Needs numpy and scikit-learn; the versions used are recorded in
the file.

    python3 tests/reference/project.py > trainer/tests/golden/project.json

The rows are four clouds of different widths that overlap. The map of another
t-SNE cannot be the same, but it should not be worse.
"""

import json

import numpy
import sklearn
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness

ROWS, COLUMNS, PERPLEXITY, NEAREST = 120, 16, 20, 10

random = numpy.random.default_rng(1)
centres = random.normal(size=(4, COLUMNS)) * 1.2
kinds = numpy.arange(ROWS) % 4
rows = centres[kinds] + random.normal(size=(ROWS, COLUMNS)) * (0.5 + 0.3 * kinds[:, None])
rows = rows.round(3).astype(numpy.float32)

pca = PCA(n_components=2, svd_solver="full")
points = pca.fit_transform(rows.astype(numpy.float64))
tsne = TSNE(perplexity=PERPLEXITY, method="exact", init="pca", random_state=0)
map = tsne.fit_transform(rows)


def trust(points):
    return float(trustworthiness(rows, points, n_neighbors=NEAREST))


print(
    json.dumps(
        {
            "made_by": f"scikit-learn {sklearn.__version__}, numpy {numpy.__version__}",
            "rows": [[round(float(x), 3) for x in row] for row in rows],
            "pca": points.round(9).tolist(),
            "explained": pca.explained_variance_ratio_.tolist(),
            "perplexity": PERPLEXITY,
            "divergence": float(tsne.kl_divergence_),
            "nearest": NEAREST,
            "trustworthiness": trust(map),
            "trustworthiness_of_first_two_columns": trust(rows[:, :2]),
        }
    )
)
