"""Search Console as data: configuration, addresses, targets. No HTTP library is imported here.

Names and limits: https://developers.google.com/webmaster-tools/v1/searchanalytics/query
"""

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AfterValidator, Field, field_validator, model_validator

from integrations.domain.job import Direction
from integrations.providers.addresses import Origin, parse_origin
from integrations.providers.google_search_console.credentials import TOKEN_HOST, SearchConsoleCredentials
from integrations.providers.spec import Address, ProviderSpec, ServiceConfig

API_HOST = "searchconsole.googleapis.com"
ROW = "row"
DOMAIN_PREFIX = "sc-domain:"
FIGURES = ("clicks", "impressions", "ctr", "position")
DIMENSIONS = ("date", "page", "query", "country", "device")

Dimension = Literal["date", "page", "query", "country", "device"]
SearchType = Literal["web", "image", "video", "news", "discover", "googleNews"]
SEARCH_TYPES: tuple[str, ...] = get_args(SearchType)

_WITHOUT: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "discover": frozenset({"query", "device"}),
        "googleNews": frozenset({"query"}),
    }
)
"""What Google refuses to group a search type by."""

_LABEL = r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*"
_PATH = r"(?:[A-Za-z0-9._~!$&'()*+,;=:@%-]+/)*"
_SITE_URL = re.compile(rf"{DOMAIN_PREFIX}{_HOST}|https?://{_HOST}(?::[0-9]{{1,5}})?/{_PATH}")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _default_dimensions() -> list[Dimension]:
    return ["date", "page"]


def _checked_site(value: str) -> str:
    if not _SITE_URL.fullmatch(value):
        raise ValueError(
            "must name a property exactly as Search Console does: sc-domain:example.com, or an address in lower case "
            "that ends in a slash, such as https://www.example.com/"
        )
    return value


def _checked_day(value: str) -> str:
    try:
        if _DAY.fullmatch(value):
            return date.fromisoformat(value).isoformat()
    except ValueError:
        pass
    raise ValueError("must be a date such as 2026-01-31")


class SearchConsoleConfig(ServiceConfig):
    """`site_url` is the property. `dimensions` tell the rows of a day apart, `search_type` chooses the kind of search.
    Runs go back to `start_date`, at most 16 months, and read `lookback_days` before the newest day again, since
    figures are corrected; `match` sums up `window_days`."""

    site_url: Annotated[str, Field(max_length=500), AfterValidator(_checked_site)]
    dimensions: Annotated[list[Dimension], Field(min_length=1)] = Field(default_factory=_default_dimensions)
    search_type: SearchType = "web"
    start_date: Annotated[str, AfterValidator(_checked_day)] | None = None
    lookback_days: Annotated[int, Field(ge=0, le=30)] = 4
    window_days: Annotated[int, Field(ge=1, le=487)] = 28
    api_host: Address | None = None

    @field_validator("entity_types")
    @classmethod
    def _check_entity_types(cls, value: dict[str, str]) -> dict[str, str]:
        if list(value.values()) != [ROW]:
            raise ValueError('takes exactly one entity type, and gives it "row": {"<entity type>": "row"}')
        return value

    @field_validator("on_archive")
    @classmethod
    def _check_nothing_is_deleted(cls, value: str) -> str:
        if value == "delete":
            raise ValueError('must be "ignore": Search Console has no records that could be deleted')
        return value

    @field_validator("dimensions")
    @classmethod
    def _check_dimensions(cls, value: list[Dimension]) -> list[Dimension]:
        if "date" not in value:
            raise ValueError('must contain "date": rows are pulled day by day')
        if len(set(value)) < len(value):
            raise ValueError("must not name a dimension twice")
        return value

    @model_validator(mode="after")
    def _check_search_type(self) -> Self:
        missing = sorted(_WITHOUT.get(self.search_type, frozenset()) & set(self.dimensions))
        if missing:
            raise ValueError(f"dimensions: Google has no {' and no '.join(missing)} for searchType {self.search_type}")
        return self

    @model_validator(mode="after")
    def _check_match(self) -> Self:
        if self.match is not None and self.match.target != "page":
            raise ValueError('match.target must be "page": figures are measured by page')
        return self

    @property
    def origin(self) -> Origin:
        """Where the API is called: Google's host, unless another one is configured."""
        return parse_origin(self.api_host or f"https://{API_HOST}")

    @property
    def canonical_address(self) -> str:
        """Names the property."""
        return f"{self.origin.host}/{self.site_url}"


def _addresses(config: SearchConsoleConfig) -> tuple[str, ...]:
    return (str(config.origin),)


def _own_hosts(config: SearchConsoleConfig) -> tuple[str, ...]:
    return (API_HOST,)


def _token_addresses(credentials: SearchConsoleCredentials) -> tuple[str, ...]:
    return (str(credentials.token_origin),)


def _target_problem(target: str) -> str | None:
    known = (*DIMENSIONS, *FIGURES)
    return None if target in known else f"Search Console has no {target}; known are {', '.join(known)}"


def _takes_entity_ids(direction: Direction, config: Mapping[str, Any]) -> bool:
    return False


def _quota_holder(config: SearchConsoleConfig, credentials: SearchConsoleCredentials) -> str:
    """The user; what counts by property has it in the limit's name."""
    return credentials.principal


SPEC: ProviderSpec[SearchConsoleConfig, SearchConsoleCredentials] = ProviderSpec(
    type="google_search_console",
    label="Google Search Console",
    directions=("pull",),
    default_direction="pull",
    config=SearchConsoleConfig,
    credentials=SearchConsoleCredentials,
    addresses_of=_addresses,
    own_hosts_of=_own_hosts,
    target_problem=_target_problem,
    takes_entity_ids=_takes_entity_ids,
    quota_holder=_quota_holder,
    credential_addresses_of=_token_addresses,
    credential_hosts=(TOKEN_HOST,),
)
