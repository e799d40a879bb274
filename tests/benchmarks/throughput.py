"""Pushing through the engine beside a bare httpx loop that sends the same bodies to the same simulator."""

import statistics
import time
from dataclasses import dataclass, replace

import httpx

from integrations.domain.field_mapping import FieldMapping
from integrations.providers.connection import ConnectionSettings
from integrations.providers.registry import connect
from tests.e2e.corpus import SEED, WORDS
from tests.fakes.outside import FakeConnect
from tests.simulators.process import RunningSimulator, start_simulator
from tests.unit.sync.world import INTEGRATION, World

ENTITIES = 2_000
RUNS = 3
TOKEN = "sk-bench"
PLAIN = (FieldMapping("fields.title", "title"), FieldMapping("fields.body", "body"))


@dataclass(frozen=True, slots=True)
class Throughput:
    """Medians of seconds for the same bodies, and what the engine sent."""

    engine_seconds: float
    bare_seconds: float
    requests: int
    megabytes: float

    @property
    def ratio(self) -> float:
        """The engine's throughput as a part of the bare loop's."""
        return self.bare_seconds / self.engine_seconds


class Recorder(httpx.BaseTransport):
    """Sends, and keeps what was sent."""

    def __init__(self) -> None:
        self.sent: list[httpx.Request] = []
        self._inner = httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request."""
        request.read()
        self.sent.append(request)
        return self._inner.handle_request(request)


def measure(*, with_markdown: bool) -> Throughput:
    """Each run pushes everything into an empty dataset, then sends the same bodies to an emptied one."""
    engine, bare, sent = [], [], []
    config = {"projectId": "bench", "dataset": "bench", "tokens": [{"token": TOKEN, "role": "editor"}]}
    with start_simulator("sanity", config=config) as simulator:
        for _ in range(RUNS):
            seconds, sent = _push(simulator, with_markdown=with_markdown)
            engine.append(seconds)
            simulator.admin.reset()
            bare.append(_send(sent))
            simulator.admin.reset()
    megabytes = sum(len(request.content) for request in sent) / 1e6
    return Throughput(statistics.median(engine), statistics.median(bare), len(sent), megabytes)


def _push(simulator: RunningSimulator, *, with_markdown: bool) -> tuple[float, list[httpx.Request]]:
    world, recorder = World(), Recorder()
    for number in range(ENTITIES):
        text = " ".join(WORDS[(number * 7 + index * SEED) % len(WORDS)] for index in range(200))
        world.write(
            f"a{number:05d}", title=f"Title {number}", body=f"## {number}\n\n*Text* {text}", description="short"
        )
    config = {"projectId": "bench", "dataset": "bench", "apiHost": simulator.url}
    world.configure(**config)
    if not with_markdown:
        world.integrations.put(replace(world.integration, field_mappings=PLAIN))
    listed = (simulator.url.removeprefix("http://"),)
    settings = ConnectionSettings(listed_addresses=listed, transport=recorder)
    provider = connect(world.integration, f'{{"token":"{TOKEN}"}}'.encode(), settings)
    world.connect = FakeConnect({INTEGRATION: provider})
    begin = time.perf_counter()
    job = world.run("push")
    seconds = time.perf_counter() - begin
    if job.progress.completed != ENTITIES:
        message = f"the push did not go through: {world.log(job)}"
        raise SystemExit(message)
    return seconds, recorder.sent


def _send(requests: list[httpx.Request]) -> float:
    with httpx.Client() as client:
        begin = time.perf_counter()
        for request in requests:
            headers = {name: request.headers[name] for name in ("authorization", "x-sanity-project-id", "content-type")}
            client.request(request.method, request.url, content=request.content, headers=headers).raise_for_status()
        return time.perf_counter() - begin
