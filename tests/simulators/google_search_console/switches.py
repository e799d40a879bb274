"""What can be set on the Search Console simulator; the README says what each switch stands for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SearchConsoleSwitches:
    """The defaults are what the documentation says, or the likelier choice where it is silent."""

    access_token_seconds: int = 3_599
    clock_skew_seconds: int = 300
    auth_by_service_clock: bool = False
    api_enabled: bool = True

    final_after_days: int = 3
    restated_days: int = 2
    restatement: bool = True
    history_days: int = 487
    rows_per_day: int = 50_000
    day_ceiling: bool = True
    shuffle_ties: bool = True

    quotas: bool = True
    site_queries_per_minute: int = 1_200
    user_queries_per_minute: int = 1_200
    project_queries_per_minute: int = 40_000
    project_queries_per_day: int = 30_000_000
    other_per_second: int = 20
    other_per_minute: int = 200
    minute_quota_status: int = 403
    minute_quota_reason: str = "quotaExceeded"
    load_quotas: bool = True
    load_per_ten_minutes: int = 60_000
    load_per_day: int = 2_000_000
    load_quota_status: int = 403

    invalid_reason: str = "badRequest"
    unknown_site_status: int = 403
    permission_level_form: str = "camel"
