"""Reads a table of 10 million rows beside DuckDB, and prints one table.

    python bench/reading.py --data DIR [--collect target/release/examples/collect] [--repeat 3] [--threads 2]

DIR holds telemetry_10m.csv and telemetry_10m.parquet (8 columns: a time, a device, four sensors with gaps, a status, a
counter; the bench data generator writes them with `--only telemetry --size large`). Both sides end with typed Arrow
columns in memory, types found out from the file: ours from every cell, DuckDB's from a sample of 20,480 rows and, in a
second line, from every cell (`sample_size=-1`). Whole processes, run in turn; user plus system seconds, wall seconds and
peak memory are the system's own. `add` also hashes every cell and writes a snapshot. Needs duckdb and pyarrow; build the
example with `cargo build --release -p almanac-collect --example collect`.
"""

import argparse, os, shutil, statistics, subprocess, sys, tempfile, time

PEER = """
import sys, duckdb
kind, path, threads = sys.argv[1:4]
c = duckdb.connect()
c.execute(f"set threads={threads}")
call = {"csv": f"read_csv('{path}')", "csv, all cells": f"read_csv('{path}', sample_size=-1)", "parquet": f"read_parquet('{path}')"}[kind]
assert c.execute(f"select * from {call}").to_arrow_table().num_rows > 0
"""


def timed(command, env):
    begin = time.time()
    child = subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    error = child.stderr.read()
    _, status, usage = os.wait4(child.pid, 0)
    if status:
        sys.exit(error.decode())
    return usage.ru_utime + usage.ru_stime, time.time() - begin, usage.ru_maxrss / 1024


def main():
    # Not imported here: a child counts the memory of the process that it was forked from.
    duckdb = subprocess.run([sys.executable, "-c", "import duckdb; print(duckdb.__version__)"], capture_output=True, text=True)
    version = duckdb.stdout.strip()
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument("--data", required=True)
    p.add_argument("--collect", default="target/release/examples/collect")
    p.add_argument("--repeat", type=int, default=3)
    p.add_argument("--threads", type=int, default=2)
    a = p.parse_args()
    env = {**os.environ, "THREADS": str(a.threads)}
    csv, parquet = (os.path.join(a.data, f"telemetry_10m.{e}") for e in ("csv", "parquet"))
    peer = lambda kind, path: [sys.executable, "-c", PEER, kind, path, str(a.threads)]
    with tempfile.TemporaryDirectory() as folder:
        store = os.path.join(folder, "store")
        runs = {
            "CSV, Almanac": [a.collect, "read", csv],
            f"CSV, DuckDB {version}": peer("csv", csv),
            "CSV, DuckDB, types from all cells": peer("csv, all cells", csv),
            "CSV, Almanac, hashed and written as a snapshot": [a.collect, "add", store, csv],
            "Parquet, Almanac": [a.collect, "read", parquet],
            f"Parquet, DuckDB {version}": peer("parquet", parquet),
            "Parquet, Almanac, hashed and written as a snapshot": [a.collect, "add", store, parquet],
        }
        figures = {name: [] for name in runs}
        for _ in range(a.repeat):
            for name, command in runs.items():
                shutil.rmtree(store, ignore_errors=True)
                figures[name].append(timed(command, env))
    print(f"10 million rows of 8 columns, {a.threads} threads, median of {a.repeat}")
    print("| | CPU s | wall s | peak MiB |\n| --- | ---: | ---: | ---: |")
    for name, all_runs in figures.items():
        cpu, wall, memory = (statistics.median(r[i] for r in all_runs) for i in range(3))
        print(f"| {name} | {cpu:.2f} | {wall:.2f} | {memory:.0f} |")


if __name__ == "__main__":
    main()
