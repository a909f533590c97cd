"""YAML is text with positions; nothing in it is guessed."""

from pathlib import Path

import pytest

from robot.definition.document import Document


def read(tmp_path: Path, text: str) -> Document:
    """Read a text as a YAML file."""
    (tmp_path / "f.yaml").write_text(text, encoding="utf-8")
    return Document.read(tmp_path, "f.yaml")


@pytest.mark.parametrize("word", ["no", "22:30", "0123", "2025-01-01", "1e3", "~", "12300.00"])
def test_plain_words_stay_what_was_written(word: str, tmp_path: Path) -> None:
    """Norway, times of day, dates, octals and decimals are the text that stands there."""
    document = read(tmp_path, f"a: {word}\n")

    assert document.data == {"a": word}
    assert document.json(("a",)) == word


def test_only_json_words_and_whole_numbers_have_a_type(tmp_path: Path) -> None:
    """In a case's facts an unquoted whole number, true, false and null are themselves; quoted they are text."""
    document = read(tmp_path, 'a: [1, true, null, "1", "true", 012]\n')

    assert document.json(("a",)) == [1, True, None, "1", "true", "012"]


def test_an_anchor_may_be_used_again_but_never_inside_itself(tmp_path: Path) -> None:
    """An alias repeats a value; one that holds itself is a problem, not an endless loop."""
    assert read(tmp_path, "a: &x [1]\nb: *x\n").data == {"a": ["1"], "b": ["1"]}
    assert [one.message for one in read(tmp_path, "a: &x [*x]\n").problems] == [
        "a value holds itself: an alias inside its anchor"
    ]


def test_files_that_are_no_text_are_problems(tmp_path: Path) -> None:
    """A missing file, an empty one and one that is not UTF-8 each say so."""
    (tmp_path / "latin.yaml").write_bytes("å: 1".encode("latin-1"))

    assert Document.read(tmp_path, "ingen.yaml").problems[0].message == "the file is missing"
    assert read(tmp_path, "# bara en kommentar\n").problems[0].message == "the file is empty"
    assert Document.read(tmp_path, "latin.yaml").problems[0].message == "the file is not UTF-8 text (byte 0)"


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a: !python/object:os.system x\n", 1, "the tag `!python/object:os.system` has no meaning here"),
        ("a: 1\n? [b]\n: 2\n", 2, "expected a word as key, found a list or a mapping"),
        ("a: 1\n---\nb: 2\n", 2, "not readable as YAML: but found another document"),
        ("a: \x07\n", 1, "the file holds a character that YAML refuses: special characters are not allowed"),
    ],
)
def test_odd_yaml_is_refused(text: str, line: int, message: str, tmp_path: Path) -> None:
    """Tags, keys that are no words, several documents and control characters are problems with a place."""
    problem = read(tmp_path, text).problems[0]

    assert (problem.line, problem.message) == (line, message)
