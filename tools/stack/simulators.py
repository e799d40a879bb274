"""The simulated services of the local stack, each a process of its own."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from tests.simulators.process import start_simulator
from tools.stack import places
from tools.stack.processes import Background


@dataclass(frozen=True, slots=True)
class SanitySimulator:
    """A running simulator of Sanity: where it is, and a token that may write."""

    pid: int
    url: str
    admin_url: str
    project_id: str
    dataset: str
    token: str

    @property
    def process(self) -> Background:
        """The process behind it."""
        return Background(self.pid, "tests.simulators.sanity")

    @property
    def address(self) -> str:
        """host:port, which the deployment has to list."""
        return urlsplit(self.url).netloc

    def described(self) -> Mapping[str, str]:
        """As it stands in `.local/stack.json`."""
        return {
            "url": self.url,
            "adminUrl": self.admin_url,
            "projectId": self.project_id,
            "dataset": self.dataset,
            "token": self.token,
        }


def start_sanity(former: SanitySimulator | None = None) -> SanitySimulator:
    """Starts it; in the place of a `former` one at the same address, with its token and its documents."""
    project_id, dataset = "demo", "production"
    token = former.token if former else f"sk{secrets.token_urlsafe(32)}"
    places.LOGS.mkdir(parents=True, exist_ok=True)
    places.RUN.mkdir(parents=True, exist_ok=True)
    started = start_simulator(
        "sanity",
        config={"projectId": project_id, "dataset": dataset, "tokens": [{"token": token, "role": "editor"}]},
        port=urlsplit(former.url).port or 0 if former else 0,
        state_file=places.RUN / "sanity.json",
        detached=True,
        log_file=places.LOGS / "sanity.log",
    )
    return SanitySimulator(started.pid, started.url, started.admin_url, project_id, dataset, token)
