"""Fits boosted trees beside LightGBM at equal settings, interleaved, and prints one table.

    python bench/boost.py --data DIR [--bench PATH] [--threads 1] [--leaves 31 63] [--repeat 3]

DIR holds higgs_100k_train.parquet and higgs_test.parquet (the bench data generator writes them). PATH is the built
example `boost_bench` (cargo build --release -p almanac-train --example boost_bench). Needs numpy, pandas, pyarrow,
scikit-learn, lightgbm. LightGBM runs in a process of its own with threads pinned; only `fit` is timed on both sides
(LightGBM's includes making its Dataset), CPU seconds over all threads.
"""

import argparse, json, os, subprocess, sys, tempfile
from pathlib import Path

PEER = """
import sys, time, json, resource
import numpy as np, lightgbm as lgb
train, test, out, threads, leaves, rounds = sys.argv[1:]
def read(path):
    n, k = np.fromfile(path, "<u4", 2)
    a = np.fromfile(path, "<f8", offset=8).reshape(k + 1, n)
    return np.asfortranarray(a[:-1].T), a[-1]
def cpu():
    r = resource.getrusage(resource.RUSAGE_SELF)
    return r.ru_utime + r.ru_stime
x, y = read(train); xt, yt = read(test)
p = dict(objective="binary", learning_rate=0.1, num_leaves=int(leaves), min_data_in_leaf=20, max_bin=255,
         num_threads=int(threads), verbosity=-1, deterministic=True)
w, c = time.time(), cpu()
m = lgb.train(p, lgb.Dataset(x, y, free_raw_data=False), int(rounds))
w, c = time.time() - w, cpu() - c
pw, pc = time.time(), cpu()
s = m.predict(xt, num_threads=int(threads))
pw, pc = time.time() - pw, cpu() - pc
s.astype("<f8").tofile(out)
print(json.dumps(dict(fit_wall_s=w, fit_cpu_s=c, predict_wall_s=pw, predict_cpu_s=pc, version=lgb.__version__)))
"""


def write(df, target, path):
    import numpy as np
    with open(path, "wb") as f:
        np.array([len(df), df.shape[1] - 1], "<u4").tofile(f)
        for c in [c for c in df.columns if c != target] + [target]:
            df[c].to_numpy("<f8").tofile(f)


def main():
    import numpy as np, pandas as pd
    from sklearn.metrics import log_loss, roc_auc_score
    root = Path(__file__).resolve().parent.parent
    a = argparse.ArgumentParser()
    a.add_argument("--data", required=True)
    a.add_argument("--bench", default=str(root / "target/release/examples/boost_bench"))
    a.add_argument("--threads", type=int, default=1)
    a.add_argument("--leaves", type=int, nargs="+", default=[31, 63])
    a.add_argument("--rounds", type=int, default=200)
    a.add_argument("--repeat", type=int, default=3)
    a = a.parse_args()
    cores = ",".join(str(i) for i in range(a.threads))
    with tempfile.TemporaryDirectory() as tmp:
        tmp = Path(tmp)
        tables = {n: pd.read_parquet(Path(a.data) / f"higgs_{n}.parquet") for n in ("100k_train", "test")}
        for n, df in tables.items():
            write(df, "y", tmp / n)
        truth = tables["test"]["y"].to_numpy()
        (tmp / "peer.py").write_text(PEER)
        print("| leaves | who | threads | fit CPU-s | fit wall-s | predict CPU-s | ROC-AUC | log loss |")
        print("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |")
        for leaves in a.leaves:
            files = [str(tmp / "100k_train"), str(tmp / "test"), str(tmp / "out"), str(a.threads)]
            ours = [a.bench, *files, "binary", f"trees={a.rounds}", f"leaves={leaves}"]
            theirs = [sys.executable, str(tmp / "peer.py"), *files, str(leaves), str(a.rounds)]
            runs = {"almanac": [], "lightgbm": []}
            for _ in range(a.repeat):
                for who, command in (("almanac", ours), ("lightgbm", theirs)):
                    env = {**os.environ, "OMP_NUM_THREADS": str(a.threads)}
                    done = subprocess.run(["taskset", "-c", cores, *command], capture_output=True, text=True, env=env)
                    if done.returncode:
                        sys.exit(done.stderr)
                    run = json.loads(done.stdout.splitlines()[-1])
                    p = np.fromfile(tmp / "out", "<f8")
                    run["auc"], run["loss"] = roc_auc_score(truth, p), log_loss(truth, p)
                    runs[who].append(run)
            for who, all_runs in runs.items():
                best = {k: min(r[k] for r in all_runs) for k in ("fit_cpu_s", "fit_wall_s", "predict_cpu_s", "auc", "loss")}
                name = who + (" " + all_runs[0]["version"] if "version" in all_runs[0] else "")
                print(f"| {leaves} | {name} | {a.threads} | {best['fit_cpu_s']:.2f} | {best['fit_wall_s']:.2f} | "
                      f"{best['predict_cpu_s']:.2f} | {best['auc']:.4f} | {best['loss']:.4f} |", flush=True)


main()
