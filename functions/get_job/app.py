"""GET /api/v1/jobs/{id}: one job with its log."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from integrations.api.call import ApiCall
from integrations.api.documentation import Page
from integrations.api.endpoint import endpoint, resolver, serve
from integrations.api.envelopes import JobAnswer
from integrations.api.jobs import job_with_log
from integrations.domain.errors import JobNotFound
from integrations.runtime.api import services

PAGE = Page(
    summary="Get a job",
    description="The newest 200 entries of its log, oldest of them first; `meta.logsOmitted` counts the others.",
    tag="Jobs",
    success=(200, JobAnswer),
    refusals=(JobNotFound,),
)

app = resolver()


@endpoint(app, "GET", "/api/v1/jobs/<job_id>", "read", PAGE)
def get_job(call: ApiCall, job_id: str) -> JobAnswer:
    """The detail."""
    return job_with_log(call.project_id, job_id, services().jobs, services().job_log, services().now())


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The gateway's event in, its proxy answer out."""
    return serve(app, event, context)
