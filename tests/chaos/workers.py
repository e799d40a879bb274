"""More workers than the local environment has: most of them wait for a hanging service or for their successor."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.e2e.platform import Platform

WORKERS = 8


@contextmanager
def more_workers(platform: Platform) -> Iterator[None]:
    """Raises the queue's maximum concurrency for a while; each project's share stays what it is."""
    client = platform.aws("lambda")
    sources = client.list_event_source_mappings()["EventSourceMappings"]
    (source,) = [each for each in sources if "RunSyncFunction" in each["FunctionArn"]]

    def scale(maximum: int) -> None:
        client.update_event_source_mapping(UUID=source["UUID"], ScalingConfig={"MaximumConcurrency": maximum})

    scale(WORKERS)
    try:
        yield
    finally:
        scale(source["ScalingConfig"]["MaximumConcurrency"])
