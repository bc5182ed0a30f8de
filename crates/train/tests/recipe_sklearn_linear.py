"""Makes tests/fixtures/sklearn_linear.json: coefficients of scikit-learn's linear models on generated rows.

    python recipe_sklearn_linear.py > fixtures/sklearn_linear.json

The rows come from a 64-bit linear congruential generator (Knuth's MMIX constants), so that the Rust side
(tests/suite/scikit_learn.rs) computes the same ones bit by bit and no data have to be kept. Made with
scikit-learn 1.9.1, numpy 2.4.6.
"""

import json
import sys

import numpy as np
from sklearn.linear_model import LogisticRegression, Ridge


class Lcg:
    def __init__(self, seed):
        self.state = seed

    def uniform(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 11) / 2**53


def rows(seed, n_rows, n_cols, density):
    """Features on scales 1, 10, 100, 1 … around centres 0, 5, 10, …; a cell is 0 with probability 1 - density."""
    lcg = Lcg(seed)
    x = []
    for _ in range(n_rows):
        row = []
        for j in range(n_cols):
            kept = lcg.uniform() < density
            u = lcg.uniform()
            value = (u - 0.5) * 10.0 ** (j % 3) + (5.0 * (j % 4) if density == 1.0 else 0.0)
            row.append(value if kept else 0.0)
        x.append(row)
    return x, lcg


def scores(x):
    """A score per row: features over their scale, with slopes 1, -1/2, 1/3, …, summed in order."""
    out = []
    for row in x:
        s = 0.0
        for j, value in enumerate(row[:8]):
            s += value / 10.0 ** (j % 3) * (1.0 if j % 2 == 0 else -1.0) / (j + 1)
        out.append(s)
    return out


def data(seed, n_rows, n_cols, n_classes, density):
    x, lcg = rows(seed, n_rows, n_cols, density)
    noisy = [s + lcg.uniform() - 0.5 for s in scores(x)]
    weights = [0.25 + float(int(lcg.uniform() * 4.0)) for _ in range(n_rows)]
    if n_classes == 0:
        return np.array(x), np.array([100.0 + 10.0 * s for s in noisy]), np.array(weights)
    order = sorted(range(n_rows), key=lambda i: noisy[i])
    y = [0] * n_rows
    for rank, i in enumerate(order):
        y[i] = rank * n_classes // n_rows
    return np.array(x), np.array(y), np.array(weights)


CASES = [
    # name, n_rows, n_cols, n_classes (0: regression), strength (C or alpha), intercept, weighted, density
    ("logistic", 300, 6, 2, 1.0, True, False, 1.0),
    ("logistic, weighted", 300, 6, 2, 1.0, True, True, 1.0),
    ("logistic, no intercept", 300, 6, 2, 1.0, False, False, 1.0),
    ("logistic, strong penalty", 300, 6, 2, 0.01, True, False, 1.0),
    ("logistic, weak penalty", 300, 6, 2, 1000.0, True, False, 1.0),
    ("softmax", 400, 5, 4, 1.0, True, False, 1.0),
    ("softmax, weighted", 400, 5, 4, 1.0, True, True, 1.0),
    ("softmax, no intercept", 400, 5, 4, 1.0, False, False, 1.0),
    ("ridge", 200, 7, 0, 1.0, True, False, 1.0),
    ("ridge, weighted", 200, 7, 0, 1.0, True, True, 1.0),
    ("ridge, no intercept", 200, 7, 0, 1.0, False, False, 1.0),
    ("ridge, strong penalty", 200, 7, 0, 1e4, True, True, 1.0),
    ("sparse logistic", 300, 40, 2, 1.0, True, True, 0.1),
    ("sparse softmax", 300, 40, 3, 1.0, True, False, 0.1),
    ("sparse ridge", 300, 40, 0, 1.0, True, True, 0.1),
    ("wide logistic", 120, 2100, 2, 1.0, True, False, 0.05),
    ("wide softmax", 120, 700, 3, 1.0, True, True, 0.05),
    ("wide ridge", 120, 2100, 0, 1.0, True, True, 0.05),
]


def main():
    out = []
    for seed, (name, n_rows, n_cols, n_classes, strength, intercept, weighted, density) in enumerate(CASES):
        x, y, weights = data(seed + 1, n_rows, n_cols, n_classes, density)
        w = weights if weighted else None
        if n_classes == 0:
            model = Ridge(alpha=strength, fit_intercept=intercept, solver="cholesky", tol=1e-12)
        else:
            model = LogisticRegression(
                C=strength, fit_intercept=intercept, solver="newton-cholesky", tol=1e-12, max_iter=1000
            )
        model.fit(x, y, sample_weight=w)
        coef = np.atleast_2d(model.coef_)
        out.append(
            {
                "name": name,
                "seed": seed + 1,
                "n_rows": n_rows,
                "n_cols": n_cols,
                "n_classes": n_classes,
                "strength": strength,
                "fit_intercept": intercept,
                "weighted": weighted,
                "density": density,
                # Per score: the first coefficients, and the sums of all of them and of their squares.
                "coefficients": [[float(v) for v in row[:40]] for row in coef],
                "sums": [float(row.sum()) for row in coef],
                "square_sums": [float((row * row).sum()) for row in coef],
                "intercepts": [float(v) for v in np.atleast_1d(model.intercept_)] if intercept else [0.0] * len(coef),
            }
        )
    json.dump(out, sys.stdout, indent=1)
    print()


main()
