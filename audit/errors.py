"""What can go wrong in the evidence. No message ever contains a stored value."""


class AuditError(Exception):
    """The base of every error that `audit` raises on purpose."""


class CanonicalError(AuditError):
    """A value cannot be written as canonical JSON; the message names its path, never the value."""


class EntryError(AuditError):
    """A journal entry breaks its format, or is larger than a log entry may be."""


class JournalConflictError(AuditError):
    """Another transaction wrote the same place of the chain first: roll back, and run the whole transaction again."""


class JournalClosedError(AuditError):
    """The case is closed, and this type of entry may not follow `case.closed`."""


class KeyFileError(AuditError):
    """A key file is missing, exists already, or does not hold 32 bytes in base64."""


class VaultError(AuditError):
    """The vault cannot give back what the journal points at: gone without a tombstone, another key or altered bytes."""


class DrawError(AuditError):
    """The stickprov cannot be drawn as asked, because that would break the period's commitment or plan."""


class TreeError(AuditError):
    """A place or a proof that cannot belong to the tree."""


class NoteError(AuditError):
    """A signed note, a key or a policy that cannot be read, or a signature that is missing or wrong."""


class TimestampError(AuditError):
    """A time-stamp token that cannot be read or does not hold, or the means to check it that are missing."""


class LogError(AuditError):
    """The log contradicts what was signed before: nothing more is signed until a person has found out why.

    ``code`` is a word for journal, metrics and scripts.
    """

    def __init__(self, code: str, why: str) -> None:
        super().__init__(why)
        self.code = code


class StatisticsError(AuditError):
    """A statistic cannot be computed from these inputs; the message names the input, what was expected and found."""


class UnknownFamilyError(StatisticsError):
    """There is no statistic of this name; the message gives the closest."""


class DrawRefusedError(DrawError):
    """The holder of the draw key answers no such question; it has noted that it was asked."""
