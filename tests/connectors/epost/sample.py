"""A message that the mail server takes."""

from typing import Any

from connectors.contract import Message

SETTINGS: dict[str, Any] = {"sender": "noreply@example.se", "account": "arenderobot"}
MESSAGE = Message("person@example.com", "Nytt meddelande", "Du har ett nytt meddelande från kommunen.\n.\nHälsningar")
