"""The e-mail as bytes: the same key, receiver and text always give the same Message-ID."""

import hashlib
import re
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from connectors.contract import Message

ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", re.ASCII)


SEVEN_BIT = SMTP.clone(cte_type="7bit")  # passes every server, also those without 8BITMIME


def is_address(value: str) -> bool:
    """Tell whether the value is one plain e-mail address that any mail server can take."""
    return ADDRESS.fullmatch(value) is not None


def message_id(key: str, sender: str) -> str:
    """Return the Message-ID of an effect: its key hashed, at the sender's domain."""
    digest = hashlib.sha256(key.encode()).hexdigest()[:32]
    return f"<{digest}@{sender.partition('@')[2]}>"


def build(message: Message, *, key: str, sender: str, at: datetime) -> bytes:
    """Return the mail with CRLF line ends. Raises ValueError for a subject with a line break or an empty text."""
    if not message.subject or "\n" in message.subject or "\r" in message.subject or not message.text:
        raise ValueError("an e-mail needs a subject of one line and a text; found another kind of message")
    mail = EmailMessage(policy=SEVEN_BIT)
    mail["From"] = Address(addr_spec=sender)
    mail["To"] = Address(addr_spec=message.to)
    mail["Subject"] = message.subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = message_id(key, sender)
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(message.text)
    for attachment in message.attachments:
        main, _, sub = attachment.media_type.partition("/")
        mail.add_attachment(attachment.content, maintype=main, subtype=sub, filename=attachment.filename)
    return mail.as_bytes()
