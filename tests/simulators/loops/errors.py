"""The bodies of refusals: `success` and `message`, with `error` beside them for a bad key (PROVIDERS 4.2)."""

from tests.simulators.exchange import Answer, json_answer

TEXTS = {
    404: "Not found.",
    405: "Method not allowed.",
    409: "Conflict.",
    429: "Rate limit exceeded.",
}


class Refused(Exception):
    """The request is refused with `answer`."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def refused(status: int, message: str) -> Refused:
    """A refusal in the form of nearly all of them."""
    return Refused(failure(status, message))


def failure(status: int, message: str) -> Answer:
    """`{"success": false, "message": …}`."""
    return json_answer(status, {"success": False, "message": message})


def invalid_key() -> Answer:
    """The 401 of an unknown key; `error` is deprecated, but sent."""
    return json_answer(401, {"success": False, "message": "Invalid API key", "error": "Invalid API key"})


def ordered(status: int) -> Answer:
    """The body that goes with a status which a fault asks for."""
    if status == 401:
        return invalid_key()
    return failure(status, TEXTS.get(status, "The simulator was asked for this answer."))
