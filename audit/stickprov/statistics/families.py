"""The statistics by name, with inputs and outputs as JSON: what ``arende stickprov compute`` answers."""

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from fractions import Fraction
from inspect import Parameter, signature
from math import ceil, floor
from typing import Any, TypeAlias, cast

from audit.errors import StatisticsError, UnknownFamilyError
from audit.stickprov.statistics import attribute, estimators, kronor, sequence, switching
from audit.stickprov.statistics.exact import count, listed, number, open_share, ratio, risk, share

Answer: TypeAlias = dict[str, Any]


def compute(family: str, inputs: Mapping[str, Any]) -> Answer:
    """The family's outputs. Numbers are exact: int, `Decimal`, `Fraction`, or text such as "5/100" and "0.95".

    Raises `UnknownFamilyError`, or `StatisticsError` for an input that is missing, unknown or of another form.
    """
    if family not in FAMILIES:
        raise UnknownFamilyError(f"there is no family {family!r}{_near(family, list(FAMILIES))}")
    known = signature(FAMILIES[family]).parameters
    for name in inputs:
        if name not in known:
            raise StatisticsError(f"{family}: unknown input {name!r}{_near(name, list(known))}")
    needed = [name for name, one in known.items() if one.default is Parameter.empty and name not in inputs]
    if needed:
        raise StatisticsError(f"{family}: expected the inputs {', '.join(known)}; missing: {', '.join(needed)}")
    try:
        return FAMILIES[family](**inputs)
    except StatisticsError as error:
        raise StatisticsError(f"{family}: {error}") from None


def _near(word: str, words: Sequence[str]) -> str:
    near = get_close_matches(word, words, n=1, cutoff=0.4)
    return f"; did you mean {near[0]}?" if near else f"; there are: {', '.join(words)}"


def attribute_plan_binomial(tolerable_rate: Any, expected_rate: Any, confidence: Any) -> Answer:
    """The smallest n whose tail at the tolerable rate is at most 1 − confidence, allowing ceil(n · expected_rate)."""
    tolerable, expected = open_share(tolerable_rate, "tolerable_rate"), share(expected_rate, "expected_rate")
    n, allowed = attribute.plan_expected(tolerable, expected, risk(confidence))
    return {"n": n, "allowed_deviations": allowed}


def attribute_plan_fixed_k(tolerable_rate: Any, allowed_deviations: Any, confidence: Any) -> Answer:
    """The smallest n with P(X ≤ allowed_deviations | n, tolerable_rate) ≤ 1 − confidence, with replacement."""
    tolerable = open_share(tolerable_rate, "tolerable_rate")
    allowed = count(allowed_deviations, "allowed_deviations", most=attribute.MOST_DEVIATIONS)
    return {"n": attribute.plan_fixed(tolerable, allowed, risk(confidence))}


def attribute_plan_hypergeometric(N: Any, tolerable_rate: Any, allowed_deviations: Any, confidence: Any) -> Answer:  # noqa: N803 - published name
    """As fixed k without replacement; the population holds ceil(N · tolerable_rate) errors."""
    population = count(N, "N", least=1)
    tolerable = open_share(tolerable_rate, "tolerable_rate")
    allowed = count(allowed_deviations, "allowed_deviations", most=population)
    return {"n": attribute.plan_finite(population, tolerable, allowed, risk(confidence))}


def attribute_upper_bound_binomial(n: Any, deviations: Any, confidence: Any) -> Answer:
    """The one-sided upper Clopper–Pearson limit, as a share."""
    size = count(n, "n")
    return {"upper": attribute.upper_share(count(deviations, "deviations", most=size), size, risk(confidence))}


def attribute_upper_bound_hypergeometric(n: Any, deviations: Any, N: Any, confidence: Any) -> Answer:  # noqa: N803 - published name
    """The largest number of errors in N with P(X ≤ deviations) > 1 − confidence."""
    population = count(N, "N", least=1)
    size = count(n, "n", most=population)
    found = count(deviations, "deviations", most=size)
    return {"upper_errors": attribute.most_errors(found, size, population, risk(confidence))}


def clopper_pearson_two_sided(x: Any, n: Any, confidence: Any) -> Answer:
    """Both Clopper–Pearson limits, half the risk on each side."""
    size = count(n, "n", least=1)
    found, half = count(x, "x", most=size), risk(confidence) / 2
    return {"lower": attribute.lower_share(found, size, half), "upper": attribute.upper_share(found, size, half)}


def clopper_pearson_one_sided(x: Any, n: Any, confidence: Any) -> Answer:
    """Each Clopper–Pearson limit with the whole risk on its side."""
    size = count(n, "n", least=1)
    found, whole = count(x, "x", most=size), risk(confidence)
    return {
        "upper_only": attribute.upper_share(found, size, whole),
        "lower_only": attribute.lower_share(found, size, whole),
    }


def hypergeometric_two_sided_count(x: Any, n: Any, N: Any, confidence: Any) -> Answer:  # noqa: N803 - published name
    """The smallest and largest number of errors in N that x of n does not reject, half the risk on each side."""
    population = count(N, "N", least=1)
    size = count(n, "n", most=population)
    found, half = count(x, "x", most=size), risk(confidence) / 2
    return {
        "K_low_not_rejected": attribute.fewest_errors(found, size, population, half),
        "K_high_not_rejected": attribute.most_errors(found, size, population, half),
    }


def bernoulli_confidence_sequence_betabinomial(
    successes: Any, trials: Any, alpha: Any, t_opt: Any, alpha_opt: Any = "0.05"
) -> Answer:
    """The two-sided beta-binomial confidence sequence of Howard et al. 2021, tightest about t_opt trials."""
    size = count(trials, "trials")
    best = number(t_opt, "t_opt")
    if best <= 0:
        raise StatisticsError(f"t_opt: expected more than 0 trials, found {t_opt}")
    lower, upper = sequence.tuned_sequence(
        count(successes, "successes", most=size),
        size,
        open_share(alpha, "alpha"),
        best,
        open_share(alpha_opt, "alpha_opt"),
    )
    return {"lower": lower, "upper": upper}


def discovery_stop_or_go(deviations: Any, critical_rate: Any, confidence: Any) -> Answer:
    """The smallest n that with so many deviations still shows a rate below the critical one; binomial."""
    found = count(deviations, "deviations", most=attribute.MOST_DEVIATIONS)
    return {"n_minimum": attribute.plan_fixed(open_share(critical_rate, "critical_rate"), found, risk(confidence))}


def two_stage_equal(tolerable_rate: Any, stop_at_stage1_if: Any, extend_if: Any, confidence: Any) -> Answer:
    """Two equal stages: accept with at most stop_at_stage1_if, or with at most extend_if in both together."""
    stop, extend = count(stop_at_stage1_if, "stop_at_stage1_if", most=50), count(extend_if, "extend_if", most=50)
    n = attribute.plan_two_stages(open_share(tolerable_rate, "tolerable_rate"), stop, extend, risk(confidence))
    return {"n_stage1": n, "n_stage2": n}


def mus_plan_gamma(tolerable_misstatement: Any, ratio_expected_to_tolerable: Any, confidence: Any) -> Answer:
    """The AICPA size of a monetary unit sample: the tolerable misstatement is a share of the book value."""
    tolerable = open_share(tolerable_misstatement, "tolerable_misstatement")
    expected = number(ratio_expected_to_tolerable, "ratio_expected_to_tolerable")
    return {"n": kronor.plan_units(tolerable, expected, risk(confidence))}


def stringer_bound_binomial(n: Any, taints: Any, confidence: Any) -> Answer:
    """The most likely and the upper overstatement as shares of the book value; taints from 0 to 1."""
    wrong = [share(taint, f"taints[{place}]") for place, taint in enumerate(listed(taints, "taints"))]
    likely, upper = kronor.stringer(count(n, "n", least=1), wrong, risk(confidence))
    return {"most_likely": ratio(likely), "upper": upper}


def horvitz_thompson_total(y: Any, draw_p: Any, draws: Any, with_replacement: Any) -> Answer:
    """Total and its variance; without replacement pi is draws · draw_p and the variance Hájek's."""
    values = [number(one, f"y[{place}]") for place, one in enumerate(listed(y, "y"))]
    shares = [share(one, f"draw_p[{place}]") for place, one in enumerate(listed(draw_p, "draw_p"))]
    if len(values) != len(shares) or 0 in shares:
        raise StatisticsError(
            f"draw_p: expected one share above 0 for each of the {len(values)} in y, found {len(shares)}"
        )
    if not isinstance(with_replacement, bool):
        raise StatisticsError(f"with_replacement: expected true or false, found {with_replacement!r}")
    estimate = estimators.total_with_replacement if with_replacement else estimators.total_without_replacement
    found = estimate(values, shares, count(draws, "draws", least=1))
    return {
        "total": ratio(found.total),
        "variance": None if found.variance is None else ratio(found.variance),
        "pi": [ratio(one) for one in found.pi],
    }


def cohen_kappa(table: Any) -> Answer:
    """Two reviewers, unweighted; null when chance alone gives full agreement."""
    return {"kappa": _float(estimators.cohen_kappa(_counts(table)))}


def fleiss_kappa(table: Any) -> Answer:
    """Several reviewers: a row per case, a column per class; null when all chose one class."""
    return {"kappa": _float(estimators.fleiss_kappa(_counts(table)))}


def rogan_gladen(positives: Any, tested: Any, sensitivity: Any, specificity: Any) -> Answer:
    """The true rate per 100 behind a found rate, cut to 0 … 100."""
    size = count(tested, "tested", least=1)
    found = count(positives, "positives", most=size)
    rate = estimators.rogan_gladen(found, size, share(sensitivity, "sensitivity"), share(specificity, "specificity"))
    return {"true_rate_per_100": ratio(100 * rate)}


def adaptive_rate_switching(outcomes: Any, start: Any = "normal") -> Answer:
    """ISO 2859-1: 2 of 5 refused tightens, 5 accepted in a row eases, 5 refused while tightened discontinues."""
    if start not in switching.STATES:
        raise StatisticsError(f"start: expected {', '.join(switching.STATES)}, found {start!r}")
    letters = outcomes if isinstance(outcomes, str) else [str(one) for one in listed(outcomes, "outcomes")]
    return {"state": switching.switched(letters, cast("switching.State", start))}


def sample_size_for_margin(margin: Any, P: Any, N: Any = None, confidence: Any = "0.95") -> Answer:  # noqa: N803 - published name
    """Krejcie and Morgan 1970, rounded to the nearest as their table is; n_rounded_up holds the margin surely."""
    population = None if N is None else count(N, "N", least=1)
    size = estimators.size_for_margin(open_share(margin, "margin"), open_share(P, "P"), population, risk(confidence))
    return {"n": floor(size + 0.5), "n_rounded_up": ceil(size), "n_unrounded": size}


def systematic_pps(ids: Any, values: Any, n: Any, start: Any) -> Answer:
    """Every (total/n)-th krona from start, 0 < start ≤ total/n; a unit ends with its cumulated sum."""
    names = listed(ids, "ids")
    sizes = [number(one, f"values[{place}]") for place, one in enumerate(listed(values, "values"))]
    if len(names) != len(sizes) or any(one < 0 for one in sizes) or sum(sizes) == 0:
        raise StatisticsError(f"values: expected one size of at least 0 for each of the {len(names)} ids, not all 0")
    interval = sum(sizes, Fraction(0)) / count(n, "n", least=1)
    return {"picked": [names[place] for place in estimators.systematic(sizes, interval, number(start, "start"))]}


def _counts(table: Any) -> list[list[int]]:
    rows = [listed(row, f"table[{i}]") for i, row in enumerate(listed(table, "table"))]
    return [[count(cell, f"table[{i}][{j}]") for j, cell in enumerate(row)] for i, row in enumerate(rows)]


def _float(value: Fraction | None) -> float | None:
    return None if value is None else ratio(value)


FAMILIES: dict[str, Callable[..., Answer]] = {
    family.__name__: family
    for family in (
        attribute_plan_binomial,
        attribute_plan_fixed_k,
        attribute_plan_hypergeometric,
        attribute_upper_bound_binomial,
        attribute_upper_bound_hypergeometric,
        clopper_pearson_two_sided,
        clopper_pearson_one_sided,
        hypergeometric_two_sided_count,
        bernoulli_confidence_sequence_betabinomial,
        discovery_stop_or_go,
        two_stage_equal,
        mus_plan_gamma,
        stringer_bound_binomial,
        horvitz_thompson_total,
        cohen_kappa,
        fleiss_kappa,
        rogan_gladen,
        adaptive_rate_switching,
        sample_size_for_margin,
        systematic_pps,
    )
}
