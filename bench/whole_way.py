"""The whole way from a CSV to a scored file, beside pandas and scikit-learn doing the same work: one table.

    python bench/whole_way.py --data DIR [--almanac target/release/almanac] [--repeat 3] [--threads 2]

The work: read one half of adult.csv, learn with one boosted model (200 rounds, 31 leaves, learning rate 0.1, judged by
five folds), write the model, read the other half, write a CSV with the label and both probabilities of each row. Both
programs are whole processes, run in turn; wall and CPU seconds and peak memory are the system's own figures of each.
Needs numpy, pandas, scikit-learn.
"""

import argparse, os, random, subprocess, sys, tempfile, time
from pathlib import Path

PEER = """
import sys, pickle
import numpy as np, pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import cross_val_score
train, test, model, out = sys.argv[1:5]
def read(path):
    df = pd.read_csv(path, na_values=["?"]).drop(columns="split")
    for c in df.select_dtypes(exclude="number"):
        if c != "income":
            df[c] = df[c].astype("category")
    return df
df = read(train)
y = df.pop("income")
m = HistGradientBoostingClassifier(max_iter=200, max_leaf_nodes=31, learning_rate=0.1, early_stopping=False,
                                   categorical_features="from_dtype", random_state=0)
print(cross_val_score(m, df, y, cv=5, scoring="roc_auc").mean())
m.fit(df, y)
pickle.dump(m, open(model, "wb"))
new = read(test)
new.pop("income")
for c in df.select_dtypes("category"):
    new[c] = new[c].astype(df[c].dtype)
p = m.predict_proba(new)
pd.DataFrame({"prediction": m.classes_[p.argmax(1)], "probability_<=50K": p[:, 0], "probability_>50K": p[:, 1]}).to_csv(out, index=False)
"""


def timed(command, env):
    """Wall and CPU seconds and peak MiB of a process and what it waited for."""
    begin = time.time()
    child = subprocess.Popen([str(c) for c in command], env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        sys.exit(error.decode())
    return time.time() - begin, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", type=Path, required=True)
    p.add_argument("--almanac", default="target/release/almanac")
    p.add_argument("--repeat", type=int, default=3)
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args()
    env = {**os.environ, **{k: str(a.threads) for k in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")}}
    with tempfile.TemporaryDirectory() as folder:
        f = Path(folder)
        header, *rows = (a.data / "adult.csv").read_text().splitlines(keepends=True)
        order = random.Random(0).sample(range(len(rows)), len(rows))
        half = len(rows) // 2
        for name, part in (("train.csv", order[:half]), ("test.csv", order[half:])):
            (f / name).write_text(header + "".join(rows[i] for i in part))
        (f / "peer.py").write_text(PEER)
        ours = ["train", f / "train.csv", "--target", "income", "--drop", "split", "--out", f / "m.almanac", "--learner", "boost",
                "--no-tune", "--folds", 5, "--threads", a.threads, "--set", "boost.early_stopping_rounds=0",
                "--set", "boost.trees=200", "--set", "boost.learning_rate=0.1", "--quiet"]
        runs = {"almanac": [], "pandas + scikit-learn": []}
        for _ in range(a.repeat):
            one = timed([a.almanac, *ours], env)
            two = timed([a.almanac, "predict", f / "m.almanac", f / "test.csv", "-o", f / "a.csv", "--quiet",
                         "--threads", a.threads], env)
            runs["almanac"].append((one[0] + two[0], one[1] + two[1], max(one[2], two[2])))
            runs["pandas + scikit-learn"].append(
                timed([sys.executable, f / "peer.py", f / "train.csv", f / "test.csv", f / "m.pkl", f / "b.csv"], env))
        # Not before: a child counts the memory of the process that it was forked from.
        import numpy as np
        import pandas as pd
        import sklearn
        from sklearn.metrics import roc_auc_score
        truth = pd.read_csv(f / "test.csv")["income"] == ">50K"
        scores = {"almanac": "a.csv", "pandas + scikit-learn": "b.csv"}
        print(f"adult, {half} rows to learn from, {len(rows) - half} to score, {a.threads} threads, median of {a.repeat}; "
              f"scikit-learn {sklearn.__version__}, pandas {pd.__version__}")
        print("| | wall s | CPU s | peak MiB | ROC-AUC |\n| --- | ---: | ---: | ---: | ---: |")
        medians = {}
        for name, figures in runs.items():
            medians[name] = m = np.median(np.array(figures), axis=0)
            auc = roc_auc_score(truth, pd.read_csv(f / scores[name])["probability_>50K"])
            print(f"| {name} | {m[0]:.2f} | {m[1]:.2f} | {m[2]:.0f} | {auc:.4f} |")
        ratio = medians["almanac"] / medians["pandas + scikit-learn"]
        print(f"| ratio | {ratio[0]:.2f} | {ratio[1]:.2f} | {ratio[2]:.2f} | |")


if __name__ == "__main__":
    main()
