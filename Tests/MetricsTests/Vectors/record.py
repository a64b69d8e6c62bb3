"""Computes figures of metrics with the packages that others use, on arrays that a hash makes, into recorded.json.

    python3 -m pip install numpy scipy POT prdc scikit-learn scikit-image
    python3 -m pip install --no-deps torch-fidelity clean-fid vendi-score pytorch-msssim    # and torch
    python3 Tests/MetricsTests/Vectors/record.py [--check]

With --check nothing is written: says whether recorded.json is what the packages say now. Exit codes: 0 it is, 1 it is not.
"""

import ast
import importlib.util
import json
import math
import pathlib
import sys

import numpy as np
import ot
import scipy
import torch
from prdc import compute_prdc
from scipy import linalg, stats
from skimage.metrics import structural_similarity

HERE = pathlib.Path(__file__).parent


def hashes(k):
    k = np.asarray(k, dtype=np.uint64) & np.uint64(0xFFFFFFFF)
    mask = np.uint64(0xFFFFFFFF)
    for factor, shift in ((2654435761, 16), (2246822519, 13), (3266489917, 16)):
        k = (k * np.uint64(factor)) & mask
        k ^= k >> np.uint64(shift)
    return k


def U(n, d, seed):
    i, j = np.arange(n)[:, None], np.arange(d)[None, :]
    return hashes(seed * 1000003 + 1009 * i + j) / 2.0**32


def G(n, d, seed):
    return U(n, d, seed) + U(n, d, seed + 101) + U(n, d, seed + 202) + U(n, d, seed + 303) - 2


def functions(module, *names):
    """Functions of a module's source, without what the module imports."""
    source = pathlib.Path(importlib.util.find_spec(module.split(".")[0]).origin).parent
    path = source.joinpath(*module.split(".")[1:]).with_suffix(".py")
    tree = ast.parse(path.read_text())
    tree.body = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name in names]
    scope = {
        "np": np, "linalg": linalg, "torch": torch, "scipy": scipy, "normalize": unit,
        "vprint": lambda *_: None, "vassert": lambda *_: None, "KEY_METRIC_FID": "fid",
        "KEY_METRIC_ISC_MEAN": "mean", "KEY_METRIC_ISC_STD": "std",
    }  # fmt: skip
    exec(compile(tree, str(path), "exec"), scope)
    return [scope[name] for name in names]


def unit(x, **_):
    return x / np.linalg.norm(x, axis=1, keepdims=True)


def frechet(a, b):
    (metric,) = functions("torch_fidelity.metric_fid", "fid_statistics_to_metric")
    parts = [{"mu": x.mean(0), "sigma": np.cov(x, rowvar=False)} for x in (a, b)]
    return metric(*parts, False)["fid"]


def nuclear(a, b):
    """FID by the singular values of the product of centred rows, where the n by m matrix is affordable."""
    x, y = a - a.mean(0), b - b.mean(0)
    n, m = len(x) - 1, len(y) - 1
    trace = np.linalg.svd(x @ y.T, compute_uv=False).sum() / math.sqrt(n * m)
    return float(((a.mean(0) - b.mean(0)) ** 2).sum() + (x**2).sum() / n + (y**2).sum() / m - 2 * trace)


def clean_fid(a, b):
    mu, sigma = [x.mean(0) for x in (a, b)], [np.cov(x, rowvar=False) for x in (a, b)]
    difference = mu[0] - mu[1]
    # The function of clean-fid asks for an argument of sqrtm that scipy no longer has.
    root = linalg.sqrtm(sigma[0] @ sigma[1]).real
    return float(difference @ difference + np.trace(sigma[0] + sigma[1] - 2 * root))


def kid(x, y):
    (mmd2,) = functions("torch_fidelity.metric_kid", "mmd2")
    kernel = lambda a, b: (a @ b.T / a.shape[1] + 1) ** 3
    return float(mmd2(kernel(x, x), kernel(x, y), kernel(y, y)))


def distances(a, b):
    return ot.dist(a, b, metric="euclidean")


def rbf(x, y, sigma):
    (mmd2,) = functions("torch_fidelity.metric_kid", "mmd2")
    kernel = lambda a, b: np.exp(-scipy.spatial.distance.cdist(a, b, "sqeuclidean") / (2 * sigma**2))
    arguments = kernel(x, x), kernel(x, y), kernel(y, y)
    return float(mmd2(*arguments)), float(mmd2(*arguments, mmd_est="biased"))


def inception_score(logits, splits):
    (score,) = functions("torch_fidelity.metric_isc", "isc_features_to_metric")
    result = score(torch.from_numpy(logits), splits, shuffle=False)
    return [result["mean"], result["std"]]


def two_sample(x, y):
    """Leave-one-out 1-NN: accuracy on x, on y."""
    rows = np.concatenate([x, y])
    d = scipy.spatial.distance.cdist(rows, rows)
    np.fill_diagonal(d, np.inf)
    nearest = d.argmin(1)
    n = len(x)
    return [float((nearest[:n] < n).mean()), float((nearest[n:] >= n).mean())]


def copies(training, generated):
    d = scipy.spatial.distance.cdist(generated, training)
    own = scipy.spatial.distance.cdist(training, training)
    np.fill_diagonal(own, np.inf)
    nearest = d.argmin(1)
    return {
        "nearest": nearest.tolist(),
        "distances": d.min(1).tolist(),
        "share": float((d.min(1) <= own.min(1)[nearest]).mean()),
    }


def entropy(x, k):
    tree = scipy.spatial.cKDTree(x)
    radius = tree.query(x, k + 1)[0][:, k]
    n = len(x)
    constant = scipy.special.digamma(n) - scipy.special.digamma(k) + math.log(math.pi)
    return float(constant + 2 * np.log(radius).mean())


def wasserstein(x, y):
    weights = ot.unif(len(x)), ot.unif(len(y))
    squared = scipy.spatial.distance.cdist(x, y, "sqeuclidean")
    return [float(ot.emd2(*weights, np.sqrt(squared))), math.sqrt(ot.emd2(*weights, squared))]


def large():
    """A case of some hundred rows and 40 features, so that blocks of every kind meet."""
    x = G(700, 40, 101) + 0.3
    x[:, 3] += 0.5 * x[:, 0]
    y = 1.2 * G(600, 40, 102) + 0.35
    y[:, 7] -= 0.5 * y[:, 1]
    d = scipy.spatial.distance.cdist(x, x)
    directions = unit(G(64, 40, 131))
    slices = np.array([[stats.wasserstein_distance(x @ v, y @ v) for v in directions]])
    sliced = ot.sliced_wasserstein_distance(x, y, projections=directions.T, p=2)
    weight, entropy_q, score = functions("vendi_score.vendi", "weight_K", "entropy_q", "score_K")
    a, b = x[:150], y[:150]
    return {
        "fid": nuclear(x, y), "torch_fidelity": frechet(x, y), "clean_fid": clean_fid(x, y),
        "fid of few rows": nuclear(x[:30], y[:20]),
        "kid": kid(x[:600], y), "kid of a set and itself": kid(x[:600], x[:600]),
        "prdc": {str(n): compute_prdc(x, y, nearest_k=n) for n in (3, 5)},
        "rbf": rbf(x[:600], y, 5.0),
        "median distance": float(np.median(d[np.tril_indices(len(d), -1)])),
        "energy": float(2 * distances(x, y).mean() - distances(x, x).mean() - distances(y, y).mean()),
        "sliced W1": float(slices.mean()), "sliced W2": float(sliced),
        "vendi": float(score(unit(x) @ unit(x).T)), "vendi q=2": float(score(unit(x) @ unit(x).T, q=2)),
        "vendi of y, q=2": float(score(unit(y) @ unit(y).T, q=2)),
        "two sample": two_sample(x[:600], y),
        "copies": copies(x, y[:40]),
        "exact": wasserstein(a, b),
        "inception score": inception_score(4 * U(700, 10, 141), 10),
    }  # fmt: skip


def points():
    """Points of a ring of eight Gaussians, and as many that miss two of them."""
    def ring(modes, count, seed):
        angle = 2 * math.pi * (np.arange(count) % modes) / 8
        noise = 0.05 * math.sqrt(3) * G(count, 2, seed)
        return 2 * np.stack([np.cos(angle), np.sin(angle)], 1) + noise

    def surprise(x):
        centres = 2 * np.stack([np.cos(np.arange(8) * math.pi / 4), np.sin(np.arange(8) * math.pi / 4)], 1)
        squared = ((x[:, None] - centres) ** 2).sum(2) / 0.05**2
        return -scipy.special.logsumexp(-squared / 2, axis=1) + math.log(2 * math.pi * 0.05**2 * 8)

    result = []
    for modes, seed in ((8, 201), (6, 202)):
        x = ring(modes, 600, seed)
        result.append({
            "modes": modes, "seed": seed,
            "entropy": entropy(x, 3), "cross entropy": float(surprise(x).mean()),
        })  # fmt: skip
    return result


def ssim():
    from pytorch_msssim import ms_ssim

    y, x = np.mgrid[:32, :32]
    i = 0.5 + 0.25 * np.where((x // 4 + y // 4) % 2 == 0, 1, -1) + 0.2 * (U(32, 32, 41) - 0.5)
    j = 0.8 * i + 0.1 + 0.2 * (U(32, 32, 42) - 0.5)
    full = structural_similarity(
        i, j, win_size=11, gaussian_weights=True, sigma=1.5, use_sample_covariance=False, data_range=1, full=True)[1]
    y, x = np.mgrid[:176, :176]
    big = 0.5 + 0.25 * np.where((x // 16 + y // 16) % 2 == 0, 1, -1) + 0.2 * (U(176, 176, 43) - 0.5)
    other = 0.8 * big + 0.1 + 0.2 * (U(176, 176, 44) - 0.5)
    tensors = [torch.from_numpy(v)[None, None] for v in (big, other)]
    return {
        "ssim": float(full[5:-5, 5:-5].mean()),
        "five scales": float(ms_ssim(*tensors, data_range=1)),
    }


def tests():
    a, b = [100, 80, 60, 40, 20], [50, 50, 30, 10, 10]
    chi = stats.chi2_contingency(np.array([a, b]), correction=False)
    tails = ((0.5, 1), (3.84, 1), (18.3, 10), (60.0, 9), (150.0, 9), (900.0, 40), (3000.0, 9), (3000.0, 3000), (2900.0, 3000))
    return {
        "chi2": [float(chi.statistic), float(chi.pvalue)],
        "t quantiles 0.975": {str(n): float(stats.t.ppf(0.975, n)) for n in (1, 2, 4, 9, 19, 99)},
        "chi2 tails": [[x, n, float(stats.chi2.sf(x, n))] for x, n in tails],
    }


def recorded():
    return {
        "packages": {"numpy": np.__version__, "scipy": scipy.__version__, "POT": ot.__version__},
        "large": large(), "points": points(), "ssim": ssim(), "tests": tests(),
    }


if __name__ == "__main__":
    result = recorded()
    if "--check" in sys.argv:
        old = json.loads((HERE / "recorded.json").read_text())
        same = json.loads(json.dumps(result)) == old
        print("recorded.json is what the packages say" if same else "they differ")
        sys.exit(0 if same else 1)
    else:
        (HERE / "recorded.json").write_text(json.dumps(result, indent=1) + "\n")
