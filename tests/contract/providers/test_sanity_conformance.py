import pytest

from tests.contract.providers.conformance import CheckConformance, PushConformance
from tests.contract.providers.reading_conformance import PullConformance, ReaderConformance
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
