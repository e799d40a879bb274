"""Jobs are the truth: whatever is overdue is woken again, however its wake-up got lost."""

from collections import Counter

from integrations.sync.ports import Clock, Line, WakeUps

OVERDUE_MAXIMUM = 1_000


def recover_overdue(line: Line, wake_ups: WakeUps, clock: Clock, share_maximum: int) -> int:
    """Sends a wake-up for each overdue line, per project at most its share of workers; how many it sent."""
    woken: Counter[str] = Counter()
    for project_id, integration_id in line.overdue(clock(), OVERDUE_MAXIMUM):
        if woken[project_id] < share_maximum:
            wake_ups.send(project_id, integration_id, 0)
            woken[project_id] += 1
    return woken.total()
