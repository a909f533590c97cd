"""XES (IEEE 1849), one trace per case: what older process-mining tools read."""

from collections.abc import Iterable, Sequence
from typing import BinaryIO
from xml.etree.ElementTree import Element, ElementTree, SubElement

from audit.export.objects import Alias, happenings
from audit.log.entry import Entry

_EXTENSIONS = (
    ("Concept", "concept", "http://www.xes-standard.org/concept.xesext"),
    ("Time", "time", "http://www.xes-standard.org/time.xesext"),
    ("Organizational", "org", "http://www.xes-standard.org/org.xesext"),
    ("Lifecycle", "lifecycle", "http://www.xes-standard.org/lifecycle.xesext"),
)


def write(cases: Iterable[Sequence[Entry]], alias: Alias, to: BinaryIO) -> int:
    """Write the cases as one XES document; the number of events. ``alias`` hides the accounts of persons."""
    log = Element("log", {"xes.version": "1849-2016", "xmlns": "http://www.xes-standard.org/"})
    for name, prefix, address in _EXTENSIONS:
        SubElement(log, "extension", {"name": name, "prefix": prefix, "uri": address})
    SubElement(log, "classifier", {"name": "Händelse", "keys": "concept:name"})
    count = 0
    for entries in cases:
        trace = SubElement(log, "trace")
        _string(trace, "concept:name", entries[0].case)
        for one in happenings(entries, alias):
            event = SubElement(trace, "event")
            _string(event, "concept:name", one.type)
            SubElement(event, "date", {"key": "time:timestamp", "value": one.at})
            _string(event, "org:resource", one.by.id)
            _string(event, "lifecycle:transition", "complete")
            for name, value in one.attributes.items():
                _string(event, name, value)
            count += 1
    ElementTree(log).write(to, encoding="utf-8", xml_declaration=True)
    return count


def _string(parent: Element, key: str, value: str) -> None:
    SubElement(parent, "string", {"key": key, "value": value})
