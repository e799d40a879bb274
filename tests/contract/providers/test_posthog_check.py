"""Each state of a connection to PostHog, against its simulator."""

import pytest

from tests.contract.providers.posthog_kit import open_posthog, settings_for

KEYS = [
    {"key": "phx_all", "scopes": ["*"], "projects": [12345]},
    {"key": "phx_write", "scopes": ["project:read"], "projects": [12345]},
    {"key": "phx_query", "scopes": ["project:read", "query:read"], "projects": [12345]},
    {"key": "phx_no_project", "scopes": ["query:read"], "projects": [12345]},
    {"key": "phx_elsewhere", "scopes": ["*"], "projects": [54321]},
    {"key": "phx_revoked", "scopes": ["*"], "revoked": True},
]


@pytest.mark.parametrize(
    ("key", "config", "connected", "refused", "code", "part"),
    [
        ("phx_all", {}, True, False, None, ""),
        ("phx_write", {}, True, False, "read_scope_missing", "query:read and person:read"),
        ("phx_query", {}, True, False, "read_scope_missing", "person:read"),
        ("phx_no_project", {}, False, False, "permission_missing", "Missing scope: project:read."),
        ("phx_elsewhere", {}, False, False, "project_not_granted", "Give it the project"),
        ("phx_revoked", {}, False, True, "credentials_refused", "Create a key"),
        ("phx_all", {"token": "phc_elsewhere"}, False, False, "token_of_other_project", "Copy the project token"),
        ("phx_all", {"projectId": "12354"}, False, False, "project_not_found", "Projects of this key: 12345."),
    ],
)
def test_each_state_of_a_connection_is_told_apart(posthog, key, config, connected, refused, code, part):
    posthog.admin.configure(keys=KEYS)
    provider = open_posthog(posthog, settings_for(posthog), key, **config)
    report = provider.check()
    provider.close()
    assert (report.connected, report.refused) == (connected, refused)
    if code is None:
        assert report.diagnosis is None
    else:
        assert report.diagnosis.code == code
        assert part in " ".join([report.diagnosis.message, *report.diagnosis.suggestions])
    assert not connected or posthog.admin.dump(kind="events") == []


def test_without_mapped_persons_their_scope_is_not_missed(posthog):
    posthog.admin.configure(keys=KEYS)
    provider = open_posthog(posthog, settings_for(posthog), "phx_query", entityTypes={"article": "event:published"})
    report = provider.check()
    provider.close()
    assert (report.connected, report.diagnosis) == (True, None)
