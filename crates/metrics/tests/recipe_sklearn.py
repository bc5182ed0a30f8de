"""Writes tests/sklearn.json: what scikit-learn says of inputs that tests/suite.rs makes by the same rule.

    python recipe_sklearn.py > sklearn.json        (scikit-learn 1.9, numpy 2.4)

The inputs are not in the file: both sides make them from a 64-bit linear congruential generator, so that a case may be
large. Only operations that IEEE 754 makes exact are used on them: add, multiply, divide, floor.
"""
import json
import math
import sys

import numpy as np
import sklearn
from sklearn import metrics as m
from sklearn.calibration import calibration_curve


class Lcg:
    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 11) / 2.0**53


def weight(g, kind):
    u = g.next()
    return {"none": 1.0, "real": 0.125 + 3.0 * u, "whole": float(math.floor(4.0 * u))}[kind]


def classes(case):
    """Codes, probabilities (rows), weights. `share` and `grid` are powers of two or exact in binary where they matter."""
    g, k, grid = Lcg(case["seed"]), case["n_classes"], case["grid"]
    codes, rows, weights = [], [], []
    for _ in range(case["n_rows"]):
        if k == 2:
            code = 1 if g.next() < case["share"] else 0
            s = (1.5 * g.next() + code * g.next()) / 2.5
            s = math.floor(s * grid) / grid if grid else s
            row = [1.0 - s, s]
        else:
            code = math.floor(g.next() * g.next() * k)
            row = [g.next() + (1.0 if c == code else 0.0) * g.next() for c in range(k)]
            row = [math.floor(p * grid) + 1.0 for p in row] if grid else row
            total = 0.0
            for p in row:
                total += p
            row = [p / total for p in row]
        codes.append(code)
        rows.append(row)
        weights.append(weight(g, case["weights"]))
    return np.array(codes), np.array(rows), np.array(weights)


def numbers(case):
    g, grid = Lcg(case["seed"]), case["grid"]
    truth, predicted, weights = [], [], []
    for _ in range(case["n_rows"]):
        y = 10.0 * g.next() - 5.0
        p = y + g.next() - 0.5
        if grid:
            y, p = math.floor(y * grid) / grid, math.floor(p * grid) / grid
        truth.append(y)
        predicted.append(p)
        weights.append(weight(g, case["weights"]))
    return np.array(truth), np.array(predicted), np.array(weights)


def labels(p):
    return (p[:, 1] >= 0.5).astype(int) if p.shape[1] == 2 else p.argmax(axis=1)


def judge_classes(case):
    y, p, w = classes(case)
    sw = None if case["weights"] == "none" else w
    k, yhat = case["n_classes"], labels(p)
    average = "binary" if k == 2 else "macro"
    score = p[:, 1] if k == 2 else p
    kw = dict(sample_weight=sw)
    of_labels = dict(average=average, zero_division=0, **kw)
    ap = m.average_precision_score(y, score, average="macro", **kw)
    return {
        "accuracy": m.accuracy_score(y, yhat, **kw),
        "balanced_accuracy": m.balanced_accuracy_score(y, yhat, **kw),
        "precision": m.precision_score(y, yhat, **of_labels),
        "recall": m.recall_score(y, yhat, **of_labels),
        "f1": m.f1_score(y, yhat, **of_labels),
        "matthews_corrcoef": m.matthews_corrcoef(y, yhat, **kw),
        "roc_auc": m.roc_auc_score(y, score, multi_class="ovr", average="macro", **kw),
        "average_precision": ap,
        "log_loss": m.log_loss(y, p, labels=list(range(k)), **kw),
        "brier_score": m.brier_score_loss(y, score, labels=list(range(k)), **kw),
    }


def judge_numbers(case):
    y, p, w = numbers(case)
    kw = dict(sample_weight=None if case["weights"] == "none" else w)
    return {
        "rmse": m.root_mean_squared_error(y, p, **kw),
        "mae": m.mean_absolute_error(y, p, **kw),
        "mape": m.mean_absolute_percentage_error(y, p, **kw),
        "r2": m.r2_score(y, p, **kw),
        "median_absolute_error": m.median_absolute_error(y, p, **kw),
    }


def curves(case):
    y, p, w = classes(case)
    sw = None if case["weights"] == "none" else w
    c = case["class_idx"]
    is_c, score = (y == c).astype(int), p[:, c]
    fpr, tpr, roc_thresholds = m.roc_curve(is_c, score, sample_weight=sw)
    precision, recall, pr_thresholds = m.precision_recall_curve(is_c, score, sample_weight=sw)
    uniform = calibration_curve(is_c, score, n_bins=7, strategy="uniform")
    quantile = calibration_curve(is_c, score, n_bins=7, strategy="quantile")
    return {
        "fpr": list(fpr), "tpr": list(tpr), "roc_thresholds": list(roc_thresholds[1:]),
        "precision": list(precision), "recall": list(recall), "pr_thresholds": list(pr_thresholds),
        "uniform_true": list(uniform[0]), "uniform_pred": list(uniform[1]),
        "quantile_true": list(quantile[0]), "quantile_pred": list(quantile[1]),
        "confusion": [float(v) for v in m.confusion_matrix(y, labels(p), sample_weight=sw).ravel()],
    }


def class_case(name, n_rows, n_classes, grid, weights, share=0.5, seed=1):
    return dict(name=name, n_rows=n_rows, n_classes=n_classes, grid=grid, weights=weights, share=share, seed=seed)


CLASS_CASES = [
    class_case("binary", 500, 2, 0, "none"),
    class_case("binary, ties", 500, 2, 8, "none", seed=2),
    class_case("binary, weights", 500, 2, 0, "real", seed=3),
    class_case("binary, ties, weights with zeros", 500, 2, 8, "whole", seed=4),
    class_case("binary, ties, real weights", 3000, 2, 16, "real", seed=5),
    class_case("binary, one in thirty-two", 4000, 2, 0, "none", share=0.03125, seed=6),
    class_case("binary, one in thirty-two, ties, weights", 4000, 2, 64, "real", share=0.03125, seed=7),
    class_case("binary, mostly positive", 300, 2, 32, "none", share=0.96875, seed=8),
    class_case("binary, scores of zero and one", 200, 2, 1, "none", seed=9),
    class_case("binary, never predicted", 40, 2, 2, "none", share=0.0625, seed=21),
    class_case("three classes", 600, 3, 0, "none", seed=10),
    class_case("three classes, ties", 600, 3, 4, "none", seed=11),
    class_case("three classes, real weights", 600, 3, 0, "real", seed=12),
    class_case("seven classes, ties, weights with zeros", 2000, 7, 4, "whole", seed=13),
    class_case("seven classes, many rows", 50000, 7, 0, "real", seed=14),
    class_case("binary, many rows", 50000, 2, 256, "real", seed=15),
]

NUMBER_CASES = [
    dict(name="numbers", n_rows=501, grid=0, weights="none", seed=31),
    dict(name="numbers, even count", n_rows=500, grid=0, weights="none", seed=32),
    dict(name="numbers, ties and zeros in the truth", n_rows=500, grid=4, weights="none", seed=33),
    dict(name="numbers, real weights", n_rows=500, grid=0, weights="real", seed=34),
    dict(name="numbers, ties, weights with zeros", n_rows=500, grid=4, weights="whole", seed=35),
    dict(name="two rows", n_rows=2, grid=0, weights="none", seed=36),
    dict(name="numbers, many rows", n_rows=100000, grid=0, weights="real", seed=37),
]

CURVE_CASES = [
    dict(class_case("binary", 60, 2, 0, "none", seed=41), class_idx=1),
    dict(class_case("binary, ties", 60, 2, 8, "none", seed=42), class_idx=1),
    dict(class_case("binary, ties, weights with zeros", 60, 2, 8, "whole", seed=43), class_idx=1),
    dict(class_case("three classes, the last, ties", 80, 3, 4, "none", seed=45), class_idx=2),
]

if __name__ == "__main__":
    json.dump(
        {
            "scikit_learn": sklearn.__version__,
            "classes": [dict(c, expected=judge_classes(c)) for c in CLASS_CASES],
            "numbers": [dict(c, expected=judge_numbers(c)) for c in NUMBER_CASES],
            "curves": [dict(c, expected=curves(c)) for c in CURVE_CASES],
        },
        sys.stdout,
        indent=1,
    )
    print()
