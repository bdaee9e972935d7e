"""What scikit-learn and neuroCombat give, for the tests of this folder: python reference.py > reference.json.

Made with scikit-learn 1.9.1 and neuroCombat 0.2.12 (whose iteration is run on to 1e-13 instead of 1e-4).
"""
import contextlib
import io
import json
import warnings

import numpy as np
import pandas as pd
from neuroCombat import neuroCombat as package
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

combat = __import__("sys").modules["neuroCombat.neuroCombat"]
warnings.simplefilter("ignore")
random = np.random.default_rng(3)


def table(n, p):
    mixed = random.normal(size=(n, p)) @ random.normal(size=(p, p))
    return np.round((mixed - mixed.mean(0)) / mixed.std(0), 3)


x = table(70, 6)
y = (x[:, 0] - 0.7 * x[:, 3] + random.normal(size=70) > 0.5).astype(int)
wide = table(30, 45)
label = (wide[:, 1] + random.normal(size=30) > 0).astype(int)


def logistic(x, y, penalty):
    fit = LogisticRegression(C=1 / penalty, tol=1e-12, max_iter=100000).fit(x, y)
    return {"penalty": penalty, "intercept": fit.intercept_[0], "weights": fit.coef_[0].tolist()}


# equally good splits are taken by chance: what a row gets is given where a hundred seeds agree
fresh = table(40, 6)
grown = [DecisionTreeClassifier(random_state=seed).fit(x, y).predict_proba(fresh)[:, 1] for seed in range(100)]
shares = [grown[0][i] if all(g[i] == grown[0][i] for g in grown) else None for i in range(len(fresh))]

features = table(48, 9)
batch = np.repeat([0, 1, 2], [14, 20, 14])
features = np.round(features * np.array([1, 1.6, 0.7])[batch][:, None] + np.array([0, 0.8, -0.5])[batch][:, None], 3)
combat.it_sol.__defaults__ = (1e-13,)
with contextlib.redirect_stdout(io.StringIO()):
    adjusted = package(dat=features.T, covars=pd.DataFrame({"batch": batch}), batch_col="batch")["data"].T

rows = lambda values: [list(map(float, row)) for row in values]
print(json.dumps({
    "tall": {"x": rows(x), "y": y.tolist(), "fits": [logistic(x, y, c) for c in (0.01, 1, 30)]},
    "wide": {"x": rows(wide), "y": label.tolist(), "fits": [logistic(wide, label, c) for c in (0.1, 10)]},
    "tree": {"rows": rows(fresh), "shares": shares},
    "combat": {"x": rows(features), "batch": batch.tolist(), "adjusted": rows(adjusted)},
}))
