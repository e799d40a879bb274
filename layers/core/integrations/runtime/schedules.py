"""The way to the scheduler, for whoever saves integrations and for the recovery."""

from integrations.management.scheduling import Scheduling
from integrations.runtime.settings import Settings
from integrations.schedules import SchedulerClient, ScheduleSettings, ScheduleStore
from integrations.storage.integrations import IntegrationStore
from integrations.storage.schedule_changes import ScheduleChangeStore


def scheduling(
    client: SchedulerClient, settings: Settings, integrations: IntegrationStore, changes: ScheduleChangeStore
) -> Scheduling:
    """On that client and those stores."""
    where = ScheduleSettings(settings.schedule_group, settings.schedule_target_arn, settings.schedule_role_arn)
    return Scheduling(integrations, ScheduleStore(client, where), changes)
