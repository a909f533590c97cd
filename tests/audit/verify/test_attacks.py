"""Every named attack once: its exit code, and the sentences that the controller reads."""

import json
import re
from functools import cache
from pathlib import Path

import pytest

from benchmarks import tamper
from benchmarks.tamper_scene import ATTACKS, Attack

SENTENCES = Path(__file__).with_name("sentences.json")
_MOVING = re.compile(r"(?<!\S)/[^\s:]+|[0-9a-f]{16,}|[0-9]+")


@cache
def _sentences() -> dict[str, list[str]]:
    found: dict[str, list[str]] = json.loads(SENTENCES.read_bytes())
    return found


def short(attack: Attack, said: str) -> list[str]:
    """The distinct findings of a report, with numbers and names of one run left out.

    ML-DSA signs with fresh randomness, and the follow-up draw rests on a root over such a signature: whom it picks
    differs from run to run, so that what other attacks do to it is left out too.
    """
    findings = json.loads(said)["findings"]
    kept = [one for one in findings if attack.command == "sample" or "stratum" not in one["where"]]
    texts = (f"{one['kind']} {one['where']}: {one['expected']} / {one['found']}" for one in kept)
    return sorted({_MOVING.sub("#", text) for text in texts})


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_the_attack_is_found(attack: Attack, tmp_path: Path) -> None:
    """The attack ends in its own exit code, and in the sentences that were reviewed."""
    code, said = tamper.try_attack(attack, 0, tmp_path)
    assert code == attack.code
    assert short(attack, said) == _sentences()[attack.name]


def test_no_sentence_is_left_over() -> None:
    """The reviewed sentences are those of the attacks there are."""
    assert sorted(_sentences()) == sorted(attack.name for attack in ATTACKS)
