"""The data-protection documents of a process, as Swedish Markdown from templates."""

from dataclasses import fields
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from robot.public.portrait import Portrait

TEMPLATES = Path(__file__).parent / "templates"
PROCESSING = "behandling.md"
"""The record of processing activities, GDPR article 30."""
ASSESSMENT = "konsekvensbedomning.md"
"""The draft of a data-protection impact assessment, GDPR article 35."""


def render(template: str, found: Portrait, *, kommun: str) -> str:
    """One of the documents. What a definition cannot know stands in brackets for the controller to fill in."""
    environment = Environment(  # noqa: S701 - Markdown: nothing of it is sent to a browser as HTML
        loader=FileSystemLoader(TEMPLATES), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    values = {one.name: getattr(found, one.name) for one in fields(found)}
    return environment.get_template(template).render(**values, autonomy=found.autonomy, kommun=kommun)
