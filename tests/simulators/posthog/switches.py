"""What can be set on the PostHog simulator; the README says what each switch stands for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PostHogSwitches:
    """The defaults are what the documentation says, or the likelier choice where it is silent."""

    region: str = "us"
    host_role: str = "both"
    require_trailing_slash: bool = False
    environments_alias: bool = True
    current_alias: bool = True
    unseen_project_status: int = 403

    ingestion_delay_seconds: float = 0.0
    historical_delay_seconds: float = 0.0
    merge_delay_seconds: float = 0.0
    quota_limited: str = ""
    batch_bytes: int = 20 * 1024 * 1024
    event_bytes: int = 2 * 1024 * 1024
    batched_event_bytes: int = 0
    too_large_status: int = 413
    sent_at_correction: bool = True
    future_hours: int = 23
    missing_distinct_id: str = "dropped"
    drop_illegal_names: bool = True

    page_limit_maximum: int = 1_000
    person_ghost_every: int = 50
    next_repeats_from_page: int = 0
    query_rows_maximum: int = 1_000
    has_more_with_limit: bool = False
    properties_as_text: bool = True
    uuid_order: str = "clickhouse"
    any_uuid_text: bool = False
    timestamp_text_form: str = "any"
    query_seconds: float = 0.0
    query_cache_seconds: float = 0.0

    rate_limits: bool = True
    rate_limit_scope: str = "team"
    rate_limit_headers: bool = True
    minute_seconds: float = 60.0
    hour_seconds: float = 3_600.0
    crud_per_minute: int = 480
    crud_per_hour: int = 4_800
    analytics_per_minute: int = 240
    analytics_per_hour: int = 1_200
    query_per_minute: int = 240
    query_per_hour: int = 2_400
    concurrent_queries: int = 3
