import pytest

from tests.contract.providers.conformance import CheckConformance
from tests.contract.providers.google_search_console_kit import search_console_kit
from tests.contract.providers.lookup_conformance import LookupConformance
from tests.contract.providers.reading_conformance import PullConformance


@pytest.fixture
def kit(search_console):
    return search_console_kit(search_console)


class TestCheck(CheckConformance):
    pass


class TestPull(PullConformance):
    pass


class TestLookup(LookupConformance):
    pass
