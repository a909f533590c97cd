"""The identity numbers of the simulation."""

from datetime import date

from testbed.scenario.numbers import TEMPORARY_NUMBER, age, born, coordination_form, has_valid_check_digit, published


def test_the_published_list_is_whole() -> None:
    """The data file holds the 57 published test numbers, each once, each with a right check digit."""
    numbers = published()
    assert len(numbers) == len(set(numbers)) == 57
    assert all(len(number) == 12 and has_valid_check_digit(number) for number in numbers)


def test_no_coordination_form_can_belong_to_anybody() -> None:
    """Every samordningsnummer form made from the list has day + 60 and a wrong check digit."""
    for number in published():
        form = coordination_form(number)
        assert int(form[6:8]) == int(number[6:8]) + 60
        assert born(form) == born(number)
        assert not has_valid_check_digit(form)


def test_a_temporary_number_is_no_personnummer() -> None:
    """The temporary number has twelve characters, one of them a letter."""
    assert len(TEMPORARY_NUMBER) == 12
    assert not TEMPORARY_NUMBER.isdigit()


def test_age_changes_on_the_birthday() -> None:
    """A person is a year older on the birthday, not the day before."""
    birth = date(2000, 3, 15)
    assert (age(birth, date(2025, 3, 14)), age(birth, date(2025, 3, 15))) == (24, 25)
