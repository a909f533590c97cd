"""The queue knows cases by reference, and nothing of anybody."""

import json

import pytest

from robot.engine.queue import JsonSerializer
from tests.robot.engine.ground import Ground, application


def test_the_queues_tables_hold_nothing_personal(ground: Ground) -> None:
    """Every row of the library's job table: case, number and queue, never a number, an address or an amount."""
    ref = ground.handled(application()).ref

    with ground.house.database.read() as session:
        rows = session.connection().exec_driver_sql("SELECT * FROM workflow_status").all()
    told = repr(rows)
    assert ref in told
    for personal in ("194408139089", "Provgatan", "4000", "1000.00"):
        assert personal not in told


def test_a_job_comes_and_goes_with_its_transaction(ground: Ground) -> None:
    """When the transaction that puts a job is rolled back, there is no job."""
    row = ground.row(ground.submit(application()))

    def put_and_fail() -> None:
        with ground.house.database.write() as session:
            ground.house.queue.put(session, row.ref, "cases", number=99, due_at=row.due_at)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        put_and_fail()
    with ground.house.database.read() as session:
        ids = session.connection().exec_driver_sql("SELECT workflow_uuid FROM workflow_status").scalars().all()
    assert ids == [f"{row.ref}@{row.job}.cases"]


def test_putting_a_job_twice_is_one_job(ground: Ground) -> None:
    """The same segment at the same point of its journal is one job in its queue."""
    row = ground.row(ground.submit(application()))
    for _ in range(2):
        with ground.house.database.write() as session:
            ground.house.queue.put(session, row.ref, "brev", number=5, due_at=row.due_at)

    with ground.house.database.read() as session:
        ids = session.connection().exec_driver_sql("SELECT workflow_uuid FROM workflow_status").scalars().all()
    assert sorted(ids) == sorted([f"{row.ref}@{row.job}.cases", f"{row.ref}@5.brev"])


def test_an_error_is_stored_by_its_kind_alone() -> None:
    """What a failed job leaves in the queue's table is the kind of its error; other objects are refused."""
    serializer = JsonSerializer()

    assert json.loads(serializer.serialize(ValueError("Anna Exempel"))) == "ValueError"
    with pytest.raises(TypeError, match="only carry text and numbers"):
        serializer.serialize(object())
