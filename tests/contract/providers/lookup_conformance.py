"""What every service does whose records can be read by id: a suite to inherit, with a fixture `kit` (see `kit`)."""

import pytest

from integrations.domain.errors import OutcomeUnknown, ReconnectRequired, RetryLater
from integrations.providers.contract import RecordLookup
from tests.contract.providers.conformance import UNREADABLE, Conformance


class LookupConformance(Conformance):
    """Reading records by id."""

    def test_it_offers_the_protocol(self, provider):
        assert isinstance(provider, RecordLookup)
        assert provider.ids_per_lookup > 0

    def test_nothing_is_asked_for_no_ids(self, kit, provider):
        assert dict(provider.read_records([])) == {}
        assert kit.admin.requests() == []

    def test_those_that_exist_are_read_by_the_id_they_were_asked_for(self, kit, provider):
        ids = kit.seed(3)
        found = provider.read_records([ids[2], "missing", ids[0]])
        assert set(found) == {ids[2], ids[0]}
        assert all(record.external_id == record_id for record_id, record in found.items())
        assert {record.remote_type for record in found.values()} <= set(kit.remote_types)

    def test_as_many_are_read_as_a_lookup_takes(self, kit, provider):
        ids = kit.seed(provider.ids_per_lookup)
        assert set(provider.read_records(ids)) == set(ids)

    def test_a_broken_answer_is_asked_for_again(self, kit, provider):
        ids = kit.seed(1)
        kit.admin.add_fault("truncated_body", match={"path": kit.read_path})
        assert set(provider.read_records(ids)) == set(ids)

    @pytest.mark.parametrize("kind", ["reset_before", *UNREADABLE])
    def test_answers_that_stay_broken_are_left_for_later_and_not_taken_for_missing(self, kit, provider, kind):
        ids = kit.seed(1)
        kit.admin.add_fault(kind, count=None, match={"path": kit.read_path})
        with pytest.raises(RetryLater) as failed:
            provider.read_records(ids)
        assert not isinstance(failed.value, OutcomeUnknown)

    def test_refused_credentials_are_told_as_such(self, kit, open_provider):
        ids = kit.seed(1)
        with pytest.raises(ReconnectRequired) as failed:
            open_provider(refused=True).read_records(ids)
        assert not [secret for secret in kit.secrets if secret in repr(failed.value)]
