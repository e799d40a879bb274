"""Runs the PostHog simulator: `python -m tests.simulators.posthog --port 0`."""

import sys

from tests.simulators.command_line import serve
from tests.simulators.posthog.app import PostHogService

if __name__ == "__main__":
    sys.exit(serve("posthog", PostHogService))
