import pytest

from tests.contract.providers.conformance import CheckConformance, PullConformance, PushConformance
from tests.contract.providers.idempotent_conformance import IdempotentPushConformance
from tests.contract.providers.lookup_conformance import ListedLookupConformance
from tests.contract.providers.posthog_kit import posthog_kit


@pytest.fixture
def kit(posthog):
    return posthog_kit(posthog)


class TestCheck(CheckConformance):
    pass


class TestPush(PushConformance):
    pass


class TestIdempotentPush(IdempotentPushConformance):
    pass


class TestPull(PullConformance):
    pass


class TestLookup(ListedLookupConformance):
    pass
