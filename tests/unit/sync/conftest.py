"""The world that the engine's tests take place in."""

import pytest

from tests.unit.sync.world import World


@pytest.fixture
def world() -> World:
    """Ten articles, none of them pushed yet."""
    world = World()
    for number in range(10):
        world.write(f"a{number}", title=f"Title {number}", body=f"Some *text* {number}", description="short")
    return world


@pytest.fixture
def pushed(world: World) -> World:
    """The same after a push, a quarter of an hour before it and after it."""
    world.clock.advance(900_000)
    assert world.run("push").status == "completed"
    world.clock.advance(900_000)
    return world
