"""What a document points at is there."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.documents import documents, readmes
from tests.house.project import PACKAGES, ROOT, refuse

LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:)([^)#\s]*)(?:#([^)\s]+))?\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
FILE = re.compile(f"`((?:{'|'.join((*PACKAGES, 'tests', 'docs', 'scripts'))})/[\\w./-]*\\w/?)`")
BLOCK = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
ALL = [*documents(), *readmes()]


def _anchors(path: Path) -> set[str]:
    """The anchors that a document's headings get on the web."""
    headings = HEADING.findall(path.read_text(encoding="utf-8"))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _broken_links(path: Path) -> Iterator[str]:
    text = BLOCK.sub("", path.read_text(encoding="utf-8"))
    for target, anchor in LINK.findall(text):
        file = (path.parent / target).resolve() if target else path
        if not file.exists():
            yield f"{target}: no such file"
        elif anchor and anchor not in _anchors(file):
            yield f"{target}#{anchor}: no such heading"


@pytest.mark.parametrize("path", ALL, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_somewhere(path: Path) -> None:
    """A relative link names a file, and a heading in it, that exist."""
    refuse(_broken_links(path), f"{path.relative_to(ROOT)} points at nothing:")


@pytest.mark.parametrize("path", ALL, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_named_file_exists(path: Path) -> None:
    """A file that is named from the project's top, or from the top of a process folder, exists."""
    tops = [ROOT, *(found.parent for found in ROOT.glob("processes/*/process.yaml"))]
    named = FILE.findall(path.read_text(encoding="utf-8"))
    missing = (name for name in named if not any((top / name).exists() for top in tops))
    refuse(missing, f"{path.relative_to(ROOT)} names what is not there:")
