"""Mends the event sources: the emulator keeps a number that comes from a parameter as text, and stumbles over it."""

from typing import Any


def mend_event_sources(lambda_client: Any) -> None:  # noqa: ANN401
    """Gives each event source its maximum concurrency once more, as the number that it is."""
    for source in lambda_client.list_event_source_mappings()["EventSourceMappings"]:
        if not source.get("ScalingConfig"):
            continue
        maximum = int(source["ScalingConfig"]["MaximumConcurrency"])
        lambda_client.update_event_source_mapping(UUID=source["UUID"], ScalingConfig={"MaximumConcurrency": maximum})
