"""GET /api/v1/jobs: the project's jobs, newest first."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from integrations.api.call import ApiCall
from integrations.api.documentation import Page
from integrations.api.endpoint import endpoint, resolver, serve
from integrations.api.envelopes import JobListAnswer
from integrations.api.jobs import page_of_jobs
from integrations.api.models import JobsQuery
from integrations.runtime.api import services

PAGE = Page(
    summary="List jobs",
    description="Newest first, kept 90 days.",
    tag="Jobs",
    success=(200, JobListAnswer),
    query=JobsQuery,
)

app = resolver()


@endpoint(app, "GET", "/api/v1/jobs", "read", PAGE)
def list_jobs(call: ApiCall) -> JobListAnswer:
    """One page."""
    query = call.query(JobsQuery)
    return page_of_jobs(call.project_id, query, services().jobs, services().settings.cursor_secret, services().now())


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The gateway's event in, its proxy answer out."""
    return serve(app, event, context)
