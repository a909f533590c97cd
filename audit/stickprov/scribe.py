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

    def append(
        self,
        case: str,
        kind: str,
        body: Mapping[str, JSONInput],
        causes: Sequence[int] = (),
        *,
        personal: Mapping[str, JSONInput] | None = None,
    ) -> Entry:
        """Write the next entry of the case or chain. ``personal``: what a person wrote, which the vault keeps."""
        actor, session = self.actor, self.session
        return self.journal.append(session, case, kind, actor=actor, body=body, personal=personal, causes=causes)

    def entries(self, case: str) -> list[Entry]:
        """The entries of the case or chain, in order."""
        return self.journal.entries(self.session, case)
