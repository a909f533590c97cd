"""One call to an outside system: makes the answers and failures of that call, all with the same source and id."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from connectors.contract import Answered, Failed, FailureKind, NoHit

Model = TypeVar("Model", bound=BaseModel)

# Our own fault codes, each with what a handläggare reads. Pydantic's other codes all mean that the shape is wrong.
FAULTS = {
    "okand_kod": "en kod som roboten inte känner till",
    "olasligt_belopp": "ett belopp som inte går att läsa",
    "olasligt_datum": "ett datum som inte går att läsa",
    "motstridiga_uppgifter": "uppgifter som motsäger varandra",
    "fel_person": "uppgifter om en annan person än den som frågan gällde",
    "fel_period": "uppgifter om en annan period än den som frågan gällde",
}
WRONG_SHAPE = "ett svar med ett annat innehåll än det avtalade"


@dataclass(frozen=True)
class Call:
    """`source` is the query's full name or the channel's, `system` the Swedish name that people know."""

    source: str
    system: str
    request_id: str
    now: Callable[[], datetime]

    def answered(self, data: dict[str, Any]) -> Answered:
        """Return the whitelisted data as an answer of this call."""
        return Answered(data, self.source, self.now(), self.request_id)

    def no_hit(self) -> NoHit:
        """Return that the register does not know the person."""
        return NoHit(self.source, self.now(), self.request_id)

    def failed(self, kind: FailureKind, code: str, reason: str) -> Failed:
        """Return a failure; `reason` is a Swedish sentence without personal data."""
        return Failed(self.source, self.now(), self.request_id, kind, code, reason)

    def unusable(self, code: str, field: str = "") -> Failed:
        """Return that the answer cannot be used: one of FAULTS, else `fel_schema`. `field` is a name, never a value."""
        where = f" (fältet {field})" if field else ""
        known = code if code in FAULTS else "fel_schema"
        return self.failed(FailureKind.HUMAN, known, f"{self.system} gav {FAULTS.get(known, WRONG_SHAPE)}{where}.")

    def read(self, model: type[Model], data: Any) -> Model | Failed:
        """Read data as the model. Only field names go into the failure: values may be personal."""
        try:
            return model.model_validate(data)
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            field = ".".join(str(part) for part in first["loc"] if isinstance(part, str))
            return self.unusable(first["type"], field)
