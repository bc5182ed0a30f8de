"""Trains and scores with the program on real tables, LightGBM's defaults beside it, and writes docs/benchmarks.md.

    python bench/accuracy.py --data DIR [--almanac target/release/almanac] [--only telco_churn iris] [--out FILE]
                             [--results results.json] [--no-peers] [--threads 2]

Each set is split here, the program is given files only: `train` on one part, `predict` on the other. Three folds
(stratified for classes), mean of the fold scores; sets in time order are cut into four equal blocks, trained on the
first k and tested on the next. Rows are copied as they are written: delimiters, decimal commas, tokens and quotes are
the program's to find out. Needs numpy, pandas, pyarrow, scikit-learn, lightgbm.
"""

import argparse, csv, io, json, os, subprocess, sys, tempfile, time
from pathlib import Path

import numpy as np
import pandas as pd

# name: file, target, positive class or None, metric, bar, kind of split, --drop, peers' delimiter and options
SETS = {
    "telco_churn": dict(target="Churn", positive="Yes", metric="roc_auc", bar=0.845),
    "adult": dict(target="income", positive=">50K", metric="roc_auc", bar=0.928, drop=["split"]),
    "credit_default": dict(target="default.payment.next.month", positive="1", metric="roc_auc", bar=0.78),
    "german_credit": dict(target="default", positive="2", metric="roc_auc", bar=0.78),
    "titanic": dict(target="Survived", positive="1", metric="roc_auc", bar=0.855),
    "census_income_kdd": dict(file="census_income_kdd.parquet", target="label", positive="50000+", metric="roc_auc",
                              bar=0.953),
    "breast_cancer": dict(target="target", positive="malignant", metric="roc_auc", bar=0.993),
    "online_shoppers": dict(target="Revenue", positive="TRUE", metric="roc_auc", bar=0.925, sep=";"),
    "sms_spam": dict(target="type", positive="spam", metric="roc_auc", bar=0.985, text="text"),
    "ai4i2020": dict(target="Machine_failure", positive="1", metric="roc_auc", bar=0.97,
                     drop=["TWF", "HDF", "PWF", "OSF", "RNF"]),
    "iris": dict(target="target", metric="accuracy", bar=0.94),
    "bike_hour": dict(target="cnt", metric="r2", bar=0.80, split="time", drop=["casual", "registered"]),
    "california_housing": dict(target="median_house_value", metric="r2", bar=0.83),
    "ames_housing": dict(target="price", metric="r2", bar=0.91),
    "diabetes": dict(target="target", metric="r2", bar=0.42),
    "cmapss": dict(file="cmapss_fd001_train.csv", target="rul", metric="r2", bar=0.83, split="unit"),
    "air_quality": dict(target="CO(GT)", metric="r2", bar=0.85, split="time", sep=";", decimal=",", missing=-200),
}
SMALL_ROWS = 1_000


def records(text, end):
    """Records of delimited text as they are written, ends of line included; quotes may hold line ends."""
    out, begin, inside = [], 0, False
    for i, c in enumerate(text):
        if c == '"':
            inside = not inside
        elif c == end and not inside:
            out.append(text[begin:i + 1])
            begin = i + 1
    if begin < len(text):
        out.append(text[begin:] + end)
    return out


class Delimited:
    """A text table whose rows can be written out again as they are."""

    def __init__(self, path, sep):
        raw = Path(path).read_bytes()
        self.encoding = "utf-8" if is_utf8(raw) else "latin-1"
        text = raw.decode(self.encoding)
        self.header, *self.rows = records(text, "\n" if "\n" in text else "\r")
        self.suffix, self.sep = ".csv", sep

    def column(self, name):
        names = next(csv.reader([self.header.lstrip("\ufeff").rstrip("\r\n")], delimiter=self.sep))
        at = names.index(name)
        rows = csv.reader(io.StringIO("".join(self.rows), newline=""), delimiter=self.sep)
        return [row[at] if at < len(row) else "" for row in rows if row]

    def write(self, path, rows):
        with open(path, "w", encoding=self.encoding, newline="") as f:
            f.write(self.header)
            f.writelines(self.rows[i] for i in rows)

    def frame(self, spec):
        text = self.header.lstrip("\ufeff") + "".join(self.rows)
        df = pd.read_csv(io.StringIO(text), sep=self.sep, decimal=spec.get("decimal", "."), keep_default_na=False,
                         na_values=["", "?", " "])
        return df.replace(spec["missing"], np.nan) if "missing" in spec else df


class Parquet:
    def __init__(self, path):
        self.df = pd.read_parquet(path)
        self.suffix = ".parquet"
        self.rows = range(len(self.df))

    def column(self, name):
        return [str(v) for v in self.df[name]]

    def write(self, path, rows):
        self.df.iloc[rows].to_parquet(path, index=False)

    def frame(self, spec):
        return self.df


def is_utf8(raw):
    try:
        raw.decode("utf-8")
        return True
    except UnicodeDecodeError:
        return False


def load(name, spec, data, folder):
    path = data / spec.get("file", name + ".csv")
    if name == "cmapss":
        df = pd.read_csv(path)
        last = df.groupby("unit")["cycle"].transform("max")
        df["rul"] = (last - df["cycle"]).clip(upper=125)
        path = folder / "cmapss.csv"
        df.to_csv(path, index=False)
    return Parquet(path) if path.suffix == ".parquet" else Delimited(path, spec.get("sep", ","))


def folds_of(spec, table, truth):
    from sklearn.model_selection import KFold, StratifiedKFold
    n = len(truth)
    kind = spec.get("split", "random")
    if kind == "time":
        cuts = [round(n * k / 4) for k in range(5)]
        return [(np.arange(cuts[k]), np.arange(cuts[k], cuts[k + 1])) for k in (1, 2, 3)]
    if kind == "unit":
        unit = np.array([int(u) for u in table.column("unit")])
        return [(np.flatnonzero(unit % 3 != k), np.flatnonzero(unit % 3 == k)) for k in range(3)]
    if spec["metric"] == "r2":
        return list(KFold(3, shuffle=True, random_state=0).split(np.zeros(n)))
    return list(StratifiedKFold(3, shuffle=True, random_state=0).split(np.zeros(n), truth))


def number(text, spec):
    try:
        v = float(text.replace(",", ".") if spec.get("decimal") == "," else text)
    except ValueError:
        return np.nan
    return np.nan if v == spec.get("missing") else v


def score(spec, truth, probability, label):
    from sklearn.metrics import accuracy_score, r2_score, roc_auc_score
    if spec["metric"] == "roc_auc":
        return roc_auc_score(np.array(truth) == spec["positive"], probability)
    if spec["metric"] == "accuracy":
        return accuracy_score(truth, label)
    y = np.array([number(t, spec) for t in truth])
    known = ~np.isnan(y)
    return r2_score(y[known], np.asarray(probability, float)[known])


def ours(a, name, spec, table, truth, train, test, folder):
    one, two = folder / ("train" + table.suffix), folder / ("test" + table.suffix)
    model, scored = folder / "m.almanac", folder / "scored.csv"
    table.write(one, train)
    table.write(two, test)
    command = [a.almanac, "train", one, "--target", spec["target"], "--out", model, "--threads", str(a.threads), "--quiet"]
    for column in spec.get("drop", []):
        command += ["--drop", column]
    command += a.flags
    begin = time.time()
    run(command)
    wall = time.time() - begin
    run([a.almanac, "predict", model, two, "-o", scored, "--threads", str(a.threads), "--quiet"])
    out = pd.read_csv(scored, keep_default_na=False, dtype=str)
    assert len(out) == len(test), f"{name}: {len(out)} rows for {len(test)}"
    if spec["metric"] == "roc_auc":
        column = next(c for c in out if c.lower() == ("probability_" + spec["positive"]).lower())
        p = out[column].replace("", "nan").astype(float).fillna(0.5)
    elif spec["metric"] == "r2":
        p = out["prediction"].replace("", "nan").astype(float)
        p = p.fillna(p.mean())
    else:
        p = None
    return score(spec, [truth[i] for i in test], p, out["prediction"]), wall


def run(command):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(map(str, command))}\n{done.stderr}")


def peers(a, spec, table, truth, train, test, small):
    """Scores of LightGBM's defaults, and on small and ordered sets of a linear model and a forest."""
    import lightgbm as lgb
    from sklearn.compose import make_column_selector, make_column_transformer
    from sklearn.ensemble import RandomForestClassifier, RandomForestRegressor
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import LogisticRegression, RidgeCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler
    df = table.frame(spec)
    df = df.iloc[:len(truth)]
    x = df.drop(columns=[spec["target"], *spec.get("drop", [])]).dropna(axis=1, how="all")
    regression = spec["metric"] == "r2"
    y = np.array([number(t, spec) for t in truth]) if regression else np.array(truth)
    if spec["metric"] == "roc_auc":
        y = (y == spec["positive"]).astype(int)
    if regression:
        train = train[~np.isnan(y[train])]
    if "text" in spec:
        words = x[spec["text"]].astype(str)
        m = make_pipeline(TfidfVectorizer(), LogisticRegression(C=10, max_iter=1000)).fit(words.iloc[train], y[train])
        return {"TF-IDF + logistic": score(spec, [truth[i] for i in test], m.predict_proba(words.iloc[test])[:, 1], None)}
    for c in list(x):
        if x[c].dtype == object or str(x[c].dtype) in ("string", "str"):
            x[c] = x[c].astype("category")
            if x[c].nunique() > 0.5 * len(x):
                x = x.drop(columns=c)
    n_jobs = a.threads
    models = {"LightGBM": (lgb.LGBMRegressor if regression else lgb.LGBMClassifier)(n_jobs=n_jobs, verbose=-1)}
    if small:
        numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
        words = make_pipeline(SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore", min_frequency=2))
        linear = make_column_transformer(
            (numbers, make_column_selector(dtype_include=np.number)), (words, make_column_selector(dtype_include="category")))
        forest = make_column_transformer(
            (SimpleImputer(strategy="median"), make_column_selector(dtype_include=np.number)),
            (OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1, encoded_missing_value=-2),
             make_column_selector(dtype_include="category")))
        last = RidgeCV(np.logspace(-3, 4, 15)) if regression else LogisticRegression(max_iter=2000)
        trees = (RandomForestRegressor if regression else RandomForestClassifier)(300, random_state=0, n_jobs=n_jobs)
        models["ridge" if regression else "logistic"] = make_pipeline(linear, last)
        models["random forest"] = make_pipeline(forest, trees)
    out = {}
    for name, model in models.items():
        xs = x if name == "LightGBM" else x.copy()
        if name == "LightGBM":
            xs = xs.rename(columns={c: f"c{i}" for i, c in enumerate(xs)})
        model.fit(xs.iloc[train], y[train])
        p = model.predict(xs.iloc[test]) if spec["metric"] != "roc_auc" else model.predict_proba(xs.iloc[test])[:, 1]
        out[name] = score(spec, [truth[i] for i in test], p, p)
    return out


def one_set(a, name, spec, folder):
    table = load(name, spec, a.data, folder)
    truth = table.column(spec["target"])
    if spec.get("missing") is not None:
        # Trailing rows without any value: they stay in the files, and are not judged.
        table.rows = table.rows[:len(truth)]
    small = len(truth) < SMALL_ROWS or spec.get("split") is not None
    own, walls, theirs = [], [], {}
    for train, test in folds_of(spec, table, truth):
        value, wall = ours(a, name, spec, table, truth, train, test, folder)
        own.append(value)
        walls.append(wall)
        if not a.no_peers:
            for peer, value in peers(a, spec, table, truth, train, test, small).items():
                theirs.setdefault(peer, []).append(value)
    means = {peer: float(np.mean(v)) for peer, v in theirs.items()}
    bar = spec["bar"]
    if small and means:
        bar = min(bar, max(means.values()))
    return dict(metric=spec["metric"], rows=len(truth), bar=spec["bar"], ours=float(np.mean(own)), folds=own,
                wall_s=float(np.mean(walls)), peers=means, small=small, met=bool(np.mean(own) >= bar))


def page(a, results):
    import lightgbm, sklearn
    version = subprocess.run([a.almanac, "--version"], capture_output=True, text=True).stdout.strip()
    lines = [
        "# How good the models are", "",
        f"Written by `bench/accuracy.py` ({version}, LightGBM {lightgbm.__version__}, scikit-learn {sklearn.__version__}; "
        f"{a.threads} threads).",
        "`train` with its defaults on one part of each set, `predict` on the other: three folds, mean of the fold scores;",
        "`bike_hour` and `air_quality` forward in time, `cmapss` by engines. LightGBM's defaults on the same folds stand beside;",
        "on small and ordered sets also a linear model and a random forest, and there the bar also counts as met at the best of",
        "these.", "",
        "| set | rows | metric | Almanac | bar | met | LightGBM | others | train, wall s |",
        "| --- | ---: | --- | ---: | ---: | --- | ---: | --- | ---: |",
    ]
    for name, r in results.items():
        others = ", ".join(f"{k} {v:.4f}" for k, v in r["peers"].items() if k != "LightGBM")
        lgb = f"{r['peers']['LightGBM']:.4f}" if "LightGBM" in r["peers"] else ""
        lines.append(f"| {name} | {r['rows']:,} | {r['metric']} | {r['ours']:.4f} | {r['bar']} | "
                     f"{'yes' if r['met'] else '**no**'} | {lgb} | {others} | {r['wall_s']:.1f} |")
    return "\n".join(lines) + "\n"


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", type=Path, required=True)
    p.add_argument("--almanac", default="target/release/almanac")
    p.add_argument("--only", nargs="*")
    p.add_argument("--out", type=Path)
    p.add_argument("--results", type=Path, help="a file that keeps results between calls")
    p.add_argument("--no-peers", action="store_true")
    p.add_argument("--threads", type=int, default=2)
    p.add_argument("--flags", default="", help="further flags of train, to see what they do")
    a = p.parse_args()
    a.almanac = os.path.abspath(a.almanac)
    a.flags = a.flags.split()
    kept = json.loads(a.results.read_text()) if a.results and a.results.exists() else {}
    for name, spec in SETS.items():
        if a.only and name not in a.only:
            continue
        with tempfile.TemporaryDirectory() as folder:
            kept[name] = r = one_set(a, name, spec, Path(folder))
        print(f"{name:20} {r['metric']:8} {r['ours']:.4f}  bar {r['bar']}  {'met' if r['met'] else 'NOT MET'}  "
              f"{r['wall_s']:.1f} s  folds {[round(v, 4) for v in r['folds']]}  {r['peers']}", flush=True)
        if a.results:
            a.results.write_text(json.dumps(kept, indent=1))
    if a.out:
        a.out.write_text(page(a, {n: kept[n] for n in SETS if n in kept}))


if __name__ == "__main__":
    main()
