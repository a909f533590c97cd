"""Provbidragets former."""

from robot.rules import Amount, Extract, Month, Record


class Ansokan(Record):
    """Ansökan."""

    manad: Month
    personnummer: str
    adress: str
    inkomst: Amount
    personer: int


class Skydd(Extract):
    """Skyddade uppgifter."""

    Sekretessmarkering: bool
    SkyddadFolkbokforing: bool


class Folkbokforing(Extract):
    """Folkbokföringen."""

    Kommunkod: str
