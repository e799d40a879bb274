"""ULIDs: ids that sort by the time they were made (https://github.com/ulid/spec)."""

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_ulid(now_ms: int, randomness: bytes) -> str:
    """26 Crockford base32 characters from a time in Unix milliseconds and 10 random bytes."""
    number = now_ms << 80 | int.from_bytes(randomness[:10], "big")
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def moved_ulid(ulid: str, time_ms: int) -> str:
    """The same randomness with another time."""
    return new_ulid(time_ms, bytes(10))[:10] + ulid[10:]
