"""The cases that the robot decides: nothing has changed, or only in ways that need no person."""

from testbed.scenario.draft import Draft
from testbed.scenario.expected import ZERO, deficit, total
from testbed.scenario.kind import decided


@decided(slots=4)
def unchanged_single(_case: Draft) -> None:
    """One adult, everything as last month."""


@decided(slots=1, couple=True)
def unchanged_couple(_case: Draft) -> None:
    """Two adults, everything as last month."""


@decided(slots=1, couple=True, children=2)
def unchanged_family(_case: Draft) -> None:
    """Two adults and two children, everything as last month."""


@decided(slots=2, children=2)
def single_with_children(_case: Draft) -> None:
    """One adult with children and barnbidrag, everything as last month."""


@decided(slots=2, works=True)
def unchanged_salary(case: Draft) -> None:
    """A wage as last month, and the employer has declared the same."""
    case.salary(case.rng.randrange(2500, 5000, 50))


@decided(works=True, stimulus="running")
def job_stimulus_running(case: Draft) -> None:
    """A fourth of the wage does not count."""
    case.salary(case.rng.randrange(2500, 5000) | 1)
    case.job_stimulus = True


@decided(works=True, stimulus="ended")
def job_stimulus_ended(case: Draft) -> None:
    """The two years are over: the whole wage counts."""
    case.salary(case.rng.randrange(2500, 5000, 50))


@decided(works=True)
def small_income_change(case: Draft) -> None:
    """The wage has changed by at most twelve percent, up or down, and the employer says the same."""
    last_month = case.rng.randrange(3000, 4500, 100)
    percent = case.rng.choice((-12, -7, -3, 4, 9, 12))
    case.salary(last_month * (100 + percent) // 100, last_month=last_month)


@decided(works=True)
def corrected_declaration(case: Draft) -> None:
    """The employer declared too much, then corrected it: the later declaration governs and equals the declared wage."""
    net = case.rng.randrange(2500, 5000, 50)
    case.income("SALARY", net)
    case.pay(net + 3000, handed_in_day=1)
    case.pay(net, handed_in_day=2)


@decided(works=True)
def two_employers(case: Draft) -> None:
    """The wage comes from two employers who declare a part each."""
    case.salary(case.rng.randrange(3000, 5000, 50), employers=2)


@decided()
def medicine_within_limit(case: Draft) -> None:
    """A special expense of a kind and size that the guidelines accept as it is."""
    case.add_special("MEDICINE", case.rng.randrange(120, 480))


@decided(children=1, preschool=True)
def child_without_lunch(_case: Draft) -> None:
    """A small child who eats lunch at preschool: the norm's other column."""


@decided(others_in_home=2)
def shared_home(case: Draft) -> None:
    """An adult who shares a home with two others, each with a household of his own: a third of the shared costs."""
    case.living_in_home = 3
    case.set_expense("RENT", case.rng.randrange(2400, 3400, 50))
    case.keep_only_small_income()


def just_above_the_norm(case: Draft) -> tuple[int, int]:
    """A wage that was a little less than the norm and costs last month, and is a little more now."""
    now = deficit(month=case.month, adults=1, children=(), living_in_home=None, income=ZERO, costs=total(case.expenses))
    before = deficit(
        month=case.control_month, adults=1, children=(), living_in_home=None, income=ZERO, costs=total(case.expenses)
    )
    return int(now) + case.rng.randrange(150, 400), int(before) - case.rng.randrange(100, 300)
