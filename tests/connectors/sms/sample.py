"""A message that the SMS gateway takes."""

from typing import Any

from connectors.contract import Message

SETTINGS: dict[str, Any] = {"sender": "Provkommun"}
MESSAGE = Message("0701740605", None, "Du har ett nytt meddelande från kommunen.")
