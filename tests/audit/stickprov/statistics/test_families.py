"""Families by name: inputs, and what is refused."""

import json
from decimal import Decimal
from typing import Any

import pytest

from audit.errors import StatisticsError, UnknownFamilyError
from audit.stickprov.statistics import FAMILIES, compute

EXAMPLES: dict[str, dict[str, Any]] = {
    "attribute_plan_binomial": {"tolerable_rate": "5/100", "expected_rate": "1/100", "confidence": "0.95"},
    "attribute_plan_fixed_k": {"tolerable_rate": "5/100", "allowed_deviations": 1, "confidence": "0.95"},
    "attribute_plan_hypergeometric": {
        "N": 130,
        "tolerable_rate": "5/100",
        "allowed_deviations": 0,
        "confidence": "0.95",
    },
    "attribute_upper_bound_binomial": {"n": 59, "deviations": 0, "confidence": "0.95"},
    "attribute_upper_bound_hypergeometric": {"n": 60, "deviations": 0, "N": 130, "confidence": "0.95"},
    "clopper_pearson_two_sided": {"x": 1, "n": 10, "confidence": "0.95"},
    "clopper_pearson_one_sided": {"x": 1, "n": 10, "confidence": "0.95"},
    "hypergeometric_two_sided_count": {"x": 1, "n": 10, "N": 20, "confidence": "0.95"},
    "bernoulli_confidence_sequence_betabinomial": {
        "successes": 5,
        "trials": 50,
        "alpha": "0.05",
        "t_opt": 50,
        "alpha_opt": "0.05",
    },
    "discovery_stop_or_go": {"deviations": 0, "critical_rate": "5/100", "confidence": "0.95"},
    "two_stage_equal": {"tolerable_rate": "5/100", "stop_at_stage1_if": 0, "extend_if": 1, "confidence": "0.9"},
    "mus_plan_gamma": {"tolerable_misstatement": "0.05", "ratio_expected_to_tolerable": "0.2", "confidence": "0.95"},
    "stringer_bound_binomial": {"n": 100, "taints": ["0.5", 1], "confidence": "0.95"},
    "horvitz_thompson_total": {"y": [1, 2], "draw_p": ["0.1", "0.2"], "draws": 2, "with_replacement": False},
    "cohen_kappa": {"table": [[20, 5], [10, 15]]},
    "fleiss_kappa": {"table": [[2, 0], [1, 1]]},
    "rogan_gladen": {"positives": 10, "tested": 100, "sensitivity": "0.8", "specificity": "0.95"},
    "adaptive_rate_switching": {"outcomes": "AAR", "start": "normal"},
    "sample_size_for_margin": {"margin": "0.05", "P": "0.5", "N": 100, "confidence": "0.95"},
    "systematic_pps": {"ids": ["a", "b"], "values": [10, 20], "n": 2, "start": 5},
}


@pytest.mark.parametrize("family", FAMILIES)
def test_every_family_answers_in_json(family: str) -> None:
    """Each family has an example, and its answer can be written as JSON."""
    assert json.loads(json.dumps(compute(family, EXAMPLES[family])))


def test_numbers_may_be_written_in_several_ways() -> None:
    """A rate is the same as a fraction, a decimal, a float or a text."""
    written: list[Any] = ["5/100", "0.05", 0.05, Decimal("0.05")]
    answers = [
        compute("attribute_plan_fixed_k", {"tolerable_rate": one, "allowed_deviations": 2, "confidence": 0.95})
        for one in written
    ]
    assert answers == [{"n": 124}] * 4


def test_an_unknown_family_is_told_with_the_closest() -> None:
    """A family that does not exist is refused with the name that was meant."""
    with pytest.raises(UnknownFamilyError, match=r"did you mean stringer_bound_binomial\?"):
        compute("stringer_bound", {})


@pytest.mark.parametrize(
    ("family", "changed", "message"),
    [
        ("attribute_plan_fixed_k", {"confidence": "95"}, "confidence: expected a rate from 0 to 1"),
        ("attribute_plan_fixed_k", {"confidence": "1"}, "confidence: expected more than 0 and less than 1"),
        ("attribute_plan_fixed_k", {"tolerable_rate": "5 %"}, 'tolerable_rate: expected a number such as 5, "5/100"'),
        ("attribute_plan_fixed_k", {"tolerable_rate": True}, "tolerable_rate: expected a number"),
        ("attribute_plan_fixed_k", {"allowed_deviations": "1.5"}, "allowed_deviations: expected a whole number"),
        ("attribute_plan_fixed_k", {"tolerabel": 1}, r"unknown input 'tolerabel'; did you mean tolerable_rate\?"),
        ("attribute_plan_binomial", {"expected_rate": "5/100"}, "expected less than the tolerable rate"),
        ("attribute_plan_hypergeometric", {"allowed_deviations": 7}, "not even a review of everything"),
        ("attribute_upper_bound_hypergeometric", {"n": 131}, "n: expected a whole number from 0 to 130"),
        ("clopper_pearson_two_sided", {"x": 11}, "x: expected a whole number from 0 to 10"),
        ("stringer_bound_binomial", {"taints": ["-0.5"]}, r"taints\[0\]: expected a rate from 0 to 1"),
        ("mus_plan_gamma", {"ratio_expected_to_tolerable": 1}, "expected from 0 to less than 1"),
        ("horvitz_thompson_total", {"draw_p": ["0.1"]}, "one share above 0 for each of the 2"),
        ("horvitz_thompson_total", {"draws": 6}, "at most 1/draws"),
        ("cohen_kappa", {"table": [[1, 2, 3], [1, 2, 3]]}, "as many columns as rows"),
        ("fleiss_kappa", {"table": [[2, 0], [2, 1]]}, r"found sums \[2, 3\]"),
        ("rogan_gladen", {"sensitivity": "0.05"}, "no better than chance"),
        ("adaptive_rate_switching", {"outcomes": "AAX"}, "the letters A"),
        ("adaptive_rate_switching", {"start": "easy"}, "start: expected normal, tightened, discontinued"),
        ("two_stage_equal", {"extend_if": 0}, "extend_if: expected more than stop_at_stage1_if"),
        ("systematic_pps", {"start": 0}, "start: expected more than 0 and at most the interval 15"),
    ],
)
def test_a_wrong_input_is_named(family: str, changed: dict[str, Any], message: str) -> None:
    """What is wrong is told with its name, what was expected and what was found."""
    with pytest.raises(StatisticsError, match=message):
        compute(family, {**EXAMPLES[family], **changed})


def test_a_missing_input_is_named() -> None:
    """What is missing is told beside what the family needs."""
    with pytest.raises(StatisticsError, match=r"expected the inputs x, n, confidence; missing: n, confidence"):
        compute("clopper_pearson_one_sided", {"x": 1})


def test_kappa_is_undefined_when_all_agree_by_chance() -> None:
    """With all cases in one class kappa is null, not a number that looks like agreement."""
    assert compute("cohen_kappa", {"table": [[9, 0], [0, 0]]}) == {"kappa": None}
    assert compute("fleiss_kappa", {"table": [[3, 0], [3, 0]]}) == {"kappa": None}


@pytest.mark.parametrize(
    ("outcomes", "state"),
    [
        ("", "normal"),
        ("RAAAAR", "normal"),
        ("RAAAR", "tightened"),
        ("RRAAAA", "tightened"),
        ("RRAAAAA", "normal"),
        ("RRAAAAAR", "normal"),
        ("RRRARARAR", "tightened"),
        ("RRRARARARR", "discontinued"),
        ("RRRRRRRAAAAAAAA", "discontinued"),
    ],
)
def test_switching_counts_anew(outcomes: str, state: str) -> None:
    """Two of five tighten, five accepted in a row ease, five refused while tightened end; each switch counts anew."""
    assert compute("adaptive_rate_switching", {"outcomes": outcomes, "start": "normal"}) == {"state": state}
