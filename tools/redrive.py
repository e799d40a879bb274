"""`make redrive [DRY_RUN=1]`: sends the wake-ups of the dead-letter queue to the sync queue again.

A dry run lists them and leaves them where they are. A message is deleted only once its wake-up is sent: ending half way
loses none, and a wake-up sent twice does no harm. Without `--dead-letters` and `--sync` the running local stack is
meant, with them the queues of these addresses in the AWS account of the environment.
"""

import argparse
import sys
from collections.abc import Callable

import boto3

from integrations.domain.errors import Unavailable
from integrations.queue import DeadLetter, DeadLetterQueue, SyncQueue, wake_up_of
from tools.stack.description import StackDown, read_description

AT_ONCE = 100
LISTED_MAXIMUM = 10_000


def listed(letters: DeadLetterQueue, say: Callable[[str], None]) -> int:
    """Says what is there, changing nothing; how many that is."""
    with letters.looked_at(LISTED_MAXIMUM) as found:
        for letter in found:
            say(_line(letter))
    return len(found)


def redriven(letters: DeadLetterQueue, queue: SyncQueue, say: Callable[[str], None]) -> tuple[int, int]:
    """Sends all that are wake-ups again; how many those were, and how many others were left."""
    sent = 0
    while True:
        with letters.looked_at(AT_ONCE) as found:
            wake_ups = [letter for letter in found if _names_a_line(letter)]
            for letter in wake_ups:
                queue.send(*wake_up_of(letter.body), 0)
                letters.delete(letter)
                say(f"sent {_line(letter)}")
                sent += 1
        if not wake_ups:
            for letter in found:
                say(f"left {_line(letter)}")
            return sent, len(found)


def _line(letter: DeadLetter) -> str:
    if not _names_a_line(letter):
        return f"{letter.message_id}: no wake-up"
    project_id, integration_id = wake_up_of(letter.body)
    return f"{letter.message_id}: project {project_id}, integration {integration_id}"


def _names_a_line(letter: DeadLetter) -> bool:
    try:
        wake_up_of(letter.body)
    except ValueError:
        return False
    return True


def main() -> int:
    """Fails if something was left that is no wake-up."""
    options = _parser().parse_args()
    try:
        letters, queue = _queues(options.dead_letters, options.sync)
        if options.dry_run:
            print(f"{listed(letters, print)} messages wait in the dead-letter queue; nothing was sent")
            return 0
        sent, left = redriven(letters, queue, print)
    except (StackDown, Unavailable) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{sent} wake-ups sent again, {left} messages left that are none")
    return 1 if left else 0


def _queues(dead_letters_url: str | None, sync_url: str | None) -> tuple[DeadLetterQueue, SyncQueue]:
    if dead_letters_url and sync_url:
        client = boto3.client("sqs")
        return DeadLetterQueue(client, dead_letters_url), SyncQueue(client, sync_url)
    stack = read_description()
    urls, client = stack.content["queues"], stack.client("sqs")
    return DeadLetterQueue(client, urls["deadLetter"]), SyncQueue(client, urls["sync"])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.redrive", description=__doc__)
    parser.add_argument("--dry-run", action="store_true", help="list the messages and leave them")
    parser.add_argument("--dead-letters", help="address of the dead-letter queue on AWS (output DeadLetterQueueUrl)")
    parser.add_argument("--sync", help="address of the sync queue on AWS (output SyncQueueUrl)")
    return parser


if __name__ == "__main__":
    sys.exit(main())
