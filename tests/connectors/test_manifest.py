"""Manifests: every connector has one that is whole, and a faulty one says where."""

from pathlib import Path

import pytest

from connectors.manifest import ROOT, ChannelManifest, ManifestError, RegisterManifest, discover, load, load_as

GOOD = (ROOT / "sms" / "manifest.yaml").read_text(encoding="utf-8")


def written(folder: Path, text: str, name: str = "sms") -> Path:
    """Write a manifest into a connector folder of that name and return the folder."""
    place = folder / name
    place.mkdir()
    (place / "manifest.yaml").write_text(text, encoding="utf-8")
    return place


def test_every_folder_is_a_connector() -> None:
    """Each connector folder is found without a central list, with the name of its folder and a README."""
    folders = {path.name for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith("_")}
    found = discover()
    assert set(found) == folders
    for name, connector in found.items():
        assert connector.manifest.name == name
        assert (connector.folder / "README.md").is_file()


def test_every_question_has_a_mark_on_its_law() -> None:
    """Each question says by which law it is asked and how sure that is."""
    for connector in discover().values():
        if isinstance(connector.manifest, RegisterManifest):
            for query in connector.manifest.queries.values():
                assert all(basis.source for basis in query.legal_basis)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("title:", "titel:", "manifest.yaml:2:1: titel: unknown key 'titel'; did you mean 'title'?"),
        ("title:", "titel:", "the key 'title' is missing; add it"),
        ("concurrency: 2", "concurrency: två", "concurrency: Input should be a valid integer"),
        ("concurrency: 2", "concurrency: 0", "greater than or equal to 1"),
        ("mark: D", "mark: X", "mark: Input should be 'V', 'S', 'D' or 'U'"),
        ("kind: channel", "kind: kanal", "manifest.yaml:3:1: kind"),
        ("name: sms", "name: smms", "manifest.yaml:1:1: name: expected the folder's name 'sms', found 'smms'"),
        ("recover:", "title: Igen\nrecover:", "the key 'title' stands twice; remove one"),
        ("recover: verify", "recover: [", "cannot be read as YAML"),
    ],
)
def test_faulty_manifest_says_where(tmp_path: Path, old: str, new: str, expected: str) -> None:
    """A fault is told with file, line, column and key, and with the likely meaning of a misspelt key."""
    assert old in GOOD
    folder = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(ManifestError) as raised:
        load(folder)
    assert expected in str(raised.value)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    """Two faults give two lines."""
    folder = written(tmp_path, GOOD.replace("mark: D", "mark: X").replace("recover: verify", "recover: kanske"))
    with pytest.raises(ManifestError) as raised:
        load(folder)
    assert len(str(raised.value).splitlines()) == 2


@pytest.mark.parametrize("text", ["", "text", "- a"])
def test_what_is_no_manifest_is_refused(tmp_path: Path, text: str) -> None:
    """An empty file, a text or a list is no manifest."""
    with pytest.raises(ManifestError, match=r"manifest\.yaml:1:1"):
        load(written(tmp_path, text))


def test_missing_manifest_is_refused(tmp_path: Path) -> None:
    """A folder without a manifest cannot be loaded."""
    with pytest.raises(ManifestError, match="cannot be read"):
        load(tmp_path)


def test_query_is_named_after_its_register(tmp_path: Path) -> None:
    """A question under another register's name is refused, since its name is also its source."""
    text = (ROOT / "skatteverket" / "manifest.yaml").read_text(encoding="utf-8")
    folder = written(tmp_path, text.replace("skatteverket.agi:", "csn.agi:"), "skatteverket")
    with pytest.raises(ManifestError, match=r"query 'csn\.agi' must be named 'skatteverket\.<question>'"):
        load(folder)


def test_wrong_kind_is_refused() -> None:
    """A client gets the kind of manifest that it is written for."""
    assert load_as(ROOT / "sms", ChannelManifest).name == "sms"
    with pytest.raises(ManifestError, match="expected a RegisterManifest, found kind 'channel'"):
        load_as(ROOT / "sms", RegisterManifest)
