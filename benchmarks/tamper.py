"""Named attacks on honest logs: whether the verifier finds each, with the right exit code, and nothing else."""

import io
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from typing import Any

from audit.verify.cli import main as verify
from audit.verify.findings import Code
from benchmarks import tamper_inside, tamper_log, tamper_papers
from benchmarks.tamper_scene import ATTACKS, Attack, Scene
from benchmarks.tamper_town import Town, build

POSITIONS, HONEST = 250, 1000
QUICK_POSITIONS, QUICK_HONEST = 5, 20
TOWNS = 5
"""How many honest logs the attacks are tried on; the last of them fills more than one tile."""
MODULES = (tamper_inside, tamper_log, tamper_papers)
Tick = Callable[[int, int], None]


def run(
    *, positions: int = POSITIONS, honest: int = HONEST, jobs: int = 2, tick: Tick = lambda *_: None
) -> dict[str, Any]:
    """Try every attack at random positions, and verify honest logs.

    ``found`` counts runs that ended in the attack's own exit code, ``missed`` all others. ``window`` is the attack that
    leaves no trace to find, by design: an entry added and removed again before anybody outside has a head or a receipt.
    """
    work = [("attack", attack.name, positions) for attack in ATTACKS] + [("window", "", positions)]
    step = 20
    work += [("honest", f"{first}", min(step, honest - first)) for first in range(0, honest, step)]
    codes: dict[str, Counter[int]] = {}
    with ProcessPoolExecutor(jobs) as pool:
        for done, (kind, name, found) in enumerate(pool.map(_work, work, chunksize=1), start=1):
            codes.setdefault(name if kind == "attack" else kind, Counter()).update(found)
            tick(done, len(work))
    expected = {attack.name: int(attack.code) for attack in ATTACKS}
    caught = sum(codes[name][code] for name, code in expected.items())
    runs = len(ATTACKS) * positions
    return {
        "attacks": len(ATTACKS),
        "runs": runs,
        "found": caught,
        "missed": runs - caught,
        "honest_logs": honest,
        "false_alarms": honest - codes["honest"][0],
        "window": {"runs": positions, "missed": codes["window"][0], "found_with_a_receipt": codes["window"][Code.FORK]},
        "by_attack": [
            {"attack": name, "expected": code, "exit_codes": _plain(codes[name])} for name, code in expected.items()
        ],
    }


def try_attack(attack: Attack, position: int, folder: Path) -> tuple[int, str]:
    """One run of an attack; the exit code, and what the verifier said. The same for the same position."""
    town = _town(position % TOWNS, attack.follow_up)
    sizes = sorted(town.story.heads)
    seeded = random.Random(f"{attack.name} {position}")
    scene = Scene(town, seeded, sizes[0] if attack.insider else sizes[-1], attack.command)
    attack.run(scene)
    return look(scene.lay_out(folder))


def look(arguments: list[str]) -> tuple[int, str]:
    """Run the verifier; its exit code and its report."""
    said, wrong = io.StringIO(), io.StringIO()
    with redirect_stdout(said), redirect_stderr(wrong):
        code = verify([*arguments, "--json"])
    return int(code), said.getvalue()


def _work(item: tuple[str, str, int]) -> tuple[str, str, Counter[int]]:
    kind, name, count = item
    runs = {"attack": _attacks, "window": _window, "honest": _honest}[kind]
    with TemporaryDirectory(prefix="arende-tamper-") as folder:
        return kind, name, Counter(runs(name, count, Path(folder)))


def _attacks(name: str, count: int, folder: Path) -> Iterator[int]:
    attack = next(one for one in ATTACKS if one.name == name)
    for position in range(count):
        place = folder / f"{position}"
        place.mkdir()
        yield try_attack(attack, position, place)[0]
        rmtree(place)


def _window(_: str, count: int, folder: Path) -> Iterator[int]:
    """Add an entry after a head that was signed but reached nobody, and remove it again: first without a receipt.

    What remains is an honest log, so nothing can be found in it. With the receipt of the removed entry, the head that
    nobody had kept is known after all.
    """
    for position in range(count):
        town = _town(position % TOWNS, True)
        seeded = random.Random(position)
        sizes = sorted(town.story.heads)
        before = Scene(town, seeded, sizes[-1], "log")
        kept = dict(before.story.heads)
        at = before.index(after=sizes[-2])
        before.edit(at, lambda entry: entry["body"].update(planted=True))
        before.story.sign([sizes[-1]], town.signers)
        receipt = before.story.receipt(at, sizes[-1])
        after = Scene(town, seeded, sizes[-2], "log")
        after.story.heads = kept
        for name, paper in (("without", None), ("with", receipt)):
            place = folder / f"{position}-{name}"
            place.mkdir()
            if paper is not None:
                after.files["receipt"] = paper.encode()
                after.arguments += ["--known-head", "receipt"]
            yield look(after.lay_out(place))[0]
            rmtree(place)


def _honest(first: str, count: int, folder: Path) -> Iterator[int]:
    for seed in range(int(first), int(first) + count):
        place = folder / f"{seed}"
        town = build(1000 + seed, place, cases=random.Random(seed).choice([4, 6, 8, 10]))
        scene = Scene(town, random.Random(seed), random.Random(seed).choice(sorted(town.story.heads)), "export")
        code, said = look(scene.lay_out(place))
        # Nothing checked would be no false alarm either, and no proof.
        yield code if json.loads(said)["checked"].get("tickets") else Code.UNDECIDED
        rmtree(place)


@cache
def _town(number: int, follow_up: bool) -> Town:
    with TemporaryDirectory(prefix="arende-tamper-") as folder:
        cases = 24 if number == TOWNS - 1 else 7
        return build(10 * number + follow_up, Path(folder), cases=cases, follow_up=follow_up)


def _plain(codes: Counter[int]) -> dict[str, int]:
    return {f"{int(code)}": count for code, count in sorted(codes.items())}
