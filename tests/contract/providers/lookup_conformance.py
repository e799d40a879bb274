"""Reading records by their ids, for services that don't show at once what was written."""

import pytest

from integrations.domain.errors import OutcomeUnknown, ReconnectRequired, RetryLater
from integrations.providers.contract import RecordLookup
from tests.contract.providers.conformance import Conformance


class LookupConformance(Conformance):
    """Records by id."""

    def test_it_offers_the_protocol(self, provider):
        assert isinstance(provider, RecordLookup)
        assert provider.ids_per_lookup > 0

    def test_nothing_is_asked_for_no_ids(self, kit, provider):
        assert dict(provider.read_records([])) == {}
        assert kit.admin.requests() == []

    def test_as_many_as_it_takes_are_read_and_missing_ones_left_out(self, kit, provider):
        ids = kit.seed(provider.ids_per_lookup)[1:]
        found = provider.read_records([*ids, "missing"])
        assert {asked: record.external_id for asked, record in found.items()} == {each: each for each in ids}

    def test_a_record_is_the_same_by_id_and_in_a_page(self, kit, provider):
        if not kit.pull_path:
            pytest.skip("the service lists no records")
        ids = kit.seed(3)
        page = provider.pull_page(kit.remote_types, provider.first_cursor(None))
        pulled = {record.external_id: (record.remote_type, record.document) for record in page.records}
        found = provider.read_records(ids)
        assert pulled == {asked: (record.remote_type, record.document) for asked, record in found.items()}

    def test_a_broken_answer_is_asked_for_again(self, kit, provider):
        ids = kit.seed(3)
        kit.admin.add_fault("truncated_body", match={"path": kit.read_path})
        assert set(provider.read_records(ids)) == set(ids)

    def test_a_service_that_stays_away_is_left_for_later(self, kit, provider):
        ids = kit.seed(3)
        kit.admin.add_fault("status", status=503, count=None, match={"path": kit.read_path})
        with pytest.raises(RetryLater) as failed:
            provider.read_records(ids)
        assert not isinstance(failed.value, OutcomeUnknown)

    def test_refused_credentials_stop(self, kit, open_provider):
        provider = open_provider(refused=True)
        with pytest.raises(ReconnectRequired):
            provider.read_records(["any"])
        assert len(kit.admin.requests()) == 1
