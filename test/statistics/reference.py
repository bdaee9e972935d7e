"""Writes the values that the tests of lib/statistics are compared with, as JSON to standard output.

Usage: python reference.py [CASES [SEED]] > reference.json      (default: 14 cases of each kind, seed 1)
Needs scipy, statsmodels, pingouin, scikit-learn and mpmath; their versions are written into the file.
What no package gives is computed here by its definition, with mpmath's 40 digits where digits matter.
"""
import itertools
import json
import math
import sys
import warnings

import mpmath as mp
import numpy as np
import pandas as pd
import pingouin
import scipy
import sklearn
import statsmodels
from scipy import stats
from sklearn import metrics
from statsmodels.stats.multitest import multipletests

warnings.simplefilter("ignore")
np.seterr(all="ignore")
mp.mp.dps = 40
CASES = int(sys.argv[1]) if len(sys.argv) > 1 else 14
rng = np.random.default_rng(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
ALTERNATIVES = ["two-sided", "less", "greater"]
EXACT_LIMIT = 1000  # arrangements that an exact permutation test may have here


def plain(value):
    """JSON has no NaN and infinities: they become strings."""
    if isinstance(value, dict):
        return {key: plain(v) for key, v in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(v) for v in value]
    if isinstance(value, (bool, np.bool_, str)):
        return value if isinstance(value, str) else bool(value)
    value = float(value)
    return value if math.isfinite(value) else {math.inf: "Infinity", -math.inf: "-Infinity"}.get(value, "NaN")


def numbers(n, kind):
    """n numbers of a kind, with few digits so that the file stays short."""
    draw = {
        "normal": lambda: np.round(rng.normal(rng.normal(), rng.uniform(0.2, 3), n), 3),
        "ties": lambda: rng.integers(0, 4, n),
        "skewed": lambda: np.round(rng.lognormal(0, 1.5, n), 3),
        "heavy": lambda: np.round(rng.standard_cauchy(n), 3),
        "small": lambda: np.round(rng.normal(0, 1, n), 3) * 2.0**-40,
        "large": lambda: np.round(rng.normal(0, 1, n), 3) * 2.0**40,
        "constant": lambda: np.full(n, rng.integers(-2, 3)),
    }
    return np.asarray(draw[kind](), dtype=float)


KINDS = ["normal", "ties", "skewed", "heavy", "small", "large", "normal", "normal"]


def sizes(i):
    small, first, second = 1 + int(rng.integers(8)), int(rng.integers(2, 25)), int(rng.integers(2, 25))
    return [(2, 2), (2, 9), (3, 12), (5, 5), (small, 10), (9, 14), (first, second)][i % 7]


def t_values(result, alternative):
    low, high = result.confidence_interval(0.95)
    # the open end is infinite also without any spread, where SciPy multiplies infinity by 0
    low, high = -math.inf if alternative == "less" else low, math.inf if alternative == "greater" else high
    return [result.statistic, result.df, result.pvalue, low, high]


def permutation(data, statistic, alternative, kind):
    options = {"permutation_type": kind, "alternative": alternative, "n_resamples": EXACT_LIMIT}
    return stats.permutation_test(data, statistic, **options).pvalue


def difference_of_means(x, y, axis):
    return np.mean(x, axis=axis) - np.mean(y, axis=axis)


def cohen_d(a, b):
    pooled = ((len(a) - 1) * np.var(a, ddof=1) + (len(b) - 1) * np.var(b, ddof=1)) / (len(a) + len(b) - 2)
    return (np.mean(a) - np.mean(b)) / np.sqrt(pooled)


def hedges_factor(df):
    return mp.gamma(mp.mpf(df) / 2) / (mp.sqrt(mp.mpf(df) / 2) * mp.gamma(mp.mpf(df - 1) / 2))


def two_samples(a, b):
    out = {"cliffDelta": np.sign(np.subtract.outer(a, b)).mean()}
    enough = min(len(a), len(b)) > 1
    if enough:
        d = cohen_d(a, b)
        out |= {"cohenD": d, "hedgesG": d * float(hedges_factor(len(a) + len(b) - 2))}
    exact = enough and math.comb(len(a) + len(b), len(a)) <= EXACT_LIMIT
    for alternative in ALTERNATIVES:
        u = stats.mannwhitneyu(a, b, alternative=alternative)
        row = {"mannWhitney": [u.statistic, u.pvalue]}
        normal = stats.mannwhitneyu(a, b, alternative=alternative, method="asymptotic")
        row["mannWhitneyNormal"] = [normal.statistic, normal.pvalue]
        if enough:
            row["studentTTest"] = t_values(stats.ttest_ind(a, b, alternative=alternative), alternative)
            row["welchTTest"] = t_values(stats.ttest_ind(a, b, equal_var=False, alternative=alternative), alternative)
            bm = stats.brunnermunzel(a, b, alternative=alternative)
            row["brunnerMunzel"] = [bm.statistic, bm.pvalue]
        if exact:
            row["permutationMean"] = [permutation((a, b), difference_of_means, alternative, "independent")]
        out[alternative] = row
    return {"a": a, "b": b, **out}


def rank_biserial(a, b):
    d = (a - b)[a != b]
    if len(d) == 0:
        return 0
    r = stats.rankdata(np.abs(d))
    return (r[d > 0].sum() - r[d < 0].sum()) / r.sum()


def spearman_interval(r, n):
    if n < 4 or math.isnan(r):
        return [r * 0 - 1, r * 0 + 1]
    reach = stats.norm.ppf(0.975) * math.sqrt((1 + r * r / 2) / (n - 3))
    return list(np.tanh([np.arctanh(r) - reach, np.arctanh(r) + reach]))


def correlation(result, n, alternative):
    """r and p; for a perfect line SciPy's r is 1 give or take the last digit, which would decide p."""
    r, p = result
    if n == 2 or not abs(r) > 1 - 1e-12:
        return [round(r) if n == 2 and not math.isnan(r) else r, p]
    return [round(r), 0 if alternative in ["two-sided", "greater" if r > 0 else "less"] else 1]


def signed_rank(a, b, **options):
    w = stats.wilcoxon(a, b, **options)
    # nothing but zeros: p = 1, which SciPy says for up to 13 pairs only
    return [w.statistic, w.pvalue if (a != b).any() else 1]


def pairs(a, b):
    out = {"rankBiserial": rank_biserial(a, b)}
    n = len(a)
    for alternative in ALTERNATIVES:
        row = {}
        for zeros in ["wilcox", "pratt"]:
            row[f"wilcoxon-{zeros}"] = signed_rank(a, b, zero_method=zeros, alternative=alternative)
            for correction in [False, True]:
                name = f"wilcoxon-{zeros}-normal{'-corrected' if correction else ''}"
                options = {"zero_method": zeros, "alternative": alternative, "correction": correction}
                row[name] = signed_rank(a, b, method="asymptotic", **options)
        row["pairedTTest"] = t_values(stats.ttest_rel(a, b, alternative=alternative), alternative)
        row["oneSampleTTest"] = t_values(stats.ttest_1samp(a, 0.5, alternative=alternative), alternative)
        row["pearson"] = correlation(stats.pearsonr(a, b, alternative=alternative), n, alternative)
        row["spearman"] = correlation(stats.spearmanr(a, b, alternative=alternative), n, alternative)
        if 2**n <= EXACT_LIMIT:
            row["pairedPermutation"] = [permutation((a - b,), np.mean, alternative, "samples")]
        out[alternative] = row
    if n > 3:
        out["pearsonInterval"] = list(stats.pearsonr(a, b).confidence_interval(0.95))
        out["spearmanInterval"] = spearman_interval(stats.spearmanr(a, b).statistic, n)
    return {"a": a, "b": b, **out}


def group_case(i):
    k = int(rng.integers(2, 5))
    kind = KINDS[i % len(KINDS)]
    groups = [numbers(int(rng.integers(3, 9)), kind) for _ in range(k)]
    if i % 5 == 4:
        groups[0] = numbers(4, "constant")
    n, methods = int(rng.integers(1, 12)), int(rng.integers(3, 6))
    scores = [numbers(n, "ties" if i % 2 else kind) for _ in range(methods)]
    friedman = stats.friedmanchisquare(*scores)
    return {"groups": groups, "levene": {c: list(stats.levene(*groups, center=c)) for c in ["median", "mean"]},
            "scores": scores, "friedman": list(friedman)}


def one_sample(i):
    n = [3, 4, 5, 6, 7, 11, 12, 20, 30][i % 9] if i < 200 else int(rng.integers(3, 400))
    x = numbers(n, "constant" if i % 13 == 12 else KINDS[i % len(KINDS)])
    q = np.quantile(x, [0.25, 0.5, 0.75])
    return {"x": x, "shapiroWilk": list(stats.shapiro(x)), "summary": [x.mean(), x.std(ddof=1), *q, x.min(), x.max()]}


def p_values(i):
    n = [1, 2, 5, 12, 30][i % 5]
    p = np.round(rng.uniform(0, 1, n) ** (1 + 3 * (i % 3)), 4)
    if n > 4:
        p[:2] = [0, 1]
        p[2] = p[3]
    corrected = {name: multipletests(p, method=method)[1] for name, method in
                 [("bonferroni", "bonferroni"), ("holm", "holm"), ("benjaminiHochberg", "fdr_bh")]}
    return {"p": p, **corrected}


def components(scores, labels):
    """DeLong's components by their definition: every positive against every negative."""
    psi = np.sign(np.subtract.outer(scores[labels == 1], scores[labels == 0])) / 2 + 0.5
    return psi.mean(), psi.mean(axis=1), psi.mean(axis=0)


def roc_case(i):
    n = int(rng.integers(5, 26))
    labels = np.zeros(n, dtype=int)
    labels[: int(rng.integers(2, n - 2))] = 1
    rng.shuffle(labels)
    kind = "ties" if i % 3 == 0 else "normal"
    first, second = (numbers(n, kind) + (labels if i % 2 else 0) for _ in range(2))
    if i % 7 == 6:
        first = first + 100 * labels
    auc_a, p_a, n_a = components(first, labels)
    auc_b, p_b, n_b = components(second, labels)
    m, k = labels.sum(), n - labels.sum()
    error, z = math.sqrt(np.var(p_a, ddof=1) / m + np.var(n_a, ddof=1) / k), stats.norm.ppf(0.975)
    # the same as both variances less twice the covariance, without cancellation
    difference_error = math.sqrt(np.var(p_a - p_b, ddof=1) / m + np.var(n_a - n_b, ddof=1) / k)
    statistic = 0 if auc_a == auc_b else (auc_a - auc_b) / difference_error
    fpr, tpr, thresholds = metrics.roc_curve(labels, first, drop_intermediate=False)
    return {"first": first, "second": second, "labels": labels,
            "auc": metrics.roc_auc_score(labels, first), "standardError": error,
            "interval": [max(0, auc_a - z * error), min(1, auc_a + z * error)],
            "points": np.column_stack([thresholds, fpr, tpr]),
            "deLong": [auc_a - auc_b, difference_error, statistic, 2 * stats.norm.sf(abs(statistic))]}


def rating_case(i):
    n, k = int(rng.integers(3, 9)), int(rng.integers(2, 5))
    of_subjects = rng.normal(0, 1, (n, 1)) * rng.uniform(0, 3)
    ratings = np.round(of_subjects + rng.normal(0, 1, (1, k)) + rng.normal(0, 1, (n, k)), 2)
    if i % 4 == 3:
        ratings = rng.integers(1, 4, (n, k)).astype(float)
    table = pd.DataFrame([(s, r, ratings[s, r]) for s in range(n) for r in range(k)], columns=["s", "r", "x"])
    result = pingouin.intraclass_corr(table, "s", "r", "x").set_index("Type")
    names = [("ICC2", "ICC(A,1)"), ("ICC3", "ICC(C,1)")]  # of older and newer versions
    icc2, icc3 = (result.loc[next(t for t in types if t in result.index)] for types in names)
    f, df1, df2, p = icc3["F"], icc3["df1"], icc3["df2"], icc3[next(c for c in result.columns if c.startswith("p"))]
    # intervals by McGraw & Wong 1996, because the package rounds its own
    residual = ratings - ratings.mean(axis=1, keepdims=True) - ratings.mean(axis=0) + ratings.mean()
    ms_rest = (residual**2).sum() / (n - 1) / (k - 1)
    ms_subjects, ms_raters = k * ratings.mean(axis=1).var(ddof=1), n * ratings.mean(axis=0).var(ddof=1)
    low, high = f / stats.f.ppf(0.975, df1, df2), f * stats.f.ppf(0.975, df2, df1)
    r = icc2["ICC"]
    a, b = k * r / n / (1 - r), 1 + k * r * (n - 1) / n / (1 - r)
    v = (a * ms_raters + b * ms_rest) ** 2 / ((a * ms_raters) ** 2 / (k - 1) + (b * ms_rest) ** 2 / (n - 1) / (k - 1))
    upper, lower = stats.f.ppf(0.975, n - 1, v), stats.f.ppf(0.975, v, n - 1)
    other = k * ms_raters + (k * n - k - n) * ms_rest
    agreement = [n * (ms_subjects - upper * ms_rest) / (upper * other + n * ms_subjects),
                 n * (lower * ms_subjects - ms_rest) / (other + n * lower * ms_subjects)]
    consistency = [(low - 1) / (low + k - 1), (high - 1) / (high + k - 1)] if np.isfinite(f) else [1, 1]
    for own, row in [(agreement, icc2), (consistency, icc3)]:
        theirs = np.array(row[next(c for c in result.columns if c.startswith("CI"))], dtype=float)
        if np.isnan(own).any():
            own[:] = theirs  # perfect agreement: 0/0 in these formulas
        assert np.isnan(theirs).any() or np.allclose(own, theirs, atol=0.0051), (own, theirs)
    return {"ratings": ratings, "agreement": [r, *agreement], "consistency": [icc3["ICC"], *consistency],
            "f": [f, df1, df2, p]}


class Stream(np.random.Generator):
    """The random stream of lib/random.ts (sfc32), given to SciPy's bootstrap in the place of NumPy's."""

    def __init__(self, seed, purpose):
        super().__init__(np.random.PCG64(0))
        self.s = [seed, self.hash(purpose), self.hash(str(seed)), 1]
        for _ in range(15):
            self.uint32()

    @staticmethod
    def hash(text):
        value = 0x811C9DC5
        for letter in text:
            value = ((value ^ ord(letter)) * 0x01000193) & 0xFFFFFFFF
        return value

    def uint32(self):
        a, b, c, count = self.s
        t = (a + b + count) & 0xFFFFFFFF
        self.s = [b ^ (b >> 9), (c + (c << 3)) & 0xFFFFFFFF, (((c << 21) | (c >> 11)) + t) & 0xFFFFFFFF, count + 1]
        return t

    def integers(self, low, high, size, **_):
        draw = lambda: ((self.uint32() >> 5) * 67108864 + (self.uint32() >> 6)) / 9007199254740992
        return np.array([int(draw() * high) for _ in range(math.prod(size))]).reshape(size)


def mean_square(x, axis):
    return np.mean(x * x, axis=axis)


def bootstrap_case(i):
    # multiples of 1/16, whose sums are exact: SciPy counts resamples below the estimate, which rounding must not decide
    x = np.round(16 * rng.lognormal(0, 1, int(rng.integers(4, 15)))) / 16
    statistic = [np.mean, mean_square, np.median][i % 3]
    out = {"x": x, "statistic": statistic.__name__, "seed": i}
    for method in ["percentile", "bca"]:
        stream = Stream(i, "bootstrap")
        r = stats.bootstrap((x,), statistic, n_resamples=199, method=method, rng=stream, confidence_level=0.9)
        if not np.isnan(r.confidence_interval).any():
            out[method] = [*r.confidence_interval, r.standard_error]
    return out


def beta_tail(a, b, x, y):
    """P(X <= x) of a beta variable, by the power series DLMF 8.17.8 on the side where it converges well.

    Its terms are all positive.
    """
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_tail(b, a, y, x)
    total, term, j = mp.mpf(0), mp.mpf(1), 0
    while term > total * mp.mpf(10) ** -38:
        total += term
        term *= x * (a + b + j) / (a + 1 + j)
        j += 1
    return x**a * y**b / (a * mp.beta(a, b)) * total


def t_tail(t, df):
    t, df = mp.mpf(t), mp.mpf(df)
    tail = beta_tail(df / 2, mp.mpf(1) / 2, df / (df + t * t), t * t / (df + t * t)) / 2
    return tail if t >= 0 else 1 - tail


def f_tail(f, d1, d2):
    f, d1, d2 = mp.mpf(f), mp.mpf(d1), mp.mpf(d2)
    return beta_tail(d2 / 2, d1 / 2, d2 / (d2 + d1 * f), d1 * f / (d2 + d1 * f))


def distributions():
    half = mp.mpf(1) / 2
    out = {"studentUpperTail": [], "fisherUpperTail": [], "chiSquareUpperTail": [], "normalUpperTail": [],
           "incompleteBeta": []}
    for _ in range(4 * CASES):
        df = float(rng.choice([1, 2, 3, 7.5, 30, 1000]))
        t = float(rng.choice([rng.normal() * 2, 10 ** rng.uniform(-6, 4), rng.uniform(0, 38)]))
        out["studentUpperTail"].append([t, df, t_tail(t, df)])
        d1, d2 = float(rng.choice([1, 2, 7.5, 300])), float(rng.choice([1, 2, 9.5, 1000]))
        f = float(10 ** rng.uniform(-3, 3))
        out["fisherUpperTail"].append([f, d1, d2, f_tail(f, d1, d2)])
        k = float(rng.choice([1, 2, 3, 9, 200]))
        x = float(rng.choice([rng.uniform(0, 3 * k), 10 ** rng.uniform(-3, 2.9)]))
        out["chiSquareUpperTail"].append([x, k, mp.gammainc(mp.mpf(k) / 2, mp.mpf(x) / 2, mp.inf, regularized=True)])
        z = float(rng.choice([rng.normal(), rng.uniform(0, 37), 10 ** rng.uniform(-6, 0)]))
        out["normalUpperTail"].append([z, mp.erfc(mp.mpf(z) / mp.sqrt(2)) * half])
        a, b, x = float(10 ** rng.uniform(-1, 3)), float(10 ** rng.uniform(-1, 3)), float(rng.uniform())
        out["incompleteBeta"].append([a, b, x, beta_tail(mp.mpf(a), mp.mpf(b), mp.mpf(x), 1 - mp.mpf(x))])
    return {name: [row for row in rows if 1e-300 < row[-1] < 1] for name, rows in out.items()}


def exact_moments(x):
    x = [mp.mpf(float(v)) for v in x]
    m = mp.fsum(x) / len(x)
    return len(x), m, mp.fsum((v - m) ** 2 for v in x)


def two_sided(t, df):
    return [t, df, 2 * t_tail(abs(t), df)]


def exact_levene(distances):
    means = [mp.fsum(d) / len(d) for d in distances]
    n = sum(len(d) for d in distances)
    grand = mp.fsum(itertools.chain(*distances)) / n
    between = sum(len(d) * (m - grand) ** 2 for d, m in zip(distances, means))
    within = sum((v - m) ** 2 for d, m in zip(distances, means) for v in d)
    f = between * (n - 2) / within
    return [f, f_tail(f, 1, n - 2)]


def offset_case(i):
    """Everything that has means and variances in it, in 40 digits, of values near 1e8."""
    n1, n2 = int(rng.integers(2, 15)), int(rng.integers(2, 15))
    a = 1e8 + numbers(n1, "normal")
    b = 1e8 + numbers(n2, "normal") * (1 + i % 3)
    (_, ma, sa), (_, mb, sb) = exact_moments(a), exact_moments(b)
    difference, df = ma - mb, n1 + n2 - 2
    pooled = (sa + sb) / df
    student = two_sided(difference / mp.sqrt(pooled * (mp.mpf(1) / n1 + mp.mpf(1) / n2)), df)
    va, vb = sa / (n1 - 1) / n1, sb / (n2 - 1) / n2
    welch = two_sided(difference / mp.sqrt(va + vb), (va + vb) ** 2 / (va**2 / (n1 - 1) + vb**2 / (n2 - 1)))
    d = difference / mp.sqrt(pooled)
    levene = lambda centres: exact_levene([[abs(mp.mpf(float(v)) - m) for v in x] for x, m in zip([a, b], centres)])
    median = lambda x: (mp.mpf(float(np.sort(x)[(len(x) - 1) // 2])) + mp.mpf(float(np.sort(x)[len(x) // 2]))) / 2
    c = a + numbers(n1, "normal")
    (_, mc, sc) = exact_moments(c)
    r = mp.fsum((mp.mpf(float(x)) - ma) * (mp.mpf(float(y)) - mc) for x, y in zip(a, c)) / mp.sqrt(sa * sc)
    _, mean_difference, s = exact_moments([mp.mpf(float(x)) - mp.mpf(float(y)) for x, y in zip(a, c)])
    paired = two_sided(mean_difference / mp.sqrt(s / (n1 - 1) / n1), n1 - 1)
    out = {"a": a, "b": b, "c": c, "summary": [ma, mp.sqrt(sa / (n1 - 1))],
           "studentTTest": student, "welchTTest": welch, "cohenD": d,
           "hedgesG": d * hedges_factor(df), "pearson": r, "pairedTTest": paired}
    # pairs have no spread of distances within
    if min(n1, n2) < 3:
        return out
    return {**out, "leveneMean": levene([ma, mb]), "leveneMedian": levene([median(a), median(b)])}


def offset_ratings():
    ratings = 1e8 + np.round(rng.normal(0, 1, (6, 1)) + rng.normal(0, 0.5, (6, 3)), 3)
    x = [[mp.mpf(float(v)) for v in row] for row in ratings]
    rows, columns = [mp.fsum(row) / 3 for row in x], [mp.fsum(row[j] for row in x) / 6 for j in range(3)]
    grand = mp.fsum(rows) / 6
    subjects = 3 * mp.fsum((m - grand) ** 2 for m in rows) / 5
    raters = 6 * mp.fsum((m - grand) ** 2 for m in columns) / 2
    rest = mp.fsum((x[i][j] - rows[i] - columns[j] + grand) ** 2 for i in range(6) for j in range(3)) / 10
    return {"ratings": ratings,
            "agreement": (subjects - rest) / (subjects + 2 * rest + 3 * (raters - rest) / 6),
            "consistency": (subjects - rest) / (subjects + 2 * rest)}


def two_sample_case(i):
    n1, n2 = sizes(i)
    a, b = numbers(n1, KINDS[i % len(KINDS)]), numbers(n2, KINDS[i % len(KINDS)])
    if i % 6 == 5:
        a = numbers(n1, "constant")
    if i % 12 == 11:
        b = numbers(n2, "constant")
    if i % 9 == 8 and KINDS[i % len(KINDS)] != "small":
        a = a + 50
    return two_samples(a, b)


def pair_case(i):
    n = [2, 3, 5, 9, 13, 14, int(rng.integers(2, 60))][i % 7]
    kind = KINDS[i % len(KINDS)]
    a = numbers(n, kind)
    b = a + numbers(n, kind) if i % 2 else numbers(n, kind)
    if i % 8 == 7:
        a = numbers(n, "ties")
        b = a + numbers(n, "constant")
    return pairs(a, b)


versions = {m.__name__: m.__version__ for m in [scipy, statsmodels, pingouin, sklearn, mp]}
families = {"twoSamples": two_sample_case, "pairs": pair_case, "groups": group_case, "oneSample": one_sample,
            "pValues": p_values, "roc": roc_case, "ratings": rating_case, "bootstrap": bootstrap_case,
            "offset": offset_case, "offsetRatings": lambda i: offset_ratings()}
reference = {"madeBy": "reference.py", "versions": versions}
reference |= {name: [make(i) for i in range(CASES)] for name, make in families.items()}
reference["distributions"] = distributions()
print(json.dumps(plain(reference), separators=(",", ":")))
