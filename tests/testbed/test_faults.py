"""Faults by name on the command line."""

import pytest

from testbed.faults import Fault, FaultError, calls, of_case_system, of_mock, parse


def test_every_fault_can_be_named() -> None:
    """Each kind of each call of each system is read back as itself and given to that system only."""
    for system, known in calls().items():
        for call, kinds in known.items():
            for kind in kinds:
                fault = parse(f"{system}.{call}={kind}")
                assert fault == Fault(system, call, kind)
                mine = of_case_system([fault]) if system == "verksamhetssystem" else of_mock([fault], system)
                assert [str(one.kind) for one in mine] == [kind]
                assert of_mock([fault], "another") == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("skatteverket", "fault 'skatteverket': expected system.call=kind, e.g. skatteverket.agi=timeout"),
        ("skattverket.agi=slow", "unknown system 'skattverket'; did you mean 'skatteverket'?"),
        ("skatteverket.agii=slow", "unknown call of skatteverket 'agii'; did you mean 'agi'?"),
        ("skatteverket.agi=timout", "unknown kind for skatteverket.agi 'timout'; did you mean 'timeout'?"),
        ("skatteverket.agi=protected", "unknown kind for skatteverket.agi 'protected'; "),
    ],
)
def test_an_unknown_fault_says_what_there_is(text: str, message: str) -> None:
    """A fault that does not exist is refused with the closest match and the whole choice."""
    with pytest.raises(FaultError) as refused:
        parse(text)
    assert message in str(refused.value)
