"""Tomgångens former."""  # noqa: INP001 - a process is a folder of data and rules, not a package

from robot.rules import Amount, Extract, Month, Record


class Ansokan(Record):
    """Ansökan."""

    manad: Month
    nummer: int
    personnummer: str
    belopp: Amount


class Skydd(Extract):
    """Skyddade uppgifter."""

    Sekretessmarkering: bool
    SkyddadFolkbokforing: bool
