"""Open data: the monthly figures as CSV, and their metadata after DCAT-AP-SE as JSON-LD."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from robot.public.portrait import Portrait

LICENCE = "http://creativecommons.org/publicdomain/zero/1.0/"
MONTHLY = "http://publications.europa.eu/resource/authority/frequency/MONTHLY"
SOCIETY = "http://publications.europa.eu/resource/authority/data-theme/SOCI"


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Rows with a header; an empty cell is not told."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return written.getvalue()


def metadata(found: Portrait, *, kommun: str, contact: str, files: Mapping[str, str]) -> dict[str, Any]:
    """The data set as DCAT-AP-SE describes one. ``files``: the address of each CSV file, by its Swedish title."""
    title = f"Robotens beslut: {found.definition.title}"
    about = (
        f"Antal ärenden, beslut och handläggningstider per månad för {found.definition.title.lower()}. "
        "Antal är avrundade till närmaste femtal och visas inte under fem. "
        "Dessutom vad stickproven visar per period: hur stor andel av besluten som högst är fel, och klagomålen."
    )
    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dcterms": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "vcard": "http://www.w3.org/2006/vcard/ns#",
        },
        "@type": "dcat:Dataset",
        "dcterms:title": {"@value": title, "@language": "sv"},
        "dcterms:description": {"@value": about, "@language": "sv"},
        "dcterms:publisher": {"@type": "foaf:Agent", "foaf:name": kommun},
        "dcat:contactPoint": {
            "@type": "vcard:Organization",
            "vcard:fn": found.definition.owner,
            "vcard:hasEmail": {"@id": f"mailto:{contact}"},
        },
        "dcterms:accrualPeriodicity": {"@id": MONTHLY},
        "dcat:theme": {"@id": SOCIETY},
        "dcat:distribution": [
            {
                "@type": "dcat:Distribution",
                "dcterms:title": {"@value": name, "@language": "sv"},
                "dcat:accessURL": {"@id": address},
                "dcterms:format": "text/csv",
                "dcterms:license": {"@id": LICENCE},
            }
            for name, address in files.items()
        ],
    }
