"""GET /api/v1/jobs/{id}: one job with its log."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from integrations.api.call import ApiCall
from integrations.api.jobs import job_with_log
from integrations.api.route import Api, Page
from integrations.domain.errors import JobNotFound
from integrations.runtime.api import services

PAGE = Page(
    summary="Get a job",
    description="The newest 200 entries of its log, oldest of them first; `meta.logsOmitted` counts the others.",
    tag="Jobs",
    success=(200, "JobAnswer"),
    refusals=(JobNotFound,),
)

app = Api(services)


@app.endpoint("GET", "/api/v1/jobs/<job_id>", "read", PAGE)
def get_job(call: ApiCall, job_id: str) -> dict[str, Any]:
    """The detail."""
    return job_with_log(call.project_id, job_id, services().jobs, services().job_log, services().now())


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The gateway's event in, its proxy answer out."""
    return app.serve(event, context)
