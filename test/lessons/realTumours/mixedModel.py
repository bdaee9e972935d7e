"""Writes mixedModel.json beside this file: what statsmodels makes of slices of patients in two groups.

    pip install statsmodels pandas
    python mixedModel.py
"""
import json
import warnings
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.formula.api as smf

warnings.simplefilter('ignore')


def patients(seed, groups, between, within, difference):
    """Patients of both groups with 1 to 7 slices each, around 10."""
    rng = np.random.default_rng(seed)
    made = []
    for group, count in enumerate(groups):
        for _ in range(count):
            mean = 10 + difference * (group == 0) + rng.normal(0, between)
            slices = mean + rng.normal(0, within, 1 + int(rng.integers(0, 7)))
            made.append({'inFirst': group == 0, 'values': [round(float(value), 4) for value in slices]})
    return made


def fitted(made):
    rows = [(i, int(one['inFirst']), value) for i, one in enumerate(made) for value in one['values']]
    data = pd.DataFrame(rows, columns=['patient', 'first', 'value'])
    model = smf.mixedlm('value ~ first', data, groups=data['patient'])
    fit = model.fit(reml=True, method='powell', xtol=1e-12, ftol=1e-14, maxiter=10000)
    between, within = float(fit.cov_re.iloc[0, 0]), float(fit.scale)
    # (X' V^-1 X)^-1 with these variances, as lme4 and nlme give it. fit.bse_fe is up to 1 % off: it comes from
    # the information of the variances too.
    same = np.equal.outer(data['patient'].to_numpy(), data['patient'].to_numpy())
    design = np.column_stack([np.ones(len(data)), data['first']])
    covariance = np.linalg.inv(design.T @ np.linalg.solve(within * np.eye(len(data)) + between * same, design))
    return {'difference': float(fit.fe_params['first']), 'error': float(np.sqrt(covariance[1, 1])),
            'errorOfStatsmodels': float(fit.bse_fe['first']), 'varianceBetween': between, 'varianceWithin': within}


cases = []
for seed, (name, *options) in enumerate([
        ('patients who differ', (12, 9), 2, 1, 1.5), ('few patients', (5, 4), 1.5, 2, 0),
        ('slices nearly alike', (6, 5), 5, 0.1, -3), ('many patients', (60, 30), 1, 2, 0.5),
        ('patients who do not differ', (8, 8), 0, 1, 0.7)]):
    made = patients(seed, *options)
    cases.append({'name': name, **fitted(made), 'patients': made})
versions = {name: version(name) for name in ['statsmodels', 'numpy', 'pandas']}
Path(__file__).with_suffix('.json').write_text(json.dumps({'versions': versions, 'cases': cases}) + '\n')
