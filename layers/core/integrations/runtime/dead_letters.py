"""What `dead_letter` works with: the dead-letter queue and nothing else."""

import boto3
from botocore.config import Config

from integrations.queue import DeadLetterQueue
from integrations.runtime.settings import read_settings

LOOKED_AT_MAXIMUM = 100
AWS_CALLS = Config(connect_timeout=2, read_timeout=10, retries={"mode": "standard", "total_max_attempts": 4})


def waiting_dead_letters() -> list[str]:
    """The ids of the messages that wait in the dead-letter queue, 100 at most; they stay there."""
    queue = DeadLetterQueue(boto3.client("sqs", config=AWS_CALLS), read_settings().dead_letter_queue_url)
    with queue.looked_at(LOOKED_AT_MAXIMUM) as letters:
        return [letter.message_id for letter in letters]
