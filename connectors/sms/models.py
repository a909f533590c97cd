"""What the SMS gateway is told and what it answers."""

import re
from typing import Annotated, TypeAlias

from pydantic import Field

from connectors._fields import Moment, Whitelisted, one_of

# The pattern of a Swedish mobile number that gateways check: +46 7… or 07…, with spaces or a hyphen.
MOBILE_NUMBER = re.compile(r"\s*(\+?467|07\d\s*-?)(\d|\s)+", re.ASCII)
SENDER_MAX = 11

Status: TypeAlias = Annotated[str, one_of("ACCEPTED")]


class Kvitto(Whitelisted):
    """The gateway's receipt of one message."""

    id: Annotated[str, Field(min_length=1)]
    status: Status
    at: Moment


class Okand(Whitelisted):
    """The gateway's own word that it has never seen the key; a bare 404 may come from anything on the way."""

    status: Annotated[str, one_of("NOT_FOUND")]
