"""What every service's provider does that is read from: suites to inherit, as in `conformance`."""

import json

import pytest

from integrations.domain.errors import OutcomeUnknown, RateLimited, ReconnectRequired, RetryLater, ServiceError
from integrations.providers.contract import PullProvider, RecordReader
from tests.contract.providers.conformance import UNREADABLE, Conformance


class PullConformance(Conformance):
    """Reading pages."""

    def test_it_offers_the_protocol(self, provider):
        assert isinstance(provider, PullProvider)

    def test_an_empty_service_gives_nothing_and_ends(self, kit, provider):
        assert self._pulled(kit, provider, provider.first_cursor(None)) == []
        assert len(kit.admin.requests(kit.pull_path)) == kit.requests_when_empty

    def test_every_record_is_given_once(self, kit, provider):
        ids = kit.seed(2 * kit.page_records + 1)
        assert sorted(self._pulled(kit, provider, provider.first_cursor(None))) == sorted(ids)

    def test_a_pull_interrupted_after_any_page_gives_the_same_records(self, kit, open_provider):
        ids = kit.seed(2 * kit.page_records + 1)
        first_provider = open_provider()
        cursor, before = first_provider.first_cursor(None), []
        while cursor is not None:
            # A new provider, and a cursor that was stored in between, as after a worker's end.
            stored = json.loads(json.dumps(cursor))
            rest = self._pulled(kit, open_provider(), stored)
            assert sorted(before + rest) == sorted(ids)
            page = open_provider().pull_page(kit.remote_types, stored)
            before += [record.external_id for record in page.records]
            cursor = page.next_cursor

    def test_the_watermark_of_a_run_begins_one_that_misses_nothing_newer(self, kit, provider):
        kit.seed(3)
        page = provider.pull_page(kit.remote_types, provider.first_cursor(None))
        again = provider.pull_page(kit.remote_types, provider.first_cursor(page.service_time))
        assert {record.external_id for record in again.records} <= {record.external_id for record in page.records}
        assert (page.service_time is not None) is kit.has_change_feed

    def test_refused_credentials_stop_and_are_not_repeated(self, kit, open_provider):
        provider = open_provider(refused=True)
        with pytest.raises(ReconnectRequired) as failed:
            provider.pull_page(kit.remote_types, provider.first_cursor(None))
        assert len(kit.admin.requests()) == 1
        assert not [secret for secret in kit.secrets if secret in repr(failed.value)]

    def test_credentials_revoked_in_the_middle_stop_there(self, kit, provider):
        kit.seed(kit.page_records + 1)
        kit.admin.add_fault("status", status=401, count=None, match={"path": kit.pull_path, "nth": 2})
        page = provider.pull_page(kit.remote_types, provider.first_cursor(None))
        with pytest.raises(ReconnectRequired):
            provider.pull_page(kit.remote_types, page.next_cursor)

    @pytest.mark.parametrize("kind", ["reset_before", "reset_mid_body", "truncated_body"])
    def test_a_broken_answer_is_asked_for_again(self, kit, provider, kind):
        ids = kit.seed(3)
        kit.admin.add_fault(kind, match={"path": kit.pull_path})
        page = provider.pull_page(kit.remote_types, provider.first_cursor(None))
        assert {record.external_id for record in page.records} == set(ids)

    @pytest.mark.parametrize("kind", ["reset_before", *UNREADABLE])
    def test_answers_that_stay_broken_are_left_for_later(self, kit, provider, kind):
        kit.seed(3)
        kit.admin.add_fault(kind, count=None, match={"path": kit.pull_path})
        with pytest.raises(RetryLater) as failed:
            provider.pull_page(kit.remote_types, provider.first_cursor(None))
        assert not isinstance(failed.value, OutcomeUnknown)

    def test_a_time_out_is_left_for_later(self, kit, open_provider):
        kit.admin.add_fault("hang_before", delayMs=1_000, count=None, match={"path": kit.pull_path})
        provider = open_provider(service_timeout_seconds=0.2, attempts_maximum=2)
        with pytest.raises(RetryLater):
            provider.pull_page(kit.remote_types, provider.first_cursor(None))

    def test_a_long_retry_after_is_handed_on_unshortened(self, kit, provider):
        kit.admin.add_fault("status", status=429, retryAfterSeconds=900, count=None)
        with pytest.raises(RateLimited) as failed:
            provider.pull_page(kit.remote_types, provider.first_cursor(None))
        assert failed.value.retry_after_seconds == 900

    def test_an_answer_over_the_limit_is_never_read_whole(self, kit, open_provider):
        kit.seed(kit.page_records)
        provider = open_provider(response_bytes_maximum=100)
        with pytest.raises(ServiceError) as failed:
            provider.pull_page(kit.remote_types, provider.first_cursor(None))
        assert failed.value.code == "payload_too_large"

    def _pulled(self, kit, provider, cursor):
        ids = []
        while cursor is not None:
            page = provider.pull_page(kit.remote_types, cursor)
            ids += [record.external_id for record in page.records]
            cursor = page.next_cursor
        return ids


class ReaderConformance(Conformance):
    """Reading by id what was just written. For services that are pushed to as well."""

    def test_it_offers_the_protocol(self, provider):
        assert isinstance(provider, RecordReader)

    def test_nothing_is_asked_for_no_ids(self, kit, provider):
        assert dict(provider.read_records([])) == {}
        assert kit.admin.requests() == []

    def test_what_was_just_written_is_read_at_its_revision(self, kit, provider):
        records = [kit.record(number) for number in range(3)]
        outcomes = provider.push_batch(records, "job")
        found = provider.read_records([*(record.external_id for record in records), "missing"])
        assert {found[record.external_id].revision for record in records} == {outcome.revision for outcome in outcomes}
        assert set(found) == {record.external_id for record in records}

    def test_after_a_lost_answer_the_records_tell_what_happened(self, kit, provider):
        record = kit.record(1)
        for kind, is_there in (("reset_before", False), ("reset_after", True)):
            kit.admin.add_fault(kind, match={"path": kit.push_path})
            with pytest.raises(OutcomeUnknown):
                provider.push_batch([record], "job")
            assert (record.external_id in provider.read_records([record.external_id])) is is_there

    def test_many_are_read(self, kit, provider):
        ids = kit.seed(350)
        assert set(provider.read_records(ids)) == set(ids)

    def test_a_broken_answer_is_asked_for_again(self, kit, provider):
        ids = kit.seed(3)
        kit.admin.add_fault("truncated_body", match={"path": kit.read_path})
        assert set(provider.read_records(ids)) == set(ids)
