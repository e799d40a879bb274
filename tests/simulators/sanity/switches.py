"""What can be set on the Sanity simulator; the README says what each switch stands for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SanitySwitches:
    """The defaults are what the documentation says, or the likelier choice where it is silent."""

    project_id: str = "simproject"
    dataset: str = "production"
    public_dataset: bool = False

    lag_seconds: float = 0.0
    lag_ignores_sync: bool = False
    fractional: bool = False
    trim_fraction: bool = False

    rate_limits: bool = True
    requests_per_second: int = 500
    mutations_per_second: int = 25
    rate_limit_headers: bool = False

    request_head_bytes: int = 15_360
    mutate_body_bytes: int = 4_000_000
    document_bytes: int = 32_000_000
    document_attributes: int = 1_000
    document_depth: int = 20
    require_array_keys: bool = False
    check_references: bool = True

    report_all_errors: bool = True
    report_error_indexes: bool = True
    missing_document_status: int = 409
    missing_document_type: str = "documentNotFoundError"
    missing_parameter_status: int = 400
    missing_parameter_type: str = "queryParseError"
    not_found_form: str = "boom"

    webhook_url: str = ""
    webhook_secret: str = ""
    webhooks_per_second: int = 1_000
    webhook_attempts: int = 5
    webhook_retry_seconds: float = 0.2
    webhooks_duplicated: bool = False
    webhooks_held: bool = False
