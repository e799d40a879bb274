"""What every service that deletes records does, whatever the service."""

import pytest

from integrations.domain.errors import RateLimited, ReconnectRequired, RetryLater
from integrations.providers.contract import Deleted, DeletingProvider
from tests.contract.providers.conformance import UNREADABLE, Conformance


class DeleteConformance(Conformance):
    """Deleting records. The kit's `record` and `stored` say what is there, `delete_path` how deletes are recognised."""

    @pytest.fixture
    def ids(self, kit, provider):
        records = [kit.record(number) for number in range(5)]
        provider.push_batch(records, "push job")
        return [record.external_id for record in records]

    def test_it_offers_the_protocol(self, provider):
        assert isinstance(provider, DeletingProvider)
        assert provider.ids_per_delete > 0

    def test_no_ids_are_no_call(self, kit, provider):
        assert list(provider.delete_batch([], "job")) == []
        assert kit.admin.requests() == []

    def test_each_record_has_one_outcome_in_its_place_and_is_gone(self, kit, provider, ids):
        doomed = [ids[3], ids[0], ids[1]]
        assert list(provider.delete_batch(doomed, "job")) == [Deleted(external_id) for external_id in doomed]
        assert set(kit.stored()) == {ids[2], ids[4]}

    @pytest.mark.parametrize("job", ["job", "other job"])
    def test_what_isnt_there_is_deleted(self, kit, provider, ids, job):
        for _ in range(2):
            outcomes = provider.delete_batch(ids, job)
            assert list(outcomes) == [Deleted(external_id) for external_id in ids]
        never = kit.record(99).external_id
        assert list(provider.delete_batch([never], job)) == [Deleted(never)]
        assert kit.stored() == {}

    @pytest.mark.parametrize("kind", ["reset_before", "reset_after", *UNREADABLE])
    def test_a_lost_answer_ends_in_the_same_state_when_sent_again(self, kit, provider, ids, kind):
        kit.admin.add_fault(kind, match={"path": kit.delete_path})
        for _ in range(2):
            try:
                outcomes = provider.delete_batch(ids, "job")
                break
            except RetryLater:
                continue
        assert list(outcomes) == [Deleted(external_id) for external_id in ids]
        assert kit.stored() == {}

    def test_a_service_that_stays_away_is_left_for_later(self, kit, provider, ids):
        kit.admin.add_fault("status", status=503, count=None)
        with pytest.raises(RetryLater):
            provider.delete_batch(ids, "job")
        assert set(kit.stored()) == set(ids)

    def test_a_long_retry_after_is_handed_on_unshortened(self, kit, provider, ids):
        kit.admin.add_fault("status", status=429, retryAfterSeconds=3_600, count=None)
        with pytest.raises(RateLimited) as failed:
            provider.delete_batch(ids, "job")
        assert failed.value.retry_after_seconds == 3_600

    def test_refused_credentials_stop_and_are_not_repeated(self, kit, open_provider, ids):
        before = len(kit.admin.requests())
        with pytest.raises(ReconnectRequired):
            open_provider(refused=True).delete_batch(ids[:1], "job")
        assert len(kit.admin.requests()) == before + 1
        assert set(kit.stored()) == set(ids)
