"""A wake-up that may fail: what it is about is stored, and the recovery finds it."""

from typing import TYPE_CHECKING

from integrations.domain.errors import Unavailable

if TYPE_CHECKING:
    from integrations.sync.ports import WakeUps


def woken(wake_ups: "WakeUps", project_id: str, integration_id: str) -> bool:
    """Whether the line could be woken: if not, the recovery does it."""
    try:
        wake_ups.send(project_id, integration_id, 0)
    except Unavailable:
        return False
    return True
