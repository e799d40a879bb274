import pytest

from tests.contract.providers.conformance import (
    CheckConformance,
    PullConformance,
    PushConformance,
    ReaderConformance,
)
from tests.contract.providers.sanity_kit import sanity_kit


@pytest.fixture
def kit(sanity):
    return sanity_kit(sanity)


class TestCheck(CheckConformance):
    pass


class TestPush(PushConformance):
    pass


class TestPull(PullConformance):
    pass


class TestReader(ReaderConformance):
    pass
