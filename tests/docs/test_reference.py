"""What the documents say there is, is there; and what is there, they say."""

import json
import re
from pathlib import Path

import pytest
from typer.core import TyperCommand

from tests.docs.documents import GENERATED, documents, readmes
from tests.docs.generated import TABLES, commands, renewed, settings
from tests.house.project import ROOT, refuse

CALL = re.compile(r"(?<![\w./-])arende ((?:[a-z]+ ?)+)([^`\n|]*)")
OPTION = re.compile(r"(?<!\S)--[a-z][a-z-]*")
TARGET = re.compile(r"(?<![\w./-])make ([a-z]+)")
VARIABLE = re.compile(r"\bARENDE_[A-Z_]*[A-Z]\b")
ITALIC = re.compile(r"(?<![*\w])\*([^*\n]+)\*(?![*\w])")
CODE = re.compile(r"```.*?^```|`[^`\n]+`", re.MULTILINE | re.DOTALL)


def _codes(path: Path) -> list[str]:
    """The pieces of a document that are code: spans and blocks."""
    return CODE.findall(path.read_text(encoding="utf-8"))


def _calls(path: Path) -> list[tuple[str, str]]:
    """The words and the rest of every `arende …` in a document's code."""
    return [(match[1].strip(), match[2]) for code in _codes(path) for match in CALL.finditer(code)]


def _called(words: str) -> str | None:
    """The command that a call means: the longest one that its words begin with, or else a group of commands."""
    known = commands()
    parts = words.split()
    beginnings = [" ".join(parts[:length]) for length in range(len(parts), 0, -1)]
    groups = {name.rpartition(" ")[0] for name in known} - {""}
    return next((beginning for beginning in beginnings if beginning in known or beginning in groups), None)


def _options(command: TyperCommand | None) -> set[str]:
    return {"--help", *(name for parameter in (command.params if command else ()) for name in parameter.opts)}


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_generated_tables_are_fresh(path: Path) -> None:
    """A table of commands, settings, verbs, connectors or processes says what the code says; `make docs` writes it."""
    text = path.read_text(encoding="utf-8")
    assert renewed(text) == text, "Run `make docs`"


def test_every_table_stands_somewhere() -> None:
    """Every command, setting, verb, connector and process is in a document, once."""
    standing = [match["name"] for path in documents() for match in GENERATED.finditer(path.read_text(encoding="utf-8"))]
    assert sorted(standing) == sorted(TABLES)


def test_every_command_says_what_it_does() -> None:
    """A command without help leaves its row in the documents, and `--help`, empty."""
    refuse((f"arende {words}" for words, command in commands().items() if not command.help), "Give it a docstring:")


def test_every_command_in_the_documents_exists() -> None:
    """Whoever copies a command from a document gets no "no such command" or "no such option"."""
    faults = []
    for path in (*documents(), *readmes()):
        for words, rest in _calls(path):
            called = _called(words)
            place = f"{path.relative_to(ROOT)}: arende {words} {rest}"
            if called is None:
                faults.append(f"{place}: no such command")
            elif unknown := set(OPTION.findall(rest)) - _options(commands().get(called)):
                faults.append(f"{place}: `arende {called}` has no {', '.join(sorted(unknown))}")
    refuse(faults, "Correct the document, or build what it promises:")


@pytest.mark.parametrize("name", ["review.md", "audit.md"])
def test_a_word_on_the_desk_stands_on_the_desk(name: str) -> None:
    """What a handläggare's or controller's guide sets in italics is a heading, a button or a label of the desk."""
    pages = " ".join(path.read_text(encoding="utf-8") for path in (ROOT / "desk" / "templates").glob("*.html"))
    words = ITALIC.findall((ROOT / "docs" / name).read_text(encoding="utf-8"))
    assert words
    refuse((word for word in words if word not in pages), f"docs/{name} names what the desk does not show:")


def test_the_images_start_commands_that_exist() -> None:
    """What the Dockerfile starts is a command, with options that it has."""
    starts = re.findall(r'^CMD (\["arende".*\])$', (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert starts
    for _, words, *options in map(json.loads, starts):
        assert words in commands(), f"the Dockerfile starts `arende {words}`, which is no command"
        assert {option for option in options if option.startswith("--")} <= _options(commands()[words])


def test_every_make_target_in_the_documents_exists() -> None:
    """Every `make x` in a document can be made."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = {target for path in (*documents(), *readmes()) for code in _codes(path) for target in TARGET.findall(code)}
    refuse(sorted(named - targets), "The Makefile has no such target:")


def _connector_variables() -> set[str]:
    from connectors.manifest import discover
    from robot.settings import ConnectorEnvironment

    return {f"ARENDE_{name}_{field}".upper() for name in discover() for field in ConnectorEnvironment.model_fields}


def test_every_setting_in_the_documents_exists() -> None:
    """Every ARENDE_ variable in a document is read by somebody."""
    known = settings().keys() | _connector_variables() | {"ARENDE_BROWSER", "ARENDE_SECRETS_DIR"}
    texts = [path.read_text(encoding="utf-8") for path in (*documents(), *readmes())]
    refuse(sorted({name for text in texts for name in VARIABLE.findall(text)} - known), "Nobody reads the variable:")
