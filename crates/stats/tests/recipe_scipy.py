"""Writes tests/scipy.json: what SciPy, NumPy and scikit-learn say; tests/suite/scipy.rs compares.

    python recipe_scipy.py > scipy.json        (SciPy 1.17, NumPy 2.4, scikit-learn 1.9)

Samples are not in the file: both sides make them from a 64-bit linear congruential generator. Where SciPy itself keeps
fewer than ten digits (far tails), mpmath is not needed: the arguments stay where SciPy is known to be good.
"""
import json
import math
import sys

import numpy as np
import scipy
from scipy import special, stats
from scipy.spatial.distance import jensenshannon
from scipy.stats.contingency import association
from sklearn.metrics import mutual_info_score


def sample(seed, n, grid=0, shift=0.0):
    state, out = seed, []
    for _ in range(n):
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        u = (state >> 11) / 2.0**53
        out.append(math.floor(u * grid) / grid + shift if grid else u + shift)
    return np.array(out)


def codes(seed, n, k):
    return np.floor(sample(seed, n) * k).astype(int)


def finite(v):
    return float(v) if math.isfinite(v) else ("inf" if v > 0 else "-inf")


distributions = []


def tell(name, args, value):
    distributions.append({"name": name, "args": [float(a) for a in args], "value": finite(value)})


for z in [-30.0, -8.0, -3.0, -1.0, -0.01, 0.0, 1e-9, 0.3, 1.0, 1.96, 5.0, 12.0, 37.0]:
    tell("normal_sf", [z], stats.norm.sf(z))
    tell("normal_cdf", [z], stats.norm.cdf(z))
for p in [0.0, 1e-300, 1e-20, 1e-5, 0.025, 0.3, 0.5, 0.8, 0.975, 0.999999, 1.0]:
    tell("normal_quantile", [p], stats.norm.ppf(p))
for dof in [1.0, 2.0, 4.0, 9.5, 30.0, 1000.0, 1e6]:
    for t in [-20.0, -2.5, -0.1, 0.0, 1e-6, 0.7, 2.0, 6.0, 40.0]:
        tell("student_t_sf", [t, dof], stats.t.sf(t, dof))
    for p in [1e-8, 0.01, 0.2, 0.5, 0.7, 0.975, 0.9995]:
        tell("student_t_quantile", [p, dof], stats.t.ppf(p, dof))
for dof in [1.0, 2.0, 3.0, 10.0, 99.0, 1000.0, 50000.0]:
    for share in [0.001, 0.3, 0.9, 1.0, 1.05, 1.5, 3.0]:
        x = share * dof
        tell("chi2_sf", [x, dof], stats.chi2.sf(x, dof))
        tell("chi2_cdf", [x, dof], stats.chi2.cdf(x, dof))
    for p in [1e-6, 0.05, 0.5, 0.95, 0.9999]:
        tell("chi2_quantile", [p, dof], stats.chi2.ppf(p, dof))
for n, p in [(1, 0.5), (10, 0.5), (10, 0.01), (50, 0.9), (1000, 0.3), (20000, 0.001), (20000, 0.5)]:
    for share in [0.0, 0.05, 0.29, 0.5, 0.88, 1.0]:
        k = round(share * n)
        tell("binomial_pmf", [k, n, p], stats.binom.pmf(k, n, p))
        tell("binomial_cdf", [k, n, p], stats.binom.cdf(k, n, p))
        tell("binomial_sf", [k, n, p], stats.binom.sf(k, n, p))
for x in [-1.0, 0.0, 0.05, 0.2, 0.4, 0.83, 0.999, 1.0, 1.36, 2.5, 5.0]:
    tell("kolmogorov_sf", [x], stats.kstwobign.sf(x))
for a in [0.5, 1.0, 3.3, 40.0, 2000.0]:
    for share in [0.01, 0.7, 1.0, 1.2, 4.0]:
        tell("gamma_p", [a, share * a], special.gammainc(a, share * a))
        tell("gamma_q", [a, share * a], special.gammaincc(a, share * a))
for a, b in [(0.5, 0.5), (1.0, 3.0), (4.5, 0.5), (20.0, 30.0), (1000.0, 300.0)]:
    for x in [0.0, 1e-6, 0.1, 0.5, 0.77, 0.99, 1.0]:
        tell("beta_p", [a, b, x], special.betainc(a, b, x))
        tell("beta_q", [a, b, x], special.betaincc(a, b, x))

ks = []
for s, n, m, grid, shift in [(1, 50, 40, 0, 0.0), (2, 300, 500, 0, 0.125), (3, 200, 200, 16, 0.0625), (4, 3, 2, 0, 2.0), (5, 40, 40, 0, 0.0)]:
    a, b = sample(s, n, grid), sample(s if s == 5 else s + 100, m, grid, shift)
    d = stats.ks_2samp(a, b).statistic
    ks.append(dict(seed=s, seed2=s if s == 5 else s + 100, n=n, m=m, grid=grid, shift=shift, statistic=d,
                   p_value=stats.kstwobign.sf(math.sqrt(n * m / (n + m)) * d)))

paired = []
for s, n, grid, shift in [(11, 5, 0, 0.05), (12, 20, 0, 0.2), (13, 50, 0, 0.0), (14, 51, 0, 0.1), (15, 40, 8, 0.125), (16, 500, 32, 0.03125)]:
    a, b = sample(s, n, grid, shift), sample(s + 100, n, grid)
    d = a - b
    plain = n <= 50 and not (d == 0).any() and len(set(np.abs(d))) == n
    t = stats.ttest_rel(a, b)
    w = stats.wilcoxon(a, b, correction=False, method="exact" if plain else "asymptotic")
    paired.append(dict(seed=s, n=n, grid=grid, shift=shift, t=t.statistic, t_p=t.pvalue, w=w.statistic, w_p=w.pvalue))

tables = []
for counts, k in [([10, 20, 30, 40], 2), ([5, 3, 2, 9], 2), ([1, 2, 3, 4, 5, 60], 3), ([100, 200, 300, 90, 180, 290, 11, 23, 31], 3), ([3, 4], 2)]:
    for correction in [False, True]:
        r = stats.chi2_contingency(np.array(counts, float).reshape(-1, k), correction=correction)
        tables.append(dict(counts=counts, n_columns=k, correction=correction, statistic=r.statistic, p_value=r.pvalue,
                           dof=int(r.dof), expected=[float(v) for v in r.expected_freq.ravel()]))

divergences = []
for p, q in [([1, 2, 3, 4], [4, 3, 2, 1]), ([10, 0, 5], [0, 10, 5]), ([1, 0], [0, 1]), ([3, 3, 3], [1, 1, 1]), ([0.2, 0.5, 0.3], [0.25, 0.45, 0.3])]:
    e, a = (np.maximum(np.array(v, float) / np.sum(v), 1e-4) for v in (p, q))
    divergences.append(dict(p=p, q=q, psi=float(((a - e) * np.log(a / e)).sum()), jensen_shannon=float(jensenshannon(p, q, base=2))))

associations = []
for s, n, grid, k, l in [(21, 100, 0, 3, 4), (22, 500, 8, 2, 7), (23, 30, 4, 5, 2)]:
    x, y = sample(s, n, grid), sample(s + 1, n, grid) + 0.5 * sample(s, n, grid)
    a, b = codes(s + 2, n, k), codes(s + 3, n, l)
    b = np.where(a == 0, 0, b)
    table = np.zeros((k, l), int)
    np.add.at(table, (a, b), 1)
    associations.append(dict(seed=s, n=n, grid=grid, k=k, l=l, pearson=stats.pearsonr(x, y).statistic,
                             spearman=stats.spearmanr(x, y).statistic, mutual_information=mutual_info_score(a, b),
                             cramers_v=association(table[table.sum(1) > 0][:, table.sum(0) > 0], method="cramer")))

summaries = []
for s, n, grid, shift in [(31, 1, 0, 0.0), (32, 10, 0, 1000.0), (33, 10007, 0, -0.5), (34, 200, 4, 0.0)]:
    v = sample(s, n, grid, shift)
    shares = [0.0, 0.05, 0.25, 1 / 3, 0.5, 0.9, 0.999, 1.0]
    edges = np.linspace(v.min() - 0.25, v.max() + 0.25, 8)
    shaped = n > 1
    summaries.append(dict(seed=s, n=n, grid=grid, shift=shift, mean=v.mean(), std=v.std(), shares=shares,
                          quantiles=list(np.quantile(v, shares)), low=edges[0], high=edges[-1],
                          histogram=[int(c) for c in np.histogram(v, bins=7, range=(edges[0], edges[-1]))[0]],
                          skewness=stats.skew(v) if shaped else None, kurtosis=stats.kurtosis(v) if shaped else None,
                          ranks=float((stats.rankdata(v) * np.arange(1, n + 1)).sum())))

json.dump(dict(scipy=scipy.__version__, distributions=distributions, ks=ks, paired=paired, tables=tables,
               divergences=divergences, associations=associations, summaries=summaries), sys.stdout, indent=1)
print()
