"""The sequencer gives every entry its place in the log, and keeps the tree over them."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, bindparam, delete, func, insert
from sqlalchemy.orm import Session
from sqlmodel import col, select

from audit.errors import LogError
from audit.log.entry import leaf_hash
from audit.log.tables import LEAVES, NODES, PENDING, EntryRow, LeafRow, PendingRow
from audit.log.tree import node_hash

TILE_HEIGHT = 8
TILE = 1 << TILE_HEIGHT
BATCH = 1000
_FIRST, _LAST = bindparam("first", type_=BigInteger), bindparam("last", type_=BigInteger)
_LEAVES_FROM = (
    select(LEAVES.c.position, LEAVES.c.leaf).where(LEAVES.c.position.between(_FIRST, _LAST)).order_by(LEAVES.c.position)
)
_NODES_FROM = (
    select(NODES.c.number, NODES.c.hash)
    .where(NODES.c.level == bindparam("level"), NODES.c.number.between(_FIRST, _LAST))
    .order_by(NODES.c.number)
)


def size(session: Session) -> int:
    """How many entries have a place."""
    last = session.scalar(select(func.max(LeafRow.position)))
    return 0 if last is None else last + 1


def waiting(session: Session) -> int:
    """How many entries have none yet."""
    return session.scalar(select(func.count()).select_from(PendingRow)) or 0


def integrate(session: Session, most: int = BATCH) -> set[str]:
    """Give up to ``most`` waiting entries the next places, and return their types; an empty set when none waits.

    The caller is the only one who does so at the time, and commits. Entries of one case keep their order: a later one
    is written after the one before, in the same transaction or when that one is committed. Raises `LogError` for an
    entry whose bytes are not those that were written: it gets no place, and neither does anything after it.
    """
    # In two steps: a join ordered by number may walk the whole journal to find the few entries that wait.
    ids = session.scalars(select(PendingRow.entry_id).order_by(col(PendingRow.entry_id)).limit(most)).all()
    query = select(EntryRow.id, EntryRow.type, EntryRow.data, EntryRow.leaf)
    found = session.execute(query.where(col(EntryRow.id).in_(ids)).order_by(col(EntryRow.id))).all() if ids else []
    if len(found) != len(ids):
        raise LogError(
            "rows_gone", f"{len(ids) - len(found)} entries were removed before they got their place in the log"
        )
    if not found:
        return set()
    for row in found:
        if not isinstance(row.data, bytes) or leaf_hash(row.data) != row.leaf:
            why = f"entry {row.id}: the bytes of a {row.type} were changed before it got its place in the log"
            raise LogError("altered", why)
    first = size(session)
    places = [
        {"position": position, "entry_id": row.id, "leaf": row.leaf} for position, row in enumerate(found, start=first)
    ]
    session.execute(insert(LEAVES), places)
    session.execute(delete(PENDING).where(PENDING.c.entry_id.in_([row.id for row in found])))
    _fill_tiles(session, first, first + len(found))
    return {row.type for row in found}


def _fill_tiles(session: Session, old: int, new: int) -> None:
    """Store the root of every tile that these entries have filled, and of the tiles above that those roots fill."""
    level = 1
    while (first := old >> TILE_HEIGHT * level) < (end := new >> TILE_HEIGHT * level):
        nodes = StoredNodes(session)
        rows = [
            {"level": level, "number": number, "hash": nodes(TILE_HEIGHT * level, number)}
            for number in range(first, end)
        ]
        session.execute(insert(NODES), rows)
        level += 1


class StoredNodes:
    """The tree as it is stored: leaves, and one hash for each full tile. What lies between is worked out.

    It remembers the tiles it has read, so it is for one question or one transaction.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._tiles: dict[tuple[int, int], Sequence[bytes]] = {}

    def __call__(self, height: int, number: int) -> bytes:
        """See `audit.log.tree.Nodes`. Raises `LogError` when hashes that must be there are gone."""
        level, above = divmod(height, TILE_HEIGHT)
        first = number << above
        tile, start = divmod(first, TILE)
        hashes = self.tile(level, tile)[start : start + (1 << above)]
        if len(hashes) != 1 << above and above == 0 and level:
            return self._from_below(level, number)
        if len(hashes) != 1 << above:
            raise LogError(
                "rows_gone", f"the tree's level {level} lacks hashes from {first} on: rows of the log are gone"
            )
        return _rolled_up(hashes)

    def tile(self, level: int, number: int) -> Sequence[bytes]:
        """The up to 256 hashes of a tile that are stored, in order. Raises `LogError` for a gap between them."""
        if (level, number) not in self._tiles:
            first = number * TILE
            rows = self._rows(level, first)
            if [place for place, _ in rows] != list(range(first, first + len(rows))):
                raise _gone(level, first)
            self._tiles[level, number] = [found for _, found in rows]
        return self._tiles[level, number]

    def _from_below(self, level: int, number: int) -> bytes:
        """The root of a tile that is full, but whose root is not stored yet."""
        hashes = self.tile(level - 1, number)
        if len(hashes) != TILE:
            raise _gone(level - 1, number * TILE)
        return _rolled_up(hashes)

    def _rows(self, level: int, first: int) -> Sequence[Any]:
        asked = {"level": level, "first": first, "last": first + TILE - 1}
        return self._session.execute(_NODES_FROM if level else _LEAVES_FROM, asked).all()


def _gone(level: int, number: int) -> LogError:
    return LogError("rows_gone", f"the tree lacks hashes of level {level}, number {number} or after: rows are gone")


def _rolled_up(hashes: Sequence[bytes]) -> bytes:
    """The root over a power of two of hashes."""
    row = list(hashes)
    while len(row) > 1:
        row = [node_hash(row[at], row[at + 1]) for at in range(0, len(row), 2)]
    return row[0]
