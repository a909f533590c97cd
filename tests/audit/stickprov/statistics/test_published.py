"""The statistics against published figures; where each stands is said beside it."""

from fractions import Fraction
from typing import Any

import pytest

from audit.stickprov.statistics import compute
from audit.stickprov.statistics.sequence import finite_sequence, running_sequence

RISK = Fraction(1, 20)
# AICPA, Audit Sampling, table of sample sizes for tests of controls at 5 % risk: expected, tolerable, n, allowed.
CONTROLS = [
    ("0", "5/100", 59, 0),
    ("0.0025", "5/100", 93, 1),
    ("1/100", "5/100", 93, 1),
    ("0.0125", "5/100", 124, 2),
    ("0.0175", "5/100", 153, 3),
    ("2/100", "5/100", 181, 4),
    ("0.0225", "5/100", 208, 5),
    ("0", "1/100", 299, 0),
    ("0", "2/100", 149, 0),
    ("0", "3/100", 99, 0),
]
# AICPA, Audit Sampling, table of monetary unit sample sizes at 5 % risk: ratio, tolerable, n.
UNITS = [
    ("0", "0.5", 6),
    ("0", "0.08", 38),
    ("0", "0.05", 60),
    ("0", "0.005", 600),
    ("0.1", "0.1", 37),
    ("0.1", "0.01", 368),
    ("0.2", "0.05", 93),
    ("0.2", "0.005", 925),
    ("0.3", "0.1", 60),
    ("0.3", "0.005", 1199),
    ("0.4", "0.01", 809),
    ("0.5", "0.1", 116),
    ("0.5", "0.005", 2308),
]
# Howard et al., package confseq, its own tests of bernoulli_confidence_interval: successes, trials, t_opt, bounds.
SEQUENCES = [
    (700, 1000, 100, 0.651629, 0.745949),
    (15, 50, 50, 0.129556, 0.511896),
    (5, 50, 50, 0.013021, 0.269264),
    (1, 50, 50, 0.0, 0.13489),
    (1, 2, 50, 0.0, 1.0),
    (100, 200, 1, 0.328923, 0.671076),
    (0, 1, 50, 0.0, 1.0),
    (1, 1, 50, 0.0, 1.0),
]
# Krejcie and Morgan 1970, 5 % margin: population and sample.
MARGINS = [(10, 10), (15, 14), (20, 19), (50, 44), (100, 80), (200, 132), (1000, 278), (5000, 357), (10000, 370)]
# Fleiss 1971, fourteen raters and ten cases, as reprinted: kappa 0.210.
FLEISS = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]


def answer(family: str, **inputs: Any) -> dict[str, Any]:
    """One answer."""
    return compute(family, inputs)


@pytest.mark.parametrize(("expected", "tolerable", "n", "allowed"), CONTROLS)
def test_sizes_for_controls(expected: str, tolerable: str, n: int, allowed: int) -> None:
    """Sizes and allowed deviations are those of the AICPA guide's table."""
    found = answer("attribute_plan_binomial", tolerable_rate=tolerable, expected_rate=expected, confidence="0.95")
    assert found == {"n": n, "allowed_deviations": allowed}


@pytest.mark.parametrize(("ratio", "tolerable", "n"), UNITS)
def test_sizes_for_kronor(ratio: str, tolerable: str, n: int) -> None:
    """Sizes of monetary unit samples are those of the AICPA guide's table."""
    inputs = {"tolerable_misstatement": tolerable, "ratio_expected_to_tolerable": ratio, "confidence": "0.95"}
    assert compute("mus_plan_gamma", inputs) == {"n": n}


@pytest.mark.parametrize(("successes", "trials", "t_opt", "lower", "upper"), SEQUENCES)
def test_tuned_sequences(successes: int, trials: int, t_opt: int, lower: float, upper: float) -> None:
    """The tuned beta-binomial sequence gives what its authors' package gives."""
    found = answer(
        "bernoulli_confidence_sequence_betabinomial",
        successes=successes,
        trials=trials,
        alpha="0.05",
        t_opt=t_opt,
        alpha_opt="0.05",
    )
    assert (found["lower"], found["upper"]) == pytest.approx((lower, upper), abs=2e-6)


@pytest.mark.parametrize(("percent", "trials"), [(5, 116), (3, 205), (2, 320), (1, 680)])
def test_the_running_sequence_without_errors(percent: int, trials: int) -> None:
    """So many reviews without an error show the rate with the running sequence, and one fewer does not."""
    assert running_sequence(0, trials, RISK)[1] <= percent / 100 < running_sequence(0, trials - 1, RISK)[1]


def test_the_running_sequence_in_a_small_month() -> None:
    """Of 130 cases: 60 reviewed without error allow 8 wrong, 100 reviewed with one wrong allow 1 to 6."""
    assert finite_sequence(0, 60, 130, RISK) == (0, 8)
    assert finite_sequence(1, 100, 130, RISK) == (1, 6)


def test_one_error_in_ten() -> None:
    """The two-sided Clopper–Pearson limits for 1 of 10 are 0.25 % and 44.5 %; ten of ten is at least 74.1 %."""
    two = answer("clopper_pearson_two_sided", x=1, n=10, confidence="0.95")
    assert (two["lower"], two["upper"]) == pytest.approx((0.002529, 0.445016), abs=1e-6)
    assert answer("clopper_pearson_one_sided", x=10, n=10, confidence="0.95")["lower_only"] == pytest.approx(
        0.05**0.1, abs=1e-12
    )


@pytest.mark.parametrize(("population", "n"), MARGINS)
def test_sizes_for_a_margin(population: int, n: int) -> None:
    """Sizes for a margin are those of Krejcie and Morgan's table."""
    assert answer("sample_size_for_margin", margin="0.05", P="0.5", N=population, confidence="0.95")["n"] == n


def test_a_total_with_replacement() -> None:
    """Thompson, Sampling, chapter 6: three distinct of four draws give 529 animals, standard error 273."""
    found = answer(
        "horvitz_thompson_total", y=[60, 14, 1], draw_p=["0.05", "0.02", "0.01"], draws=4, with_replacement=True
    )
    assert round(found["total"]) == 529
    assert round(found["variance"] ** 0.5) == 273
    assert found["pi"] == pytest.approx([0.1855, 0.0776, 0.0394], abs=5e-5)


def test_kappas() -> None:
    """Fleiss's own ten cases give 0.210, and the textbook table of fifty proposals gives Cohen's 0.4."""
    assert answer("fleiss_kappa", table=FLEISS)["kappa"] == pytest.approx(0.210, abs=5e-4)
    assert answer("cohen_kappa", table=[[20, 5], [10, 15]])["kappa"] == pytest.approx(0.4)


def test_discovery() -> None:
    """With no error found, 59 clean cases rule out 5 % and 299 rule out 1 %."""
    sizes = [
        answer("discovery_stop_or_go", deviations=0, critical_rate=rate, confidence="0.95")["n_minimum"]
        for rate in ("5/100", "1/100")
    ]
    assert sizes == [59, 299]
