"""The command: what it answers to whole, incomplete and missing evidence."""

import json
import subprocess
import sys
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from audit.log.keys import log_keys
from audit.verify import cli
from audit.verify.findings import ADVICE, Code, Finding, Report
from benchmarks.tamper_story import Signers, Story, consistency
from benchmarks.tamper_town import LOG, PERIOD, Town


@pytest.fixture
def folder(town: Town, tmp_path: Path) -> Path:
    """The honest export, with the controller's policy and a kept head beside it."""
    town.story.write(tmp_path / "export")
    (tmp_path / "policy").write_text(town.policy)
    (tmp_path / "keys").write_text(town.story.keys)
    sizes = sorted(town.story.heads)
    (tmp_path / "old").write_text(town.story.heads[sizes[1]])
    (tmp_path / "new").write_text(town.story.heads[sizes[-1]])
    (tmp_path / "receipt").write_text(town.story.receipt(3, sizes[0]))
    (tmp_path / "proof").write_text("\n".join(_proof(town.story, sizes[1], sizes[-1])))
    (tmp_path / "entry").write_bytes(town.story.entries[3])
    return tmp_path


def _proof(story: Story, old: int, new: int) -> list[str]:
    return [b64encode(one).decode() for one in consistency(old, story.leaves(new))]


def answer(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, dict[str, Any]]:
    """Exit code and document of a command."""
    code = cli.main([*map(str, arguments), "--json"])
    said = capsys.readouterr()
    assert said.err == ""
    document = json.loads(said.out)
    assert document["code"] == code
    assert document["result"] == Code(code).name
    return code, document


def found(document: dict[str, Any]) -> list[str]:
    """The findings in short."""
    return [f"{one['code']} {one['where']}: {one['expected']} / {one['found']}" for one in document["findings"]]


OWN_KEYS = "The keys came with the export: this shows that it is whole, not who signed it."


@pytest.mark.parametrize("command", ["log", "erasure", "sample", "export"])
def test_an_honest_export_is_proven(command: str, folder: Path, town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command says 0 to an honest log, and how much it has checked."""
    words = [LOG, PERIOD] if command == "sample" else []
    kept = ["--known-head", folder / "old", "--known-head", folder / "receipt", "--policy", folder / "policy"]
    code, document = answer(capsys, command, folder / "export", *words, *kept)
    cases = len({entry["case"] for entry in town.story.decoded()})
    counts = {"entries": len(town.story.entries), "cases": cases, "checkpoints": len(town.story.heads) + 3}
    tickets = sum(entry["type"] == "sample.ticket" for entry in town.story.decoded())
    if command in {"erasure", "export"}:
        promised = sum(len(entry["pd"]) for entry in town.story.decoded())
        counts |= {"values": len(town.story.openings or ()), "erased": promised - len(town.story.openings or ())}
    if command == "export":
        counts |= {"definitions": 1}
    if command in {"sample", "export"}:
        counts |= {"tickets": tickets}
    assert (code, document["findings"], document["checked"]) == (0, [], counts)
    assert document["notes"] == []
    assert document["command"] == command


def test_keys_of_the_export_itself_are_said_to_be_so(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without keys of one's own the log is checked with those that came with it, and the answer says so."""
    assert answer(capsys, "log", folder / "export")[1]["notes"] == [OWN_KEYS]
    assert answer(capsys, "log", folder / "export", "--keys", folder / "keys")[1]["notes"] == []


@pytest.mark.parametrize("given", [["--leaf"], ["--entry"]])
def test_a_receipt_is_checked_offline(
    given: list[str], folder: Path, town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    """A letter's receipt holds for its leaf hash, and for its entry's bytes."""
    leaf_hash = town.story.leaves()[3].hex().upper()
    value = leaf_hash if given == ["--leaf"] else folder / "entry"
    code, document = answer(capsys, "receipt", folder / "receipt", *given, value, "--policy", folder / "policy")
    assert (code, document["checked"]) == (0, {"receipts": 1})


def test_a_receipt_may_name_its_leaf_itself(folder: Path, town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    """The line "extra" gives the leaf when nobody else does; with another leaf beside it, one of them is wrong."""
    first, rest = (folder / "receipt").read_text().split("\n", 1)
    extra = b64encode(town.story.leaves()[3]).decode()
    (folder / "receipt").write_text(f"{first}\nextra {extra}\n{rest}")
    assert answer(capsys, "receipt", folder / "receipt", "--keys", folder / "keys")[0] == 0
    (folder / "receipt").write_text(f"{first}\nextra {b64encode(bytes(32)).decode()}\n{rest}")
    code, document = answer(
        capsys, "receipt", folder / "receipt", "--entry", folder / "entry", "--keys", folder / "keys"
    )
    assert (code, found(document)) == (
        10,
        ["10 receipt, index 3: a proof that the leaf is in the tree / another"],
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "expected origin, size, root, a blank line and signatures, found another form"),
        ("c2sp.org/tlog-proof@v1\n\n", "expected c2sp.org/tlog-proof@v1 and an index, found another form"),
        ("c2sp.org/tlog-proof@v1\nextra AAAA\n\n", "receipt: extra: expected a hash of 32 bytes, found 3"),
        ("c2sp.org/tlog-proof@v2\nindex 1\n\n", "expected c2sp.org/tlog-proof@v1 and an index, found another form"),
        ("c2sp.org/tlog-proof@v1\nplace 1\n\n", "expected c2sp.org/tlog-proof@v1 and an index, found another form"),
        ("c2sp.org/tlog-proof@v1\nindex 01\n\n", "receipt: index: expected a decimal number, found '01'"),
        ("c2sp.org/tlog-proof@v1\nindex 1\nA\n\n", "receipt: proof: expected base64, found other characters"),
    ],
)
def test_what_is_not_a_receipt_is_not_one(
    text: str, why: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A receipt in another form is altered, and the finding says how."""
    (folder / "receipt").write_text(text)
    code, document = answer(capsys, "receipt", folder / "receipt", "--keys", folder / "keys")
    assert code == 10
    assert why in found(document)[0] or not text


def test_a_receipt_that_names_no_leaf_proves_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without leaf hash and entry there is nothing to check."""
    code, document = answer(capsys, "receipt", folder / "receipt", "--keys", folder / "keys")
    wanted = ["20 receipt: the leaf hash that stands in the letter, or the entry / neither"]
    assert (code, found(document)) == (20, wanted)


@pytest.mark.parametrize("leaf", ["", "00", "å", "0" * 63, "0" * 66])
def test_a_leaf_hash_is_64_hex_digits(leaf: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Another text is no leaf hash."""
    code, document = answer(capsys, "receipt", folder / "receipt", "--keys", folder / "keys", "--leaf", leaf)
    wanted = "20 receipt: all that is needed to check / --leaf: expected 64 hex digits, found another text"
    assert (code, found(document)) == (20, [wanted])


def test_two_heads_of_one_log_hang_together(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The right proof shows it; without one nothing is decided; a head goes on from itself."""
    keys = ["--keys", folder / "keys"]
    asked = ["between", folder / "old", folder / "new", *keys]
    assert answer(capsys, *asked, "--proof", folder / "proof")[1]["checked"] == {"checkpoints": 2}
    assert answer(capsys, "between", folder / "old", folder / "old", *keys)[0] == 0
    code, document = answer(capsys, *asked)
    wanted = [f"20 {folder / 'new'}: a consistency proof, or the log itself / neither"]
    assert (code, found(document)) == (20, wanted)
    (folder / "proof").write_text("AAAA")
    code, document = answer(capsys, *asked, "--proof", folder / "proof")
    named = f"20 between: all that is needed to check / {folder / 'proof'}: expected a hash of 32 bytes, found 3"
    assert (code, found(document)) == (20, [named])
    (folder / "proof").write_text("")
    assert answer(capsys, *asked, "--proof", folder / "proof")[0] == 12
    assert answer(capsys, "between", folder / "old", folder / "proof", *keys)[0] == 13
    assert answer(capsys, "between", folder / "none", folder / "old", *keys)[0] == 20


def test_heads_of_two_logs_cannot_be_compared(folder: Path, town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    """Another origin is another log."""
    lines = town.story.newest.split("\n")
    (folder / "new").write_text("\n".join(["other", *lines[1:]]))
    code, document = answer(capsys, "between", folder / "old", folder / "new", "--keys", folder / "keys")
    assert code == 13
    assert f"20 {folder / 'new'}: a head of {town.story.origin} / other" in found(document)
    code, document = answer(capsys, "log", folder / "export", "--known-head", folder / "new")
    assert code == 13


@pytest.mark.parametrize("openings", [True, False])
def test_one_case_is_handed_out_whole(
    openings: bool, folder: Path, town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    """The document of a closed case is proven, with and without values; that of an open one needs the whole log."""
    decoded = town.story.decoded()
    closed = {entry["case"] for entry in decoded if entry["type"] == "case.closed"}
    for case in sorted({entry["case"] for entry in decoded if entry["case"].startswith("c_")}):
        document = town.story.case_document(case)
        document |= {} if openings else {"openings": None}
        (folder / "case").write_text(json.dumps(document))
        code, said = answer(capsys, "case", folder / "case", "--keys", folder / "keys")
        assert said["checked"]["entries"] == len(document["entries"])
        wanted = "20 document: case.closed: only the whole log shows if more came / an open case"
        assert (code, found(said)) == ((0, []) if case in closed else (20, [wanted])), case


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (None, "expected a document in the form arende-case/v1, found another form"),
        ({"format": "arende-case/v2"}, "expected a document in the form arende-case/v1, found another form"),
        ({"entries": [1]}, "entry: expected index, data and proof, found another form"),
        ({"entries": [{"index": 0, "data": "?", "proof": []}]}, "entry: expected base64, found other characters"),
        (
            {"entries": [{"index": 0, "data": "", "proof": [1]}]},
            "entry: proof: expected base64, found other characters",
        ),
        (
            {"checkpoint": ""},
            "checkpoint: expected origin, size, root, a blank line and signatures, found another form",
        ),
    ],
)
def test_what_is_not_a_case_is_not_one(
    document: Any, why: str, folder: Path, town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    """A document in another form decides nothing, and the finding says how."""
    whole = town.story.case_document(town.story.decoded()[-1]["case"])
    (folder / "case").write_text("x" if document is None else json.dumps(whole | document))
    code, said = answer(capsys, "case", folder / "case", "--keys", folder / "keys")
    assert (code, found(said)) == (20, [f"20 document: a case and its proofs / {why}"])


def test_a_case_under_a_strangers_head_is_not_believed(
    folder: Path, town: Town, capsys: pytest.CaptureFixture[str]
) -> None:
    """The head of a case's document needs the signatures of the log's own keys."""
    (folder / "case").write_text(json.dumps(town.story.case_document(town.story.decoded()[-1]["case"])))
    stranger = log_keys("another/log/2026", bytes(32)).verifiers
    (folder / "keys").write_text("".join(f"{key.text()}\n" for key in stranger))
    code, said = answer(capsys, "case", folder / "case", "--keys", folder / "keys")
    assert code == 13
    assert f"13 checkpoint: a signature of {town.story.origin} by a known key / none" in found(said)


def test_a_case_without_entries_is_nothing(folder: Path, town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing handed out is not proven."""
    whole = town.story.case_document(town.story.decoded()[-1]["case"])
    (folder / "case").write_text(json.dumps(whole | {"entries": [], "openings": None}))
    code, said = answer(capsys, "case", folder / "case", "--keys", folder / "keys")
    assert (code, found(said)) == (17, ["17 document: the entries of one case / 0 cases"])


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["log", "nothing"], "nothing/keys: No such file or directory"),
        (["case", "nothing"], "nothing: No such file or directory"),
        (["case", "old"], "no key of the log: give --keys or --policy"),
        (["receipt", "receipt"], "no key of the log: give --keys or --policy"),
        (["between", "old", "new", "--keys", "nothing"], "nothing: No such file or directory"),
        (["erasure", "export", "--openings", "nothing"], "nothing: No such file or directory"),
        (["log", "export", "--keys", "receipt"], "key: expected name+id+base64, found"),
        (["log", "export", "--policy", "keys"], "keys:1: expected log, witness, group or quorum"),
    ],
)
def test_what_is_missing_is_named(
    arguments: list[str], why: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a file that is needed nothing is decided, and the finding names it."""
    words = [str(folder / word) if (folder / word).exists() or word == "nothing" else word for word in arguments[1:]]
    code, document = answer(capsys, arguments[0], *words)
    assert code == 20
    assert [one["where"] for one in document["findings"]] == [arguments[0]]
    assert document["findings"][0]["expected"] == "all that is needed to check"
    assert why in document["findings"][0]["found"]


def test_a_kept_head_that_is_not_there_is_a_finding(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A kept head that cannot be read decides nothing; one that is none has no signature."""
    code, document = answer(capsys, "log", folder / "export", "--known-head", folder / "nothing")
    assert (code, found(document)) == (20, [f"20 {folder / 'nothing'}: a checkpoint / No such file or directory"])
    code, document = answer(capsys, "log", folder / "export", "--known-head", folder / "keys")
    assert code == 13
    assert "a signed checkpoint" in found(document)[0]


def test_an_unknown_period_decides_nothing(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A period whose key is not revealed, or that is not there, cannot be recomputed."""
    code, document = answer(capsys, "sample", folder / "export", LOG, "2026-10")
    wanted = f"20 stickprov-{LOG}-2026-10: a period whose key has been revealed / none"
    assert (code, found(document)) == (20, [wanted])


def test_a_log_without_values_has_nothing_to_compare(
    town: Town, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Where no entry commits to anything, `erasure` decides nothing."""
    story = Story(town.story.origin, town.story.entries[:4], {}, "", town.story.keys, openings=[])
    story.sign([4], Signers({0: town.signers.after[0]}))
    story.write(tmp_path)
    code, document = answer(capsys, "erasure", tmp_path)
    assert (code, found(document)) == (20, ["20 values: at least one commitment / none"])


def test_people_read_sentences(folder: Path, town: Town, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --json: findings with what to do on standard error, counts and result on standard output."""
    assert cli.main(["log", str(folder / "export")]) == 0
    said = capsys.readouterr()
    cases = len({entry["case"] for entry in town.story.decoded()})
    heads = len(town.story.heads) + 1
    assert said.out == (
        f"checked: {len(town.story.entries)} entries, {cases} cases, {heads} checkpoints\n{OWN_KEYS}\n"
        "PROVEN (exit code 0)\n"
    )
    assert said.err == ""
    assert cli.main(["case", "nothing", "--keys", str(folder / "keys")]) == 20
    said = capsys.readouterr()
    assert said.out == "checked: nothing\nUNDECIDED (exit code 20)\n"
    assert said.err == (
        "20 UNDECIDED case: expected all that is needed to check, found nothing: No such file or directory. "
        "Evidence is missing: export again, or give the file that was asked for.\n"
    )


def test_a_terminal_gets_a_bar(
    folder: Path, town: Town, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a terminal the bar fills as entries are read; with --json there is none."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    cli.main(["log", str(folder / "export")])
    size = len(town.story.entries)
    assert capsys.readouterr().err == f"\r{'█' * 30} 100 % of {size} entries\n"
    cli.main(["log", str(folder / "export"), "--json"])
    assert capsys.readouterr().err == ""
    asked = cli._parser().parse_args(["log", "x"])
    cli._bar(asked)(256, 1024)
    assert capsys.readouterr().err == f"\r{'█' * 7:<30} 25 % of 1024 entries"


@pytest.mark.parametrize(
    "arguments", [[], ["log"], ["tell"], ["sample", "x"], ["between", "x"], ["log", "x", "--leaf", "y"]]
)
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """Wrong usage is neither proof nor finding."""
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert "usage: arende-verify" in capsys.readouterr().err


def test_the_verifier_loads_nothing_of_ours(folder: Path) -> None:
    """Run by itself, it has loaded the standard library, cryptography and its own package only."""
    program = (
        "import sys; from audit.verify.cli import main; code = main(['export', sys.argv[1]]);"
        "own = {name.split('.')[0] for name in sys.modules};"
        "own &= {'robot', 'connectors', 'desk', 'pydantic', 'sqlalchemy'};"
        "ours = {name for name in sys.modules if name.startswith('audit.') and not name.startswith('audit.verify')};"
        "sys.exit(code or bool(own | ours))"
    )
    run = subprocess.run([sys.executable, "-c", program, str(folder / "export")], capture_output=True, check=False)
    assert (run.returncode, run.stderr) == (0, b"")


def test_the_gravest_finding_is_the_exit_code() -> None:
    """Of several findings the one that the others rest on decides, and nothing checked is never 0."""
    order = [12, 11, 13, 14, 10, 17, 15, 16, 20]
    assert [int(code) for code in ADVICE] == order
    for place, code in enumerate(order):
        report = Report({"entries": 1}, [Finding(Code(one), "", "", "") for one in reversed(order[place:])])
        assert report.code == code
    assert Report().code == Code.UNDECIDED
    assert Report({"entries": 0}).code == Code.UNDECIDED
    assert Report({"entries": 1}).code == Code.PROVEN
