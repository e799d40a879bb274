"""POST /api/v1/jobs/{id}/cancel: what was done stays done, nothing more is."""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from integrations.api.call import ApiCall
from integrations.api.jobs import cancelled_answer
from integrations.api.route import Api, Page
from integrations.domain import errors
from integrations.runtime.api import services

PAGE = Page(
    summary="Cancel a job",
    description="A job that waits, or that no worker holds, is `cancelled` at once; one that is worked on is answered "
    "as `running` and ends at its next batch. What was exchanged stays so. Cancelling again while it ends changes "
    "nothing. Whoever joined the job has it cancelled too.",
    tag="Jobs",
    success=(202, "CancelAnswer"),
    refusals=(errors.JobNotFound, errors.JobFinished),
)

app = Api(services)


@app.endpoint("POST", "/api/v1/jobs/<job_id>/cancel", "write", PAGE)
def cancel_job(call: ApiCall, job_id: str) -> dict[str, Any]:
    """The job as it is now."""
    return cancelled_answer(call.project_id, job_id, services())


def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """The gateway's event in, its proxy answer out."""
    return app.serve(event, context)
