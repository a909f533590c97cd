"""What Socialakten has really stored, for tests. The robot never asks here."""

from dataclasses import asdict
from typing import Any

from fastapi import FastAPI

from testbed.socialakten.store import Store
from testbed.verksamhetssystem.faults import Fault, Faults


def build_truth_app(store: Store, *, faults: Faults | None = None) -> FastAPI:
    """The truth about one store, and the switches of its faults (the object that its `build_app` was given)."""
    app = FastAPI(title="Sanningen om Socialakten", openapi_url=None)
    switches = faults or Faults()

    @app.get("/records")
    def records(akt: str | None = None) -> list[dict[str, Any]]:
        return store.records(akt)

    @app.get("/_testbed/faults")
    def active() -> list[dict[str, Any]]:
        return [asdict(fault) for fault in switches.active()]

    @app.put("/_testbed/faults")
    def replace(faults: list[Fault]) -> dict[str, int]:
        switches.replace(faults)
        return {"active": len(faults)}

    return app
