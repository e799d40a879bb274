"""Every key of both tables, and every way they are asked for. Nothing scans.

IntegrationsTable (`pk`, `sk`; `expiresAt` in seconds is the TTL, and readers leave out what it hasn't removed yet):

| thing | pk | sk | asked for by |
| --- | --- | --- | --- |
| integration | `PROJECT#{project}` | `INTEGRATION#{id}` | get; all of a project: query |
| API key | `KEY#{sha256 hex}` | `KEY` | get |
| API key of a project | `KEYS#{project}` | `{sha256 hex}` | all of a project: query, then batch get of the keys |
| job | `JOBS#{project}` | `{ulid}` | get; newest first: query backwards; by status: JobStatusIndex, then batch get |
| entity ids of a job | `JOBIDS#{project}#{job}` | `{chunk}` | query |
| job log entry | `LOG#{project}#{job}` | `{entry key}` | query |
| line | `LINES#{project}` | `{integration}` | get; all of a project: query; those due: DueIndex |
| share of workers | `SHARE#{project}` | `SHARE` | get |
| waiting job | `LINE#{project}#{integration}` | `JOB#{ulid}` | head of the line: query `HEAD` to `JOB#…`, one item |
| started job | `LINE#{project}#{integration}` | `HEAD` | the same query: it sorts before every waiting one |
| joinable job | `LINE#{project}#{integration}` | `OPEN#{signature}` | conditions only |
| watermark | `LINE#{project}#{integration}` | `CURSOR#{direction}` | get |
| idempotency record | `IDEMPOTENCY#{project}#{integration}` | `{caller's key}` | conditions only |
| audit entry | `AUDIT#{project}#{integration}` | `{ulid}` | newest first: query backwards |
| link | `LINK#{project}#{integration}` | `{entity id}` | batch get; range query |
| failure | `FAIL#{project}#{integration}#{direction}` | `{record id}` | batch get; range query |
| bucket of a plan's calls | `RATE#{project}` | `{plan}` | conditions only |
| budget of a rate limit | `BUDGET#{sha256 hex of its holder}` | `{limit}/{window}` | conditions only |

| index of IntegrationsTable | hash | range | holds |
| --- | --- | --- | --- |
| DueIndex | `dueShard`, one constant | `dueAt` | lines with unfinished jobs; projects `projectId`, `integrationId` |
| JobStatusIndex | `statusPartition` = `JOBS#{project}#{status}` | `jobId` | jobs; keys only |

EntitiesTable (`pk` = `{project}#{entity type}`, `id`):

| index | hash | range | projects | asked for by |
| --- | --- | --- | --- | --- |
| (the table) | `pk` | `id` | all | batch get |
| StampIndex | `pk` | `id` | `updatedAt`, `archivedAt` | a page by id: range query |
| UpdatedIndex | `pk` | `updatedAt` | `archivedAt` | changes since a time: range query |

Project ids hold no `#`: so no id, whatever is in it, reaches into another project's partition.
"""

from integrations.domain.job import Direction, JobStatus

type Key = dict[str, str]

DUE_INDEX = "DueIndex"
DUE_SHARD = "DUE"
JOB_STATUS_INDEX = "JobStatusIndex"
STAMP_INDEX = "StampIndex"
UPDATED_INDEX = "UpdatedIndex"

INTEGRATION_PREFIX = "INTEGRATION#"
STARTED_SORT = "HEAD"
AFTER_WAITING_SORT = "JOB$"
"""Greater than every `JOB#…`, smaller than every `OPEN#…`."""


def integrations(project_id: str) -> str:
    """The partition of a project's integrations."""
    return f"PROJECT#{_whole(project_id)}"


def integration(project_id: str, integration_id: str) -> Key:
    """An integration's configuration and ciphertexts."""
    return _key(integrations(project_id), INTEGRATION_PREFIX + integration_id)


def api_key(key_sha256_hex: str) -> Key:
    """An API key's record."""
    return _key(f"KEY#{key_sha256_hex}", "KEY")


def api_keys(project_id: str) -> str:
    """The partition of the ids of the API keys that serve a project."""
    return f"KEYS#{_whole(project_id)}"


def api_key_of_project(project_id: str, key_sha256_hex: str) -> Key:
    """Says that a key serves a project, and nothing more."""
    return _key(api_keys(project_id), key_sha256_hex)


def jobs(project_id: str) -> str:
    """The partition of a project's jobs."""
    return f"JOBS#{_whole(project_id)}"


def jobs_of_status(project_id: str, status: JobStatus) -> str:
    """The hash key of JobStatusIndex."""
    return f"{jobs(project_id)}#{status}"


def job(project_id: str, job_id: str) -> Key:
    """A job."""
    return _key(jobs(project_id), job_id)


def job_entity_ids(project_id: str, job_id: str) -> str:
    """The partition of what a job was narrowed to."""
    return f"JOBIDS#{_whole(project_id)}#{job_id}"


def job_log(project_id: str, job_id: str) -> str:
    """The partition of a job's log."""
    return f"LOG#{_whole(project_id)}#{job_id}"


def lines(project_id: str) -> str:
    """The partition of a project's lines."""
    return f"LINES#{_whole(project_id)}"


def line(project_id: str, integration_id: str) -> Key:
    """An integration's line: lease and due time."""
    return _key(lines(project_id), integration_id)


def share(project_id: str) -> Key:
    """Whose lines may be leased, and the counter that puts a project's acquisitions in order."""
    return _key(f"SHARE#{_whole(project_id)}", "SHARE")


def standing(project_id: str, integration_id: str) -> str:
    """The partition of what stands in a line."""
    return f"LINE#{_whole(project_id)}#{integration_id}"


def started(project_id: str, integration_id: str) -> Key:
    """The pointer to the job that was started: one at most."""
    return _key(standing(project_id, integration_id), STARTED_SORT)


def waiting(project_id: str, integration_id: str, job_id: str) -> Key:
    """The pointer to a job that never ran."""
    return _key(standing(project_id, integration_id), f"JOB#{job_id}")


def joinable(project_id: str, integration_id: str, signature: str) -> Key:
    """The mark of a job that identical ones join."""
    return _key(standing(project_id, integration_id), f"OPEN#{signature}")


def watermark(project_id: str, integration_id: str, direction: Direction) -> Key:
    """How far incremental runs have read."""
    return _key(standing(project_id, integration_id), f"CURSOR#{direction}")


def idempotency(project_id: str, integration_id: str, caller_key: str) -> Key:
    """A caller's key that was used."""
    return _key(f"IDEMPOTENCY#{_whole(project_id)}#{integration_id}", caller_key)


def audit(project_id: str, integration_id: str) -> str:
    """The partition of what was changed of an integration, and by whom."""
    return f"AUDIT#{_whole(project_id)}#{integration_id}"


def links(project_id: str, integration_id: str) -> str:
    """The partition of an integration's links."""
    return f"LINK#{_whole(project_id)}#{integration_id}"


def failures(project_id: str, integration_id: str, direction: Direction) -> str:
    """The partition of records that could not be exchanged."""
    return f"FAIL#{_whole(project_id)}#{integration_id}#{direction}"


def budget(holder: str, limit: str) -> Key:
    """What is taken of a rate limit; `holder` is the hash of whom it applies to, in whichever project."""
    return _key(f"BUDGET#{holder}", limit)


def plan_bucket(project_id: str, plan: str) -> Key:
    """What is left of a project's calls."""
    return _key(f"RATE#{_whole(project_id)}", plan)


def entities(project_id: str, entity_type_id: str) -> str:
    """The partition of a project's entities of one type, in the entity store."""
    return f"{_whole(project_id)}#{entity_type_id}"


def _whole(project_id: str) -> str:
    if not project_id or "#" in project_id:
        message = f"{project_id!r} is no project id: it must not be empty nor hold '#'"
        raise ValueError(message)
    return project_id


def _key(partition: str, sort: str) -> Key:
    return {"pk": partition, "sk": sort}
