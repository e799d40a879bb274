"""What every service whose records are looked up by id does: a suite to inherit, with a fixture `kit` (see `kit`)."""

from itertools import batched

import pytest

from integrations.domain.errors import OutcomeUnknown, RateLimited, ReconnectRequired, RetryLater, ServiceError
from integrations.providers.contract import RecordLookup
from tests.contract.providers.conformance import UNREADABLE, Conformance


class LookupConformance(Conformance):
    """Looking records up. The kit brings `seed`, `read_path` and `missing_id`."""

    def test_it_offers_the_protocol(self, provider):
        assert isinstance(provider, RecordLookup)
        assert provider.ids_per_lookup > 0

    def test_nothing_is_asked_for_no_ids(self, kit, provider):
        assert dict(provider.read_records([])) == {}
        assert kit.admin.requests() == []

    def test_what_exists_is_found_under_the_id_asked_for(self, kit, provider):
        ids = kit.seed(3)
        found = provider.read_records([*ids, kit.missing_id])
        assert set(found) == set(ids)
        assert all(record.external_id == record_id for record_id, record in found.items())
        assert {record.remote_type for record in found.values()} <= set(kit.remote_types)
        assert all(record.document for record in found.values())

    def test_what_is_missing_is_absent(self, kit, provider):
        assert dict(provider.read_records([kit.missing_id])) == {}

    def test_many_are_read(self, kit, provider):
        ids = kit.seed(2 * provider.ids_per_lookup + 1)
        found = {}
        for asked in batched(ids, provider.ids_per_lookup, strict=False):
            found |= provider.read_records(asked)
        assert set(found) == set(ids)

    def test_refused_credentials_stop_and_are_not_repeated(self, kit, open_provider):
        ids = kit.seed(1)
        with pytest.raises(ReconnectRequired) as failed:
            open_provider(refused=True).read_records(ids)
        assert len(kit.admin.requests()) == 1
        assert not [secret for secret in kit.secrets if secret in repr(failed.value)]

    @pytest.mark.parametrize("kind", ["reset_before", "reset_mid_body", "truncated_body"])
    def test_a_broken_answer_is_asked_for_again(self, kit, provider, kind):
        ids = kit.seed(3)
        kit.admin.add_fault(kind, match={"path": kit.read_path})
        assert set(provider.read_records(ids)) == set(ids)

    @pytest.mark.parametrize("kind", ["reset_before", *UNREADABLE])
    def test_answers_that_stay_broken_are_left_for_later(self, kit, provider, kind):
        ids = kit.seed(3)
        kit.admin.add_fault(kind, count=None, match={"path": kit.read_path})
        with pytest.raises(RetryLater) as failed:
            provider.read_records(ids)
        assert not isinstance(failed.value, OutcomeUnknown)

    def test_a_time_out_is_left_for_later(self, kit, open_provider):
        ids = kit.seed(1)
        kit.admin.add_fault("hang_before", delayMs=1_000, count=None, match={"path": kit.read_path})
        with pytest.raises(RetryLater):
            open_provider(service_timeout_seconds=0.2, attempts_maximum=2).read_records(ids)

    def test_a_long_retry_after_is_handed_on_unshortened(self, kit, provider):
        ids = kit.seed(1)
        kit.admin.add_fault("status", status=429, retryAfterSeconds=900, count=None)
        with pytest.raises(RateLimited) as failed:
            provider.read_records(ids)
        assert failed.value.retry_after_seconds == 900
        assert len(kit.admin.requests()) == 1

    def test_an_answer_over_the_limit_is_never_read_whole(self, kit, open_provider):
        ids = kit.seed(1)
        with pytest.raises(ServiceError) as failed:
            open_provider(response_bytes_maximum=20).read_records(ids)
        assert failed.value.code == "payload_too_large"


class ListedLookupConformance(LookupConformance):
    """Looking up records that are listed as well."""

    def test_a_record_is_the_same_by_id_and_in_a_page(self, kit, provider):
        ids = kit.seed(3)
        page = provider.pull_page(kit.remote_types, provider.first_cursor(None))
        pulled = {record.external_id: (record.remote_type, record.document) for record in page.records}
        found = provider.read_records(ids)
        assert pulled == {asked: (record.remote_type, record.document) for asked, record in found.items()}
