"""The short `arende bench stickprov`: few audits and periods, the same code."""

import copy
from functools import reduce
from operator import getitem

import pytest
import typer
from typer.testing import CliRunner

import benchmarks.stickprov
from benchmarks import stickprov_audits, stickprov_draw
from benchmarks.stickprov import kept, run, work
from robot.cli.bench import stickprov as command

SEED = 1
FEWEST_CASES = 12
SPOILT = (
    ("stated_bounds_cover_95", "audits/coverage/month, reviewers who find all/coverage", 0.94),
    ("sequences_cover_95_at_every_look", "audits/repeated_looks/sequence/failed", 0.06),
    ("every_pick_and_non_pick_recomputed", "draw/recomputed_wrong", 1),
    ("every_minimum_met", "draw/strata_below_their_minimum", 1),
    ("uniform_over_keys", "draw/uniformity/ks_p", 0.005),
    ("not_predicted", "draw/prediction/learner/p_one_sided", 0.005),
)


def test_the_same_seed_gives_the_same_figures_and_another_seed_others() -> None:
    """Audits and draws are made from the seed alone: whoever doubts a figure can make it again."""
    audits = [stickprov_audits.simulate(1, seed) for seed in (SEED, SEED, 2)]
    assert audits[0] == audits[1] != audits[2]
    draws = [stickprov_draw.simulate(2, 40, seed) for seed in (SEED, SEED, 2)]
    assert draws[0] == draws[1] != draws[2]


def test_every_promise_is_judged_by_its_figure() -> None:
    """The draw is recomputed case by case; with a figure on the wrong side of its limit, just that promise breaks."""
    found = run(4, 2, keys=40, seed=SEED)
    assert found["draw"]["recomputed_wrong"] == 0
    assert found["draw"]["cases"] >= 2 * FEWEST_CASES
    honest = kept(found)
    assert set(honest) == set(found["kept"])
    for promise, place, value in SPOILT:
        changed = copy.deepcopy(found)
        *path, last = place.split("/")
        reduce(getitem, path, changed)[last] = value
        assert {name for name, one in kept(changed).items() if one is not honest[name]} <= {promise}
        assert not kept(changed)[promise]


def test_the_work_of_a_plan_is_what_the_plan_says() -> None:
    """At a fixed 5 % the small strata show less than the goal, and would need more than a year."""
    found = work()
    assert sum(found["planned_per_stratum"].values()) == found["planned_reviews"]
    assert all(shown > 0.05 for shown in found["fixed_5_percent_shows_at_most"].values())
    assert all(years > 1 for years in found["years_at_fixed_5_percent"].values())
    assert found["planned_reviews"] < found["one_rate_for_all_reviews"]


def test_a_broken_promise_is_exit_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command tells the figures, and ends with 1 when one of them is on the wrong side."""
    found = {"kept": {"every_minimum_met": False}, "seconds": 0.0}
    monkeypatch.setattr(benchmarks.stickprov, "run", lambda *_sizes, **_named: found)
    app = typer.Typer()
    command.register(app)
    result = CliRunner().invoke(app, ["--quick", "--json"])
    assert result.exit_code == 1
    assert "every_minimum_met" in result.stdout
