"""What a service does that may be sent everything twice: a suite beside `PushConformance`, with a fixture `kit`."""

import pytest

from integrations.providers.contract import Accepted
from tests.contract.providers.conformance import Conformance


class IdempotentPushConformance(Conformance):
    """Sending records to a service that may be sent everything twice."""

    @pytest.mark.parametrize("kind", ["reset_before", "reset_after", "reset_mid_body", "truncated_body"])
    def test_a_lost_answer_is_asked_for_again_at_once(self, kit, provider, kind):
        record = kit.record(1)
        kit.admin.add_fault(kind, match={"path": kit.push_path})
        (outcome,) = provider.push_batch([record], "job")
        assert isinstance(outcome, Accepted)
        assert set(kit.stored()) == {record.external_id}
        assert len(kit.admin.requests(kit.push_path)) == 2

    @pytest.mark.parametrize("kind", ["hang_before", "hang_after"])
    def test_a_time_out_is_asked_again_at_once(self, kit, open_provider, kind):
        kit.admin.add_fault(kind, delayMs=1_000, match={"path": kit.push_path})
        (outcome,) = open_provider(service_timeout_seconds=0.4).push_batch([kit.record(1)], "job")
        assert isinstance(outcome, Accepted)
