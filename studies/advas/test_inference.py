"""The statistics beside numbers of SciPy 1.17, and beside counting where SciPy has none.

Run with `python3 -m unittest discover -s studies/advas`; needs NumPy alone.
"""

from __future__ import annotations

import itertools
import unittest

import inference

PAIRED = [-1.2, -0.4, -2.0, 0.3, -1.1]
EIGHT = [0.42, -0.17, 0.88, 1.31, 0.05, 0.64, -0.29, 0.93]
STRATA = {"a": [-0.1, -0.2, 0.05, -0.12, -0.3], "b": [0.02, -0.05, -0.1, 0.01, -0.2]}
UNLIKE = {"a": [-0.3, 0.1, -0.5, -0.1, -0.4, -0.6], "b": [0.25, -0.05, 0.1]}


class InferenceTests(unittest.TestCase):
    def near(self, found: float, expected: float, relative: float = 1e-9) -> None:
        self.assertLessEqual(abs(found - expected), relative * abs(expected), f"{found} is not {expected}")

    def test_five_pairs(self) -> None:
        interval = inference.t_interval(PAIRED)
        self.near(interval.mean, -0.88)
        self.near(interval.low, -1.960319036080345)
        self.near(interval.high, 0.20031903608034485)
        self.near(inference.t_test(PAIRED), 0.08652525277860611)
        self.assertEqual(inference.sign_flip(PAIRED), 0.125)

    def test_eight_pairs(self) -> None:
        self.assertEqual(inference.sign_flip(EIGHT), 0.0625)
        self.near(inference.t_test(EIGHT), 0.0522016665619877)
        interval = inference.t_interval(EIGHT, 0.9706)
        self.near(interval.low, -0.07934646812589169)
        self.near(interval.high, 1.0218464681258923)

    def test_students_distribution(self) -> None:
        for t, df, p in (
            (2.3, 7.5, 0.052572896104369084), (0.1, 1, 0.936548965138893), (8, 4, 0.0013238969092171672),
            (40, 29, 6.346877329729342e-27),
        ):
            self.near(inference.student_p(t, df), p)
        for confidence, df, t in (
            (0.95, 4, 2.7764451051977934), (0.9706, 29, 2.2912930164131784), (0.9, 7.25, 1.8847957180841028),
        ):
            self.near(inference.student_quantile(confidence, df), t)

    def test_incomplete_beta(self) -> None:
        self.near(inference.regularized_beta(0.3, 2.5, 0.5), 0.018927124071945658)
        self.near(inference.regularized_beta(0.99, 14.5, 0.5), 0.5924832830158486)
        self.near(inference.regularized_beta(0.2, 0.5, 3), 0.733430296619931)

    def test_welch(self) -> None:
        a, b = [0.66, -0.51, -1.65, 0.17, 0.11], [-1.45, -0.37, 0.86, -0.89, 0.8, 1.19, 1.07]
        interval, p = inference.welch(a, b)
        self.near(p, 0.4781351057660741)
        self.near(interval.low, -1.6820035404822955)
        self.near(interval.high, 0.8482892547680099)

    def test_signs_are_counted_one_by_one(self) -> None:
        weighted = [value / 5 for values in STRATA.values() for value in values]
        observed = abs(sum(weighted))
        expected = sum(
            abs(sum(sign * value for sign, value in zip(signs, weighted))) >= observed - 1e-12
            for signs in itertools.product((1, -1), repeat=10)
        )
        self.assertEqual(inference.stratified_sign_flip(STRATA), expected / 1024)

    def test_no_difference_has_p_of_one(self) -> None:
        self.assertEqual(inference.sign_flip([1.0, -1.0]), 1.0)
        self.assertEqual(inference.sign_flip([0.0, 0.0, 0.0]), 1.0)
        self.assertEqual(inference.sign_flip([0.5] * 20), 2 / 2**20)

    def test_six_cells_of_eight_pairs_are_still_exact(self) -> None:
        self.assertEqual(inference.sign_flip([1.0] * 48), 2 / 2**48)
        with self.assertRaises(ValueError):
            inference.sign_flip([1.0] * 50)

    def test_strata(self) -> None:
        interval = inference.stratified_interval(STRATA)
        self.near(interval.mean, -0.099)
        self.near(interval.low, -0.18212288409687644)
        self.near(interval.high, -0.015877115903123573)
        # SciPy's own percentile bootstrap of 200,000 resamples.
        bootstrap = inference.bootstrap_interval(STRATA)
        self.near(bootstrap.low, -0.160, 0.03)
        self.near(bootstrap.high, -0.037, 0.06)

    def test_strata_of_unlike_lengths_count_alike(self) -> None:
        # The means are -1.8/6 and 0.3/3; of all nine pairs it would be -1.5/9.
        self.near(inference.stratified_mean(UNLIKE), -0.1)
        # Twice the mean of means is mean(a) - mean(-b): SciPy's ttest_ind(a, -b, equal_var=False).confidence_interval(0.9706).
        interval = inference.stratified_interval(UNLIKE, 0.9706)
        self.near(interval.mean, -0.1)
        self.near(interval.low, -0.2901184758347394)
        self.near(interval.high, 0.09011847583473961)
        # SciPy's own percentile bootstrap of 200,000 resamples; of all nine pairs its lower bound is -0.35.
        self.near(inference.bootstrap_interval(UNLIKE).low, -0.2167, 0.03)

    def test_signs_of_unlike_lengths_are_counted_one_by_one(self) -> None:
        # sum(a)/6 + sum(b)/3 in whole numbers, 600 times as large; unweighted sums would give 74 of 512.
        whole = [-30, 10, -50, -10, -40, -60, 2 * 25, 2 * -5, 2 * 10]
        extreme = sum(
            abs(sum(sign * value for sign, value in zip(signs, whole))) >= abs(sum(whole))
            for signs in itertools.product((1, -1), repeat=9)
        )
        self.assertEqual(extreme, 170)
        self.assertEqual(inference.stratified_sign_flip(UNLIKE), 170 / 512)

    def test_holm(self) -> None:
        # By hand: 4*0.005, 3*0.01, then 2*0.03 carries over 1*0.04.
        adjusted = inference.holm({"a": 0.01, "b": 0.04, "c": 0.03, "d": 0.005})
        for name, p in {"a": 0.03, "b": 0.06, "c": 0.06, "d": 0.02}.items():
            self.near(adjusted[name], p)

    def test_pairs_that_decide(self) -> None:
        # With variance s^2 in a single stratum, n pairs have a half width of t*s/sqrt(n): by SciPy 30 of them
        # t.ppf(0.975, 29)*sqrt(0.01/0.9/30) = 0.03936, and 31 of them 0.03866.
        values = [0.1, -0.1] * 5
        self.assertEqual(inference.pairs_that_decide({"a": values}, 0.95, 0.0390), 31)
        # Two such strata: n each, with 2(n-1) degrees of freedom and half the variance of a mean of n: 16 give 0.03805.
        self.assertEqual(inference.pairs_that_decide({"a": values, "b": values}, 0.95, 0.0385), 32)

    def test_pairs_that_decide_agree_with_the_interval(self) -> None:
        strata = {name: [base + step for base, step in zip(values, (0.3, -0.1, 0.2, 0, -0.4))] for name, values in STRATA.items()}
        interval = inference.stratified_interval(strata, 0.9706)
        self.assertEqual(
            inference.pairs_that_decide(strata, 0.9706, (interval.high - interval.low) / 2 * (1 + 1e-9)), 10
        )


if __name__ == "__main__":
    unittest.main()
