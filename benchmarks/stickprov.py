"""Whether the stickprov keeps what it promises: bounds that cover, a draw nobody can steer, the work."""

import time
from fractions import Fraction
from typing import Any

from audit.stickprov.statistics.attribute import most_errors, plan_finite
from benchmarks import stickprov_audits, stickprov_draw

RISK = Fraction(1, 20)
TOLERABLE = Fraction(1, 20)
YEAR = {"bifall_med_barn": 720, "bifall_utan_barn": 480, "delavslag": 180, "avslag": 120}
"""Decisions a year in four strata: 1 500 in all, about what a municipality of 46 000 lets a robot decide."""


def run(audits: int, periods: int, *, keys: int, seed: int) -> dict[str, Any]:
    """Everything, with the seconds it took. ``kept`` says of each promise whether the figures keep it."""
    began = time.perf_counter()
    simulated = stickprov_audits.simulate(audits, seed)
    drawn = stickprov_draw.simulate(periods, keys, seed)
    figures: dict[str, Any] = {
        "seed": seed,
        "audits": simulated,
        "draw": drawn,
        "work": work(),
    }
    figures["kept"] = kept(figures)
    figures["seconds"] = round(time.perf_counter() - began, 1)
    return figures


def work() -> dict[str, Any]:
    """Reviews in a year until every stratum is shown to have at most 5 % errors (95 %, none found), in three ways."""
    planned = {name: plan_finite(size, TOLERABLE, 0, RISK) for name, size in YEAR.items()}
    total = sum(YEAR.values())
    rate = max(Fraction(n, YEAR[name]) for name, n in planned.items())
    fixed = {name: round(size * Fraction(1, 20)) for name, size in YEAR.items()}
    shown = {name: round(most_errors(0, fixed[name], size, RISK) / size, 3) for name, size in YEAR.items()}
    return {
        "decisions_a_year": total,
        "goal": "at most 5 % wrong in every stratum, 95 %",
        "planned_per_stratum": planned,
        "planned_reviews": sum(planned.values()),
        "one_rate_for_all_reviews": sum(-(-size * rate.numerator // rate.denominator) for size in YEAR.values()),
        "fixed_5_percent_reviews": sum(fixed.values()),
        "fixed_5_percent_shows_at_most": shown,
        "years_at_fixed_5_percent": {name: round(n / fixed[name], 1) for name, n in planned.items()},
    }


def kept(figures: dict[str, Any]) -> dict[str, bool]:
    """Whether each promise is kept by its figures."""
    audits, drawn = figures["audits"], figures["draw"]
    stated = {kind: one for kind, one in audits["coverage"].items() if "not a bound" not in kind}
    looks = audits["repeated_looks"]
    return {
        "stated_bounds_cover_95": all(one["coverage"] >= 0.95 for one in stated.values()),
        "sequences_cover_95_at_every_look": all(
            looks[kind]["failed"] <= 0.05 for kind in ("sequence", "true_rate_by_canaries")
        ),
        "every_pick_and_non_pick_recomputed": drawn["recomputed_wrong"] == 0,
        "every_minimum_met": drawn["strata_below_their_minimum"] == 0,
        "uniform_over_keys": drawn["uniformity"]["ks_p"] >= 0.01,
        "not_predicted": all(one["p_one_sided"] >= 0.01 for one in drawn["prediction"].values()),
    }
