"""What Search Console's refusals of a report become, against its simulator."""

import pytest

from integrations.domain.errors import ConfigurationRefused, RateLimited, ServiceError
from tests.contract.providers.google_search_console_kit import FIRST_DAY, REPORTS_PATH, open_search_console


@pytest.fixture
def open_with(search_console):
    opened = []

    def open_provider(**config):
        opened.append(open_search_console(search_console, **{"startDate": str(FIRST_DAY), **config}))
        return opened[-1]

    yield open_provider
    for provider in opened:
        provider.close()


@pytest.mark.parametrize(
    ("status", "reason", "wait_seconds"),
    [
        (403, "quotaExceeded", 900),
        (429, "quotaExceeded", 900),
        (403, "quotaExceeded.day", 12 * 3_600),
        (403, "dailyLimitExceeded", 12 * 3_600),
        (403, "quotaExceeded.qps", 60),
        (403, "rateLimitExceeded", 60),
        (403, "userRateLimitExceeded", 60),
        (429, "rateLimitExceeded", 60),
    ],
)
def test_a_quota_is_waited_for_as_long_as_it_lasts(search_console, open_with, status, reason, wait_seconds):
    search_console.admin.add_fault("status", status=status, reason=reason, match={"path": REPORTS_PATH})
    provider = open_with()
    with pytest.raises(RateLimited) as refused:
        provider.pull_page(["row"], provider.first_cursor(None))
    assert refused.value.retry_after_seconds == wait_seconds
    assert len(search_console.reports()) == 1


def test_the_load_quotas_wait_is_over_in_time(search_console, open_with):
    search_console.admin.configure(loadPerTenMinutes=2)
    provider = open_with()
    page = provider.pull_page(["row"], provider.first_cursor(None))
    with pytest.raises(RateLimited) as refused:
        provider.pull_page(["row"], page.next_cursor)
    search_console.admin.set_clock(advanceSeconds=refused.value.retry_after_seconds)
    provider.pull_page(["row"], page.next_cursor)


def test_after_a_refusal_for_speed_the_limiter_lets_nothing_pass_for_a_minute(search_console, open_with):
    search_console.admin.add_fault("status", status=403, reason="rateLimitExceeded", match={"path": REPORTS_PATH})
    provider = open_with()
    cursor = provider.first_cursor(None)
    for _ in range(2):
        with pytest.raises(RateLimited):
            provider.pull_page(["row"], cursor)
    assert len(search_console.reports()) == 1


@pytest.mark.parametrize(
    ("status", "reason", "code"),
    [
        (403, "forbidden", "property_not_shared"),
        (403, "insufficientPermissions", "scope_missing"),
        (403, "accessNotConfigured", "api_not_enabled"),
        (404, "notFound", "property_not_found"),
        (400, "badRequest", "request_refused"),
        (301, "", "redirected"),
    ],
)
def test_what_a_person_has_to_settle_stops_the_pull_at_once(search_console, open_with, status, reason, code):
    search_console.admin.add_fault("status", status=status, reason=reason, match={"path": REPORTS_PATH})
    provider = open_with()
    with pytest.raises(ServiceError, match="Google Search Console refused") as refused:
        provider.pull_page(["row"], provider.first_cursor(None))
    assert refused.value.code == code
    assert len(search_console.reports()) == 1


def test_a_property_that_is_not_shared_refuses_the_configuration_not_the_credentials(search_console, open_with):
    provider = open_with(siteUrl="sc-domain:example.org")
    with pytest.raises(ConfigurationRefused) as refused:
        provider.pull_page(["row"], provider.first_cursor(None))
    assert refused.value.code == "property_not_shared"
    assert "sc-domain:example.org" in refused.value.message
