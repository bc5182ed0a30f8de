"""Scores of LightGBM at the settings that `suite/boost_lightgbm.rs` gives our own trees: fixtures/lightgbm.json.

    python recipe_lightgbm.py DATA_DIR > fixtures/lightgbm.json

Every fifth row (counted from 0) is scored, the others are learned from. Text columns are categories, coded in sorted
order over all rows. Needs lightgbm 4.7, pandas, scikit-learn.
"""

import json, sys
from pathlib import Path

import lightgbm as lgb
import pandas as pd
from sklearn.metrics import roc_auc_score

SETS = [
    ("adult", "income", ">50K", ["split"]),
    ("credit_default", "default.payment.next.month", 1, ["ID"]),
    ("california_housing", "median_house_value", None, []),
]


def main():
    out = {"lightgbm": lgb.__version__}
    for name, target, positive, drop in SETS:
        df = pd.read_csv(Path(sys.argv[1]) / f"{name}.csv", keep_default_na=False, na_values=[""]).drop(columns=drop)
        y = df.pop(target)
        y = y.astype(float) if positive is None else (y == positive).astype(int)
        categories = []
        for c in df.columns:
            if not pd.api.types.is_numeric_dtype(df[c]):
                levels = {v: i for i, v in enumerate(sorted(df[c].unique()))}
                df[c] = df[c].map(levels)
                categories.append(c)
        test = pd.Series(range(len(df))) % 5 == 0
        params = dict(objective="regression" if positive is None else "binary", learning_rate=0.1, num_leaves=31,
                      min_data_in_leaf=20, max_bin=255, num_threads=1, verbosity=-1, seed=0)
        data = lgb.Dataset(df[~test.values], y[~test.values], categorical_feature=categories)
        p = lgb.train(params, data, 100).predict(df[test.values])
        t = y[test.values].to_numpy()
        if positive is None:
            score = {"rmse": float(((p - t) ** 2).mean() ** 0.5)}
        else:
            score = {"roc_auc": float(roc_auc_score(t, p))}
        out[name] = {"rows": int(test.sum()), **score}
    json.dump(out, sys.stdout, indent=1)
    print()


main()
