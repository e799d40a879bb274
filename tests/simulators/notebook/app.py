"""Notebook's API and state: `/v1/me`, `/v1/notes` by change or by ids, and changes to notes."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.simulators.admin import json_object
from tests.simulators.clock import AdjustableClock
from tests.simulators.exchange import Answer, MalformedJson, Request, json_answer
from tests.simulators.service import AdminAction
from tests.simulators.switches import as_json, changed


@dataclass(frozen=True, slots=True)
class NotebookSwitches:
    """What can be set."""

    token: str = "sim-token"
    title_characters: int = 200


class NotebookService:
    """One notebook: notes by id, each with the number of its last change."""

    name = "notebook"

    def __init__(self, configuration: Mapping[str, Any]) -> None:
        self.clock = AdjustableClock()
        self._lock = threading.Lock()
        self._initial = dict(configuration)
        self.reset()

    def answer(self, request: Request) -> Answer:
        """Checks the token, then the route."""
        if request.headers.get("authorization") != f"Bearer {self._switches.token}":
            return self.refusal(401)
        with self._lock:
            match request.method, request.raw_path:
                case "GET", "/v1/me":
                    return json_answer(200, {"name": "Simulated notebook"})
                case "GET", "/v1/notes":
                    return json_answer(200, {"notes": self._read(request.parameters)})
                case "PATCH", "/v1/notes":
                    return self._change(request)
        return self.refusal(404)

    def describe(self, request: Request) -> dict[str, Any]:
        """Which notes are sent."""
        try:
            notes = request.json["notes"] if request.body else []
        except (MalformedJson, KeyError, TypeError):
            return {}
        return {"ids": [note["id"] for note in notes]}

    def refusal(self, status: int) -> Answer:
        """Its body for any status."""
        return json_answer(status, {"message": f"status {status}"})

    def admin_actions(self) -> Mapping[tuple[str, str], AdminAction]:
        """Seed and dump notes."""
        return {
            ("POST", "seed"): lambda request: {"seeded": self._seed(json_object(request)["documents"])},
            ("GET", "dump"): lambda _: {"count": len(self._notes), "documents": [*self._notes.values()]},
        }

    def configuration(self) -> dict[str, Any]:
        """The switches without the token."""
        return {**as_json(self._switches), "token": "set"}

    def configure(self, changes: Mapping[str, Any]) -> None:
        """Changes switches."""
        self._switches = changed(self._switches, changes)

    def reset(self) -> None:
        """An empty notebook with the first switches."""
        self._notes: dict[str, dict[str, Any]] = {}
        self._changes = 0
        self._switches = changed(NotebookSwitches(), self._initial)

    def export_state(self) -> dict[str, Any]:
        """The notes."""
        return {"notes": self._notes, "changes": self._changes}

    def import_state(self, state: Mapping[str, Any]) -> None:
        """Takes them up."""
        self._notes, self._changes = dict(state["notes"]), state["changes"]

    def _read(self, parameters: Mapping[str, str]) -> list[dict[str, Any]]:
        if "ids" in parameters:
            return [self._notes[note_id] for note_id in parameters["ids"].split(",") if note_id in self._notes]
        after, limit = int(parameters.get("after", 0)), int(parameters.get("limit", 50))
        ordered = sorted(self._notes.values(), key=lambda note: note["changed"])
        return [note for note in ordered if note["changed"] > after][:limit]

    def _change(self, request: Request) -> Answer:
        try:
            notes = request.json["notes"]
        except (MalformedJson, KeyError, TypeError):
            return self.refusal(400)
        return json_answer(200, {"results": [self._patched(note) for note in notes]})

    def _patched(self, note: Mapping[str, Any]) -> dict[str, Any]:
        if len(str(note.get("title", ""))) > self._switches.title_characters:
            return {"id": note["id"], "ok": False, "message": "the title is too long"}
        stored = self._notes.get(note["id"], {})
        if not stored or any(stored.get(key) != value for key, value in note.items()):
            self._changes += 1
            self._notes[note["id"]] = {**stored, **note, "changed": self._changes}
        return {"id": note["id"], "ok": True, "changed": self._notes[note["id"]]["changed"]}

    def _seed(self, notes: list[dict[str, Any]]) -> int:
        with self._lock:
            for note in notes:
                self._patched(note)
        return len(notes)
