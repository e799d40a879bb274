import pytest

from tests.contract.providers.conformance import CheckConformance, PushConformance
from tests.contract.providers.delete_conformance import DeleteConformance
from tests.contract.providers.idempotent_conformance import IdempotentPushConformance
from tests.contract.providers.lookup_conformance import LookupConformance
from tests.contract.providers.loops_kit import loops_kit


@pytest.fixture
def kit(loops):
    return loops_kit(loops)


class TestCheck(CheckConformance):
    pass


class TestPush(PushConformance):
    pass


class TestIdempotentPush(IdempotentPushConformance):
    pass


class TestDelete(DeleteConformance):
    pass


class TestLookup(LookupConformance):
    pass
