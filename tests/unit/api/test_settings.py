import pytest

from integrations.runtime.settings import SettingMissing, Settings, read_settings


def test_only_what_is_asked_for_has_to_be_set():
    assert Settings({"INTEGRATIONS_TABLE": "t"}).integrations_table == "t"


@pytest.mark.parametrize("variables", [{}, {"SYNC_QUEUE_URL": " "}])
def test_a_missing_variable_is_named(variables):
    with pytest.raises(SettingMissing, match="SYNC_QUEUE_URL"):
        _ = Settings(variables).sync_queue_url


@pytest.mark.parametrize("text", ["soon", "0", "-5", "1.5", "12x"])
def test_a_number_that_is_none_is_named_with_what_is_allowed(text):
    with pytest.raises(SettingMissing, match=r"LEASE_SECONDS.*whole number"):
        _ = Settings({"LEASE_SECONDS": text}).lease_seconds


def test_addresses_are_a_list_that_may_be_empty():
    assert Settings({}).allowed_addresses == ()
    assert Settings({"ALLOWED_ADDRESSES": " 127.0.0.1:80, localhost:1 ,"}).allowed_addresses == (
        "127.0.0.1:80",
        "localhost:1",
    )


def test_the_environment_is_read_once(monkeypatch):
    monkeypatch.setenv("EVENT_BUS_NAME", "bus")
    settings = read_settings()
    monkeypatch.setenv("EVENT_BUS_NAME", "other")
    assert settings.event_bus_name == "bus"
