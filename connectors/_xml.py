"""XML from outside, read without document types or entities, and picked apart without guessing between doubles."""

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat


class UnreadableXmlError(ValueError):
    """The text is no XML, declares a document type, or has an element twice where one is expected."""


def parse(body: bytes) -> Element:
    """Parse XML with namespaces; raises UnreadableXmlError, also for a document type: it could declare entities."""
    builder = TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = lambda tag, attributes: builder.start(_qualified(tag), attributes)
    parser.EndElementHandler = lambda tag: builder.end(_qualified(tag))
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise UnreadableXmlError("not well-formed XML without a document type") from error
    return builder.close()


def one(parent: Element, name: str) -> Element | None:
    """Return the only child of that qualified name, or None; raises UnreadableXmlError when there are several."""
    found = parent.findall(name)
    if len(found) > 1:
        raise UnreadableXmlError("an element stands twice")
    return found[0] if found else None


def texts(parent: Element, namespace: str) -> dict[str, str]:
    """Return the texts of the children without children of their own, by local name, e.g. {"Arbetssokande": "true"}."""
    found: dict[str, str] = {}
    for child in parent:
        home, _, name = child.tag.rpartition("}")
        if home != "{" + namespace or len(child):
            continue
        if name in found:
            raise UnreadableXmlError("an element stands twice")
        found[name] = (child.text or "").strip()
    return found


def _qualified(tag: str) -> str:
    return "{" + tag if "}" in tag else tag


def _refuse_doctype(*_: object) -> None:
    raise UnreadableXmlError("a document type is not allowed")
