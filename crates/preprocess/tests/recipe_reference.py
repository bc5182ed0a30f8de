"""Makes tests/reference.json: what scikit-learn, numpy and Python's calendar say of small inputs.

Run once with scikit-learn 1.9: python recipe_reference.py > reference.json
"""
import datetime
import json
import random

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.preprocessing import MinMaxScaler, OneHotEncoder, StandardScaler, TargetEncoder

TEXTS = [
    "The train to York leaves at 9:45 from platform 3.",
    "the train from Hull is LATE, late, late again",
    "Free prize! Call 0800-555 now now now to claim_it",
    "Über Köln nach Zürich: straße und Ärger",
    "поезд в Москву опаздывает, поезд опять стоит",
    "列車 は 東京 から 出発 します",
    "",
    "a i 1 x",
    "   tabs\tand\n\nnew lines   ",
    "ΟΔΥΣΣΕΥΣ και ΣΙΣΥΦΟΣ",
    "naïve café — “quoted” words… it's don't",
    "York York york train prize",
]

TFIDF = [
    {},
    {"ngram_range": [1, 2], "sublinear_tf": True},
    {"norm": None, "min_df": 2},
    {"analyzer": "char", "ngram_range": [2, 3]},
    {"min_df": 0.1, "max_df": 0.25},
]


def tfidf(options):
    v = TfidfVectorizer(**{k: tuple(x) if isinstance(x, list) else x for k, x in options.items()})
    m = v.fit_transform(TEXTS).tocsr()
    m.sort_indices()
    rows = [[m[i].indices.tolist(), m[i].data.tolist()] for i in range(m.shape[0])]
    return {"options": options, "vocabulary": v.get_feature_names_out().tolist(), "rows": rows}


def numbers():
    r = np.random.default_rng(5)
    x = np.concatenate([r.normal(1000, 3, 200), r.exponential(7, 101)])
    w = r.integers(1, 5, x.size).astype(float)
    s, sw, m = StandardScaler(), StandardScaler(), MinMaxScaler()
    a = s.fit_transform(x[:, None])[:, 0]
    b = sw.fit_transform(x[:, None], sample_weight=w)[:, 0]
    c = m.fit_transform(x[:, None])[:, 0]
    q = np.percentile(x, [25, 50, 75], method="averaged_inverted_cdf")
    qw = np.percentile(np.repeat(x, w.astype(int)), [25, 50, 75], method="averaged_inverted_cdf")
    return {
        "x": x.tolist(), "w": w.tolist(), "standard": a.tolist(), "standard_weighted": b.tolist(),
        "min_max": c.tolist(), "quartiles": q.tolist(), "quartiles_weighted": qw.tolist(),
    }


def one_hot():
    r = random.Random(3)
    cells = [r.choice("aabbbccccddddde") + r.choice(["", "x"]) for _ in range(60)]
    out = []
    for f in [2, 5, 0.08]:
        e = OneHotEncoder(min_frequency=f).fit([[c] for c in cells])
        rare = e.infrequent_categories_[0]
        rare = [] if rare is None else rare.tolist()
        out.append({"min_frequency": f, "levels": [c for c in e.categories_[0] if c not in rare], "rare": rare})
    return {"cells": cells, "cases": out}


def target():
    r = random.Random(4)
    cells = [r.choice("abcdefg") for _ in range(80)]
    y = [round(r.gauss(0, 1), 3) + "abcdefg".index(c) for c in cells]
    classes = [r.choice([0, 1, 1, 2]) for _ in cells]
    X = [[c] for c in cells]
    real = TargetEncoder(smooth=7.0, target_type="continuous").fit(X, y)
    multi = TargetEncoder(smooth=7.0, target_type="multiclass").fit(X, classes)
    return {
        "cells": cells, "y": y, "classes": classes,
        "real": real.encodings_[0].tolist(), "multi": np.array(multi.encodings_).T.tolist(),
    }


def dates():
    r = random.Random(6)
    epoch = datetime.datetime(1970, 1, 1)
    out = []
    for _ in range(300):
        t = datetime.datetime(r.randint(1, 9999), 1, 1) + datetime.timedelta(
            days=r.randint(0, 364), seconds=r.randint(0, 86399))
        micros = (t - epoch) // datetime.timedelta(microseconds=1)
        week = t.isocalendar()[1]
        out.append([micros, [t.year, t.month, week, t.day, t.timetuple().tm_yday, t.weekday(),
                             int(t.weekday() >= 5), t.hour, t.minute, t.hour * 60 + t.minute]])
    return out


def hashed(term, n):
    mask = (1 << 64) - 1
    h = 0xCBF29CE484222325
    for b in term.encode():
        h = ((h ^ b) * 0x100000001B3) & mask
    h = ((h ^ (h >> 30)) * 0xBF58476D1CE4E5B9) & mask
    h = ((h ^ (h >> 27)) * 0x94D049BB133111EB) & mask
    h ^= h >> 31
    return [(h * n) >> 64, 1 if h & 1 == 0 else -1]


if __name__ == "__main__":
    terms = ["", "spam", "ham", "ärger", "東京", "a b"]
    print(json.dumps({
        "texts": TEXTS,
        "tfidf": [tfidf(o) for o in TFIDF],
        "numbers": numbers(),
        "one_hot": one_hot(),
        "target": target(),
        "dates": dates(),
        "hashes": [[t, *hashed(t, 1 << 18)] for t in terms],
    }, ensure_ascii=False))
