"""Pictures that a letter asks for by what they say: ``qr:`` and the text, percent-encoded."""

from io import BytesIO
from typing import Any
from urllib.parse import unquote

import segno
from weasyprint.urls import URLFetcher, URLFetcherResponse

SCHEME = "qr:"


class Pictures(URLFetcher):  # type: ignore[misc] # the library has no types
    """Fetches files and QR codes for a letter, and nothing from a network."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=["file", "data"])

    def fetch(self, url: str, headers: Any = None) -> Any:
        """The picture, or the file."""
        if url.startswith(SCHEME):
            return URLFetcherResponse(url, qr_svg(unquote(url.removeprefix(SCHEME))), {"Content-Type": "image/svg+xml"})
        return super().fetch(url, headers)


def qr_svg(text: str) -> bytes:
    """The text as a QR code (SVG): low error correction, because a letter is clean and the text is long."""
    picture = BytesIO()
    segno.make(text, error="l", micro=False, boost_error=False).save(picture, kind="svg", xmldecl=False)
    return picture.getvalue()
