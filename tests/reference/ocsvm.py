"""Writes tests/golden/ocsvm.json: what scikit-learn's OneClassSVM gives for a
table of cases. Needs numpy and scikit-learn; the versions used are recorded in
the file.

    python3 tests/reference/ocsvm.py > tests/golden/ocsvm.json

The inputs are not stored. Both sides draw them from the same 64-bit linear
congruential generator, in numbers that f32 holds exactly; see
tests/ocsvm/recipe.rs for the other side.
"""

import json

import numpy
import sklearn
from sklearn.svm import OneClassSVM

TOLERANCE = 1e-8
QUERIES = 6
MASK = (1 << 64) - 1


def draw(seed, rows, columns, exponent):
    """Rows of sums of four uniform numbers, times 2 ** exponent."""
    state = seed
    values = []
    for _ in range(rows * columns):
        total = 0
        for _ in range(4):
            state = (state * 6364136223846793005 + 1442695040888963407) & MASK
            total += state >> 44
        values.append((total / (1 << 20) - 2.0) * 2.0**exponent)
    return numpy.array(values, dtype=numpy.float64).reshape(rows, columns)


def case(name, rows, columns, nu, gamma, exponent=0, distinct=None):
    """Row r repeats row r mod `distinct`; the queries are the first
    row, the last, and what the generator draws after it."""
    seed = 1000 * rows + columns
    drawn = draw(seed, rows + QUERIES, columns, exponent)
    drawn[:rows] = drawn[numpy.arange(rows) % (distinct or rows)]
    train = drawn[:rows]
    queries = numpy.vstack([train[:1], train[-1:], drawn[rows:]])
    model = OneClassSVM(
        kernel="rbf", nu=nu, gamma=gamma, tol=TOLERANCE, shrinking=False, cache_size=500
    ).fit(train)
    return {
        "name": name,
        "seed": seed,
        "rows": rows,
        "columns": columns,
        "distinct": distinct or rows,
        "exponent": exponent,
        "nu": nu,
        "gamma": gamma,
        "rho": float(model.offset_[0]),
        "support": model.support_.tolist(),
        "decision": model.decision_function(queries).tolist(),
    }


# scikit-learn adds ν up row by row, and where ν·n should be whole the rounding
# can leave 1e-15 of α to one more row, a support vector in name only. So ν·n is
# either exact here or clearly not whole.
CASES = [
    case("recipe, 2048 numbers", 60, 2048, 0.0797, 3.699, exponent=-5),
    case("recipe, 64 numbers", 150, 64, 0.0797, 3.699, exponent=-3),
    case("one number", 120, 1, 0.11, 0.5),
    case("nu n whole", 100, 2, 0.25, 1.0),
    case("duplicates", 90, 3, 0.25, 0.8, distinct=10),
    case("duplicates of 2048", 40, 2048, 0.31, 0.004, distinct=7),
    case("all the same", 20, 4, 0.31, 2.0, distinct=1),
    case("tiny gamma", 80, 16, 0.11, 1e-6),
    case("tiny gamma and duplicates", 60, 2, 0.41, 1e-4, distinct=30),
    case("small gamma, far rows", 80, 64, 0.11, 1e-5, exponent=6),
    case("huge gamma", 50, 8, 0.15, 1e3),
    case("gamma at its cap", 50, 8, 0.15, 1e6),
    case("gamma at its cap, near rows", 50, 8, 0.15, 1e6, exponent=-10),
    case("huge gamma and duplicates", 48, 5, 0.2, 1e3, distinct=12),
    case("nu near 0", 100, 4, 1e-4, 0.5),
    case("nu n just over 1", 100, 4, 0.0101, 0.5),
    case("nu near 1", 100, 4, 0.9999, 0.5),
    case("nu 0.99, 2048 numbers", 30, 2048, 0.99, 0.002),
    case("one row", 1, 6, 0.5, 0.3),
    case("one row, nu near 1", 1, 6, 0.999, 0.3),
    case("two rows", 2, 3, 0.5, 0.7),
    case("two equal rows", 2, 3, 0.6, 0.7, distinct=1),
    case("rows far apart", 70, 16, 0.0797, 0.001, exponent=5),
    case("many rows", 400, 8, 0.0797, 0.3),
]

print("{")
print(f'"made_by": "scikit-learn {sklearn.__version__}, numpy {numpy.__version__}",')
print(f'"tolerance": {TOLERANCE},')
print('"cases": [')
print(",\n".join(map(json.dumps, CASES)))
print("]}")
