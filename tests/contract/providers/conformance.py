"""What every service's provider does, whatever the service: suites to inherit, with a fixture `kit` (see `kit`)."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from itertools import count

import pytest

from integrations.domain.errors import OutcomeUnknown, RateLimited, ReconnectRequired, RetryLater
from integrations.providers.contract import Accepted, PushProvider, Rejected

UNREADABLE = ("truncated_body", "reset_mid_body", "malformed_json")


class Conformance:
    """The ground of all suites: a provider, and a look at everything that was logged."""

    @pytest.fixture(autouse=True)
    def nothing_secret_is_logged(self, kit, caplog) -> Iterator[None]:
        caplog.set_level(logging.DEBUG)
        yield
        records = caplog.get_records("setup") + caplog.get_records("call")
        logged = "\n".join(f"{record.getMessage()} {record.args!r}" for record in records)
        assert not [secret for secret in kit.secrets if secret in logged]

    @pytest.fixture
    def open_provider(self, kit):
        opened = []

        def open_with(*, refused=False, **settings):
            opened.append(kit.open_with(replace(kit.settings, **settings), refused))
            return opened[-1]

        yield open_with
        for provider in opened:
            provider.close()

    @pytest.fixture
    def provider(self, open_provider):
        return open_provider()


class CheckConformance(Conformance):
    """Testing a connection."""

    def test_a_good_connection_is_connected(self, kit, provider):
        report = provider.check()
        assert report.connected
        assert not report.refused
        assert report.latency_ms >= 0

    def test_refused_credentials_are_told_as_such(self, kit, open_provider):
        report = open_provider(refused=True).check()
        assert not report.connected
        assert report.refused
        assert "Settings > Integrations" in report.diagnosis.message
        assert report.diagnosis.suggestions

    @pytest.mark.parametrize("kind", ["reset_before", "reset_after", *UNREADABLE])
    def test_a_broken_answer_is_reported_and_refuses_nothing(self, kit, provider, kind):
        kit.admin.add_fault(kind, match={"path": kit.first_check_path}, count=None)
        report = provider.check()
        assert (report.connected, report.refused) == (False, False)
        assert "Settings > Integrations" in report.diagnosis.message

    @pytest.mark.parametrize("status", [429, 500, 503])
    def test_a_failing_service_is_reported_and_refuses_nothing(self, kit, provider, status):
        kit.admin.add_fault("status", status=status, count=None)
        report = provider.check()
        assert (report.connected, report.refused) == (False, False)

    def test_a_time_out_is_reported_with_the_time_it_took(self, kit, open_provider):
        kit.admin.add_fault("hang_before", delayMs=2_000, match={"path": kit.first_check_path})
        report = open_provider(service_timeout_seconds=0.3).check()
        assert (report.connected, report.refused) == (False, False)
        assert 300 <= report.latency_ms < 2_000

    def test_nothing_secret_is_told(self, kit, open_provider):
        reports = [open_provider().check(), open_provider(refused=True).check()]
        assert not [secret for secret in kit.secrets if secret in repr(reports)]


class PushConformance(Conformance):
    """Sending records."""

    def test_it_offers_the_protocol(self, provider):
        assert isinstance(provider, PushProvider)
        assert provider.batch_limits.records_maximum > 0

    def test_an_empty_batch_makes_no_call(self, kit, provider):
        assert list(provider.push_batch([], "job")) == []
        assert kit.admin.requests() == []

    def test_each_record_has_one_outcome_in_its_place(self, kit, provider):
        records = [kit.record(number) for number in range(20)]
        outcomes = provider.push_batch(records, "job")
        assert [outcome.entity_id for outcome in outcomes] == [record.entity_id for record in records]
        assert all(isinstance(outcome, Accepted) for outcome in outcomes)
        assert set(kit.stored()) == {record.external_id for record in records}

    @pytest.mark.parametrize("job", ["same job", "other job"])
    def test_a_batch_sent_twice_changes_nothing_the_second_time(self, kit, provider, job):
        records = [kit.record(number) for number in range(5)]
        provider.push_batch(records, "same job")
        stored = kit.stored()
        assert all(isinstance(outcome, Accepted) for outcome in provider.push_batch(records, job))
        assert kit.stored() == stored

    @pytest.mark.parametrize("place", [0, 7, 19])
    def test_a_rejected_record_does_not_stop_its_batch(self, kit, provider, place):
        records = [kit.record(number) for number in range(20)]
        records[place] = kit.bad_record(place)
        outcomes = provider.push_batch(records, "job")
        assert isinstance(outcomes[place], Rejected)
        assert outcomes[place].code
        assert outcomes[place].message
        assert sum(isinstance(outcome, Accepted) for outcome in outcomes) == 19
        assert len(kit.stored()) == 19
        assert len(kit.admin.requests(kit.push_path)) <= kit.requests_with_a_bad_record

    def test_a_batch_up_to_its_limits_is_taken(self, kit, provider):
        limits, batch, size = provider.batch_limits, [], 0
        for number in count():
            record = kit.record(number)
            size += provider.measure(record)
            if len(batch) == limits.records_maximum or size > limits.bytes_maximum:
                break
            batch.append(record)
        assert all(isinstance(outcome, Accepted) for outcome in provider.push_batch(batch, "job"))
        assert not [entry for entry in kit.admin.requests() if entry["status"] != 200]

    def test_refused_credentials_stop_and_are_not_repeated(self, kit, open_provider):
        with pytest.raises(ReconnectRequired) as failed:
            open_provider(refused=True).push_batch([kit.record(1)], "job")
        assert len(kit.admin.requests()) == 1
        assert not [secret for secret in kit.secrets if secret in repr(failed.value)]

    def test_too_many_requests_without_a_hint_are_waited_out(self, kit, provider):
        kit.admin.add_fault("status", status=429, match={"path": kit.push_path})
        (outcome,) = provider.push_batch([kit.record(1)], "job")
        assert isinstance(outcome, Accepted)

    @pytest.mark.parametrize("form", ["seconds", "date"])
    def test_a_short_retry_after_is_kept(self, kit, provider, form):
        kit.admin.add_fault(
            "status", status=429, retryAfterSeconds=2, retryAfterForm=form, match={"path": kit.push_path}
        )
        (outcome,) = provider.push_batch([kit.record(1)], "job")
        assert isinstance(outcome, Accepted)
        first, second = kit.admin.requests(kit.push_path)
        # A date has whole seconds, so it may name a moment up to a second earlier.
        assert second["time"] - first["time"] >= (2.0 if form == "seconds" else 1.0)

    def test_a_long_retry_after_is_handed_on_unshortened(self, kit, provider):
        kit.admin.add_fault("status", status=429, retryAfterSeconds=3_600, count=None)
        with pytest.raises(RateLimited) as failed:
            provider.push_batch([kit.record(1)], "job")
        assert failed.value.retry_after_seconds == 3_600
        assert len(kit.admin.requests()) == 1

    def test_a_service_that_is_away_for_a_moment_is_tried_again(self, kit, provider):
        kit.admin.add_fault("status", status=503, count=2, match={"path": kit.push_path})
        (outcome,) = provider.push_batch([kit.record(1)], "job")
        assert isinstance(outcome, Accepted)

    def test_a_service_that_stays_away_is_left_for_later(self, kit, provider):
        kit.admin.add_fault("status", status=503, count=None)
        with pytest.raises(RetryLater) as failed:
            provider.push_batch([kit.record(1)], "job")
        assert not isinstance(failed.value, OutcomeUnknown)

    @pytest.mark.parametrize("kind", ["reset_before", "reset_after", *UNREADABLE])
    def test_a_lost_answer_leaves_the_outcome_open(self, kit, provider, kind):
        kit.admin.add_fault(kind, match={"path": kit.push_path}, count=None)
        with pytest.raises(OutcomeUnknown):
            provider.push_batch([kit.record(1)], "job")
        assert len(kit.admin.requests(kit.push_path)) == 1 or kit.push_is_idempotent

    @pytest.mark.parametrize("kind", ["hang_before", "hang_after"])
    def test_a_time_out_leaves_the_outcome_open(self, kit, open_provider, kind):
        kit.admin.add_fault(kind, delayMs=2_000, count=None, match={"path": kit.push_path})
        with pytest.raises(OutcomeUnknown) as failed:
            open_provider(service_timeout_seconds=0.3).push_batch([kit.record(1)], "job")
        assert failed.value.code == "service_timeout"

    @pytest.mark.parametrize("kind", ["reset_before", "reset_after", "malformed_json"])
    def test_what_was_left_open_converges_when_sent_again(self, kit, provider, kind):
        records = [kit.record(number) for number in range(5)]
        kit.admin.add_fault(kind, match={"path": kit.push_path}, count=None)
        with pytest.raises(OutcomeUnknown):
            provider.push_batch(records, "job")
        kit.admin.clear_faults()
        assert all(isinstance(outcome, Accepted) for outcome in provider.push_batch(records, "job"))
        assert set(kit.stored()) == {record.external_id for record in records}
