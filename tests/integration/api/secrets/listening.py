"""What may come out of our code beside answers and stored items: log lines of any logger at DEBUG, and exceptions."""

import io
import logging
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import CodeType

from integrations.domain.errors import IntegrationsError

TOOL_ID, TOOL = 4, "planted secrets"
BEYOND_CLIENTS = ("/functions/", *(f"/core/integrations/{part}/" for part in ("runtime", "storage", "sync")))
"""Where no exception may arrive that holds a secret, whoever raised it: what httpx raises stays with the clients, and
what KMS's client raises with the vault."""
VAULT = "/storage/credentials.py"


class Everything(logging.Handler):
    """Keeps what each record says, and all that its exception has to say."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        extra = {name: value for name, value in vars(record).items() if name not in ("args", "msg", "exc_info")}
        self.said.append(f"{record.getMessage()} {extra}")
        if record.exc_info and record.exc_info[1]:
            self.said.append(told(record.exc_info[1]))


@contextmanager
def listening() -> Iterator[Everything]:
    """To every logger at DEBUG, with their own settings left as they are, and to our code's exceptions."""
    root, everything = logging.getLogger(), Everything()
    level, handlers = root.level, list(root.handlers)
    root.handlers = [everything]
    root.setLevel(logging.DEBUG)
    try:
        with _raised(everything.said):
            yield everything
    finally:
        root.setLevel(level)
        root.handlers = handlers


@contextmanager
def _raised(said: list[str]) -> Iterator[None]:
    """Notes each exception of ours, and of others each that comes as far as the engine or a handler."""

    def note(code: CodeType, offset: int, error: BaseException) -> None:
        place = code.co_filename
        is_beyond = any(part in place for part in BEYOND_CLIENTS) and not place.endswith(VAULT)
        if is_beyond or isinstance(error, IntegrationsError):
            said.append(told(error))

    monitoring, event = sys.monitoring, sys.monitoring.events.RAISE
    monitoring.use_tool_id(TOOL_ID, TOOL)
    monitoring.register_callback(TOOL_ID, event, note)
    monitoring.set_events(TOOL_ID, event)
    try:
        yield
    finally:
        monitoring.set_events(TOOL_ID, 0)
        monitoring.free_tool_id(TOOL_ID)


def told(error: BaseException) -> str:
    """An exception in all words that it or Python has for it and for those behind it."""
    text = io.StringIO()
    traceback.print_exception(error, file=text)
    while error is not None:
        text.write(f" {error} {error!r} {error.args} {getattr(error, '__notes__', '')} {_own(error)}")
        error = error.__cause__ or error.__context__
    return text.getvalue()


def _own(error: BaseException) -> dict[str, object]:
    return {name: value for name, value in vars(error).items() if not name.startswith("_")}
