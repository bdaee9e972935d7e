"""Writes extremes.json: probabilities of t, F, chi-square and normal at their extremes, by mpmath with 40 digits.

    python extremes.py > extremes.json        # mpmath 1.3.0; a few seconds

Each row is a function of lib/statistics/distributions, its arguments and its value. Incomplete beta functions by
DLMF 8.17.8, whichever side converges; a point that takes more than 3 seconds is left out.
"""
import json
import signal

from mpmath import erfc, exp, gammainc, hyp2f1, inf, log, loggamma, mp, mpf, sqrt

mp.dps = 40


class TooLong(Exception):
    pass


def stop(*_):
    raise TooLong


def beta(a, b, x, y):
    """I_x(a, b); y = 1 - x."""
    front = exp(a * log(x) + b * log(y) - loggamma(a) - loggamma(b) + loggamma(a + b))
    if x <= (a + 1) / (a + b + 2):
        return front / a * hyp2f1(a + b, 1, a + 1, x)
    return 1 - front / b * hyp2f1(a + b, 1, b + 1, y)


def student(t, df):
    whole = df + t * t
    return beta(df / 2, mpf(1) / 2, df / whole, t * t / whole) / 2


def fisher(f, df1, df2):
    ratio = df1 * f / df2
    return beta(df2 / 2, df1 / 2, 1 / (1 + ratio), ratio / (1 + ratio))


def chi_square(x, df):
    return gammainc(df / 2, x / 2, inf, regularized=True)


def normal(z):
    return erfc(z / sqrt(2)) / 2


few_to_many = [1e-3, 0.1, 1, 2, 7.5, 30, 1e3, 1e6, 1e9]
rows = [("studentUpperTail", student, (t, df))
        for df in few_to_many for t in [1e-300, 1e-10, 0.1, 1, 3, 10, 37, 1e10, 1e155, 1e300]]
rows += [("fisherUpperTail", fisher, (f, *df))
         for df in [(1e-3, 1e-3), (1e-3, 5), (5, 1e-3), (3, 7.5), (0.1, 1e6), (30, 1e9), (1e9, 30), (1e5, 1e5)]
         for f in [1e-300, 1e-160, 0.1, 0.999, 1.001, 2, 1e160, 1e300]]
rows += [("chiSquareUpperTail", chi_square, (x, df))
         for df in few_to_many for x in [1e-300, 1e-10, 0.5, 1, 50, 1400, df, df + 5 * df ** 0.5]]
rows += [("normalUpperTail", normal, (z,)) for z in [-40, -10, -1e-300, 0, 1e-20, 1, 10, 30, 37, 38.4]]

found = []
signal.signal(signal.SIGALRM, stop)
for name, probability, arguments in rows:
    signal.alarm(3)
    try:
        found.append([name, *arguments, float(probability(*map(mpf, arguments)))])
    except TooLong:
        pass
    signal.alarm(0)
print("[\n" + ",\n".join(json.dumps(row) for row in found) + "\n]")
