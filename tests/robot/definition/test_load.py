"""A process folder that is right becomes a definition, whole and repeatable."""

import gc
import json
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from robot.definition import DefinitionError, PackageError, check, discover, load, pack, render, unpack
from robot.definition.modules import load_code
from robot.rules import Known
from tests.robot.definition import good


def test_a_good_folder_becomes_a_definition(tmp_path: Path) -> None:
    """Every part of the folder stands in the definition, typed."""
    definition = load(good.write(tmp_path), good.TODAY)

    assert (definition.id, definition.autonomy, definition.may_decide) == ("provbidrag", "decide", ("bifall",))
    assert [step.verb for step in definition.steps] == ["guard", "check", "decide", "draw", "fill", "send", "close"]
    assert definition.application.__name__ == "Ansokan"
    assert set(definition.screens) == {"beslut"}
    assert set(definition.letters) == {"notis"}
    assert definition.facts["inkomst"].sensitivity == "personal"
    assert definition.version.startswith("sha256:")


def test_the_definition_calculates(tmp_path: Path) -> None:
    """The rules of the folder answer with the folder's amounts."""
    book = load(good.write(tmp_path), good.TODAY).book
    facts = {"personer": Known(2, "given"), "inkomst": Known(Decimal(3000), "given")}

    assert book.evaluate(["bidrag"], facts, date(2025, 9, 1))["bidrag"].value == 5000
    assert book.evaluate(["bidrag"], facts, date(2025, 3, 1))["bidrag"].value == 4900


def test_all_faults_are_told_at_once_in_file_order(tmp_path: Path) -> None:
    """Faults in several files come together: process.yaml first, then by file, line and column."""
    folder = good.write(
        tmp_path,
        one=("process.yaml", "title: Provbidrag", "titel: Provbidrag"),
        two=("process.yaml", "  - close: avslutad", "  - clsoe: avslutad"),
        three=("facts.yaml", "sensitivity: protected", "sensitivity: secreet"),
        four=("parameters/belopp.yaml", "unit: SEK/month", "unit: SEK/mounth"),
        five=("letters/notis.txt", "| kronor", "| kroner"),
    )

    assert [(one.file, one.line) for one in check(folder, good.TODAY)] == [
        ("process.yaml", 2),
        ("process.yaml", 28),
        ("facts.yaml", 3),
        ("letters/notis.txt", 1),
        ("parameters/belopp.yaml", 3),
    ]


def test_a_faulty_folder_cannot_be_loaded(tmp_path: Path) -> None:
    """Loading raises one error that carries every problem."""
    folder = good.write(tmp_path, one=("process.yaml", "retention_years: 5", "retention_years: fem"))

    with pytest.raises(DefinitionError) as caught:
        load(folder, good.TODAY)
    assert "process.yaml:11:18: error: expected a whole number, found `fem`" in str(caught.value)
    assert len(caught.value.problems) == 1


def test_a_folder_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    """A missing folder is said, not raised."""
    assert [one.message for one in check(tmp_path / "inget", good.TODAY)] == ["there is no such folder"]


def test_missing_files_are_all_told(tmp_path: Path) -> None:
    """Every mandatory file that is missing is named."""
    (tmp_path / "tom").mkdir()

    assert {one.file for one in check(tmp_path / "tom", good.TODAY)} == {
        "process.yaml",
        "facts.yaml",
        "records.py",
        "tests/cases.yaml",
    }


WARNINGS = [
    (date(2026, 11, 15), "the last value of `belopp_per_hushall` ends 2026-12-31, in 46 days"),
    (date(2027, 1, 1), "the last value of `belopp_per_hushall` ended 2026-12-31"),
]


@pytest.mark.parametrize(("today", "message"), WARNINGS)
def test_amounts_that_run_out_are_warned_about(today: date, message: str, tmp_path: Path) -> None:
    """Sixty days before the last amount ends there is a warning, which does not stop the process."""
    folder = good.write(tmp_path)

    assert [(one.severity, one.message) for one in check(folder, today)] == [("warning", message)]
    assert load(folder, today).id == "provbidrag"


def test_figures_in_force_that_are_not_confirmed_are_warned_about(tmp_path: Path) -> None:
    """A derived figure that is in force today is a warning."""
    old = "{from: 2025-07-01, to: 2026-12-31, mark: V"
    folder = good.write(tmp_path, one=("parameters/belopp.yaml", old, old.replace("V", "D")))

    assert [(one.severity, one.message) for one in check(folder, good.TODAY)] == [
        ("warning", "`belopp_per_hushall` is in force on a figure that is marked D")
    ]


def test_what_nothing_asks_for_is_warned_about(tmp_path: Path) -> None:
    """A fact and a rule without use are warnings at their places."""
    fact = "onodig:   {title: Onödig, type: text, sensitivity: none, from: [given]}\n"
    rule = '\n\n@rule(law="Provlag 9 §", since="2025-01-01")\n'
    rule += 'def extra(bidrag: Decimal) -> Decimal:\n    """Extra."""\n    return bidrag\n'
    folder = good.write(tmp_path, one=("facts.yaml", "", fact), two=("rules.py", "", rule))

    assert [(one.severity, one.file, one.line, one.message) for one in check(folder, good.TODAY)] == [
        ("warning", "facts.yaml", 6, "nothing asks for `onodig`"),
        ("warning", "rules.py", 78, "nothing asks for `extra`"),
    ]


def test_rules_may_stand_in_several_modules(tmp_path: Path) -> None:
    """A rule's older version may stand in a rules_*.py of its own."""
    older = good.RULES[: good.RULES.index("@rule")]
    older += '@rule(law="Äldre provlag 3 §", since="2024-01-01", until="2024-12-31")\n'
    older += 'def bidrag(norm: Decimal) -> Decimal:\n    """Hela normen."""\n    return norm\n'
    folder = good.write(tmp_path, one=("rules_2024.py", "", older))

    versions = load(folder, good.TODAY).book.rules["bidrag"]

    assert {version.law for version in versions} == {"Provlag 3 §", "Äldre provlag 3 §"}


def test_the_version_is_the_content(tmp_path: Path) -> None:
    """The same files give the same version anywhere, and any changed byte another."""
    first = load(good.write(tmp_path / "a"), good.TODAY)
    second = load(good.write(tmp_path / "b"), good.TODAY)
    changed = load(good.write(tmp_path / "c", one=("rules.py", "aldrig under noll", "aldrig under  noll")), good.TODAY)

    assert first.version == second.version != changed.version


def test_two_versions_never_share_rules(tmp_path: Path) -> None:
    """Versions loaded side by side keep their own functions."""
    old = load(good.write(tmp_path / "a"), good.TODAY).book
    edit = ("rules.py", "return max(Decimal(0), norm - inkomst)", "return norm")
    new = load(good.write(tmp_path / "b", one=edit), good.TODAY).book
    facts = {"personer": Known(1, "given"), "inkomst": Known(Decimal(1000), "given")}

    assert old.evaluate(["bidrag"], facts, date(2025, 9, 1))["bidrag"].value == 4000
    assert new.evaluate(["bidrag"], facts, date(2025, 9, 1))["bidrag"].value == 5000


@pytest.fixture
def interrupted() -> Iterator[None]:
    """Threads change hands in the middle of whatever makes objects."""
    interval, threshold = sys.getswitchinterval(), gc.get_threshold()

    def linger(*_: object) -> None:
        sum(range(50))

    sys.setswitchinterval(1e-6)
    gc.set_threshold(5)
    gc.callbacks.append(linger)
    yield
    gc.callbacks.remove(linger)
    gc.set_threshold(*threshold)
    sys.setswitchinterval(interval)


@pytest.mark.usefixtures("interrupted")
def test_threads_may_read_a_folder_at_once(tmp_path: Path) -> None:
    """Whoever reads at the same time as others finds no fault in a folder that has none."""
    folder = good.write(tmp_path)
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda _: load_code(folder, "sha256:1").problems, range(40))) == [[]] * 40


def test_loading_leaves_nothing_in_the_folder(tmp_path: Path) -> None:
    """No cache file is written: the folder stays what it was."""
    folder, before = good.write(tmp_path), sys.dont_write_bytecode
    load(folder, good.TODAY)

    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} == set(good.FILES)
    assert sys.dont_write_bytecode is before


def test_a_packed_version_can_be_loaded_again(tmp_path: Path) -> None:
    """A stored version is the same definition with the same version, and its bytes repeat."""
    definition = load(good.write(tmp_path / "a"), good.TODAY)
    data = pack(definition.folder)

    folder = unpack(data, tmp_path / "store", definition.version)

    assert pack(folder) == data
    assert load(folder, good.TODAY).version == definition.version


def test_a_package_that_is_not_its_version_is_refused(tmp_path: Path) -> None:
    """Content that differs from the version it is asked for is never used."""
    data = pack(good.write(tmp_path))

    with pytest.raises(PackageError, match="expected the process version sha256:00, found sha256:"):
        unpack(data, tmp_path / "store", "sha256:00")


def test_many_who_unpack_at_once_all_get_the_whole_folder(tmp_path: Path) -> None:
    """Eight workers that need an old version at the same moment never see half of it, and nothing else is left."""
    definition = load(good.write(tmp_path / "a"), good.TODAY)
    data, store = pack(definition.folder), tmp_path / "store"

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: pack(unpack(data, store, definition.version)), range(24)))

    assert set(found) == {data}
    assert [path.name for path in store.iterdir()] == [definition.version.replace(":", "-")]


def test_an_unpacked_version_that_was_touched_is_unpacked_anew(tmp_path: Path) -> None:
    """What lies in the cache is used only when it is the version that the case keeps."""
    definition = load(good.write(tmp_path / "a"), good.TODAY)
    data = pack(definition.folder)
    folder = unpack(data, tmp_path / "store", definition.version)
    (folder / "process.yaml").write_text("title: Another", encoding="utf-8")

    assert pack(unpack(data, tmp_path / "store", definition.version)) == data


def test_problems_can_be_read_by_machines(tmp_path: Path) -> None:
    """GitHub gets annotations and other programs get JSON, both with the place."""
    folder = good.write(tmp_path, one=("process.yaml", "title: Provbidrag", "titel: Provbidrag"))
    problems = check(folder, good.TODAY)

    assert render(problems, "github", Path("p")) == (
        "::error file=p/process.yaml,line=2,col=1::unknown key `titel` (did you mean `title`?)"
    )
    assert [(one["file"], one["line"], one["severity"]) for one in json.loads(render(problems, "json"))] == [
        ("process.yaml", 2, "error")
    ]


def test_the_processes_of_the_house_are_found_by_looking() -> None:
    """Every folder with a process.yaml is a process, by its name."""
    assert "ekonomiskt_bistand" in discover()
