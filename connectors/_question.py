"""The question before it is sent: its names must be declared, its values must have the form the registers take."""

from collections.abc import Callable, Mapping
from difflib import get_close_matches

from connectors._call import Call
from connectors._fields import is_day, is_identity, is_month, is_year
from connectors.contract import Failed, FailureKind, Query, UnknownQueryError

FORMS: dict[str, Callable[[str], bool]] = {
    "personnummer": is_identity,
    "manad": is_month,
    "beskattningsar": is_year,
    "from": is_day,
    "tom": is_day,
}


def check_names(queries: Mapping[str, Query], query: str, arguments: Mapping[str, str]) -> None:
    """Raise UnknownQueryError when the query, or the set of its arguments, is not what the manifest declares."""
    if query not in queries:
        close = get_close_matches(query, queries, n=1)
        hint = f"did you mean '{close[0]}'?" if close else f"declared: {', '.join(queries)}"
        raise UnknownQueryError(f"unknown query '{query}'; {hint}")
    wanted = queries[query].arguments
    if set(arguments) != set(wanted):
        raise UnknownQueryError(
            f"query '{query}': expected the arguments {', '.join(wanted)}; found {', '.join(arguments) or 'none'}"
        )


def refused_value(call: Call, arguments: Mapping[str, str]) -> Failed | None:
    """Return a failure when a value cannot be asked about, e.g. a temporary number; None when all can."""
    wrong = [name for name, value in arguments.items() if not FORMS[name](value)]
    if "personnummer" in wrong:
        reason = f"Personens nummer går inte att slå upp hos {call.system}: det är inte tolv siffror."
        return call.failed(FailureKind.HUMAN, "ogiltig_identitet", reason)
    if wrong:
        reason = f"Frågan till {call.system} gick inte att ställa: {wrong[0]} har fel form."
        return call.failed(FailureKind.HUMAN, "ogiltig_fraga", reason)
    return None
