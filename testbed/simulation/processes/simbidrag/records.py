"""Simbidragets former."""

from robot.rules import Amount, Extract, Month, Record


class Ansokan(Record):
    """Ansökan."""

    manad: Month
    personnummer: str
    mobil: str
    epost: str
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


class Inkomster(Extract):
    """Vad arbetsgivarna har uppgett."""

    Belopp: tuple[Amount, ...]


class Tidigare(Extract):
    """Vad som står i verksamhetssystemet."""

    arendenummer: str
    beviljat: bool
