"""GET /api/v1/jobs: the project's jobs, newest first."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from integrations.api.call import ApiCall
from integrations.api.jobs import page_of_jobs
from integrations.api.requests import JobsQuery
from integrations.api.route import Api, Page
from integrations.runtime.api import services

PAGE = Page(
    summary="List jobs",
    description="Newest first, kept 90 days.",
    tag="Jobs",
    success=(200, "JobListAnswer"),
    query=JobsQuery,
)

app = Api(services)


@app.endpoint("GET", "/api/v1/jobs", "read", PAGE)
def list_jobs(call: ApiCall) -> dict[str, Any]:
    """One page."""
    query = call.query(JobsQuery)
    return page_of_jobs(call.project_id, query, services().jobs, services().settings.cursor_secret, services().now())


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The gateway's event in, its proxy answer out."""
    return app.serve(event, context)
