import pytest

from integrations.domain.schedule import schedule_problem


@pytest.mark.parametrize(
    "expression",
    [
        "rate(1 minute)",
        "rate(15 minutes)",
        "rate(1 day)",
        "cron(0 8 ? * MON-FRI *)",
        "cron(0/15 * * * ? *)",
        "cron(0,30 8-17 ? JAN,jul 2#1 2026-2030)",
        "cron(0 0 L * ? *)",
        "cron(0 0 15W * ? *)",
        "cron(0 0 L-3 * ? *)",
        "cron(0 0 ? * 6L *)",
        "cron(0 0 */2 * ? *)",
    ],
)
def test_what_the_scheduler_takes_is_no_problem(expression: str):
    assert schedule_problem(expression) is None


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("hourly", "rate(1 hour)"),
        ("at(2026-01-01T00:00:00)", "rate(1 hour)"),
        ("rate(0 minutes)", "from 1"),
        ("rate(1.5 hours)", "from 1"),
        ("rate(1 week)", "minutes, hours or days"),
        ("rate(1 hours)", "unit hour with"),
        ("rate(2 hour)", "unit hours with"),
        ("cron(0 8 * * *)", "six fields"),
        ("cron(0  8 ? * MON *)", "six fields"),
        ("cron(60 8 ? * MON *)", "minutes"),
        ("cron(0 24 ? * MON *)", "hours"),
        ("cron(0 8 32 * ? *)", "day of month"),
        ("cron(0 8 ? 13 MON *)", "month"),
        ("cron(0 8 ? * MOO *)", "day of week"),
        ("cron(0 8 ? * 0 *)", "day of week"),
        ("cron(0 8 ? * MON 1969)", "year"),
        ("cron(0/0 8 ? * MON *)", "minutes"),
        ("cron(0-1-2 8 ? * MON *)", "minutes"),
        ("cron(0 8 * * * *)", "takes ?"),
        ("cron(0 8 ? * ? *)", "takes ?"),
        ("cron(0 8 ? * MON *", "rate(1 hour)"),
        ("cron()", "six fields"),
    ],
)
def test_what_it_does_not_take_is_explained(expression: str, words: str):
    problem = schedule_problem(expression)
    assert problem is not None
    assert words in problem
