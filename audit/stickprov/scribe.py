"""Who writes the stickprov in the journal, in which transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from audit.canonical import JSONInput
from audit.log.entry import Actor, Entry
from audit.log.journal import Journal


@dataclass(frozen=True)
class Scribe:
    """Appends in the caller's session and transaction, as one actor; never commits. Raises as `Journal.append`."""

    journal: Journal
    session: Session
    actor: Actor

    def append(self, case: str, kind: str, body: Mapping[str, JSONInput], causes: Sequence[int] = ()) -> Entry:
        """Write the next entry of the case or chain."""
        return self.journal.append(self.session, case, kind, actor=self.actor, body=body, causes=causes)

    def entries(self, case: str) -> list[Entry]:
        """The entries of the case or chain, in order."""
        return self.journal.entries(self.session, case)
