"""What a real kernel says while an explorer moves, and when it has come to rest."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from jupyter_client import BlockingKernelClient, KernelManager

SHOWN = """
from pagesim import explore, scenes
shown = explore(scenes.RadixWalk())
print(shown.inputs["step"].model_id, shown.picture.model_id)
"""
LEVELS, STEP, ADDRESS = range(3)  # its controls
PATIENCE = 120  # s


class Live(NamedTuple):
    """A kernel with an explorer in it: what it says, and where the slider and the picture are."""

    client: BlockingKernelClient
    slider: str
    picture: str
    shown: list[dict]

    def send(self, widget: str, data: dict) -> str:
        """Send a widget what a browser would, and return the number of the message."""
        message = self.client.session.msg("comm_msg", {"comm_id": widget, "data": data})
        self.client.shell_channel.send(message)
        return message["header"]["msg_id"]

    def move(self, step: int) -> str:
        return self.send(self.slider, {"method": "update", "state": {"value": step}})

    def next_of(self, widget: str, method: str) -> dict:
        """Wait for what a widget says of itself."""
        while True:
            message = self.client.get_iopub_msg(timeout=PATIENCE)
            content = message["content"]
            if content.get("comm_id") == widget and content["data"]["method"] == method:
                return message

    def sent_ahead(self) -> tuple[list, str, bytes]:
        """Wait for a picture that nobody has asked for: its controls' states, alt text, PNG."""
        message = self.next_of(self.picture, "custom")
        content = message["content"]["data"]["content"]
        return content["controls"], content["alt"], bytes(message["buffers"][0])

    def answered(self) -> tuple[str, bytes]:
        """Wait for the picture of a move: alt text, PNG."""
        message = self.next_of(self.picture, "update")
        return message["content"]["data"]["state"]["alt"], bytes(message["buffers"][0])


@pytest.fixture(scope="module")
def live() -> Iterator[Live]:
    manager = KernelManager()
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=PATIENCE)
    shown = said_until_idle(client, client.execute(SHOWN))
    (printed,) = (each["content"]["text"] for each in shown if each["msg_type"] == "stream")
    yield Live(client, *printed.split(), shown)
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def said_until_idle(client: BlockingKernelClient, asked: str) -> list[dict]:
    """All that is published because of one message."""
    said: list[dict] = []
    while not said or said[-1]["content"].get("execution_state") != "idle":
        message = client.get_iopub_msg(timeout=PATIENCE)
        if message["parent_header"].get("msg_id") == asked:
            said.append(message)
    return said


def states(said: list[dict]) -> list[str]:
    return [each["content"]["execution_state"] for each in said if each["msg_type"] == "status"]


def answer(client: BlockingKernelClient, cell: str) -> str:
    """What a cell prints."""
    said = said_until_idle(client, client.execute(cell))
    return "".join(each["content"]["text"] for each in said if each["msg_type"] == "stream")


pytestmark = [pytest.mark.long, pytest.mark.xdist_group("live")]


def test_a_move_is_idle_and_a_cell_is_busy(live: Live) -> None:
    assert states(live.shown) == ["busy", "idle"]
    said = said_until_idle(live.client, live.move(2))
    assert states(said) == ["idle"]
    updates = [each["content"]["data"] for each in said if each["msg_type"] == "comm_msg"]
    assert ["png"] in [path for update in updates for path in update.get("buffer_paths", [])]
    assert states(said_until_idle(live.client, live.client.execute("1"))) == ["busy", "idle"]


def test_after_a_move_comes_what_a_step_further_and_a_step_back_will_show(live: Live) -> None:
    live.move(3)
    live.answered()
    further, back = live.sent_ahead(), live.sent_ahead()
    assert (further[0][STEP], back[0][STEP]) == (4, 2)
    live.move(4)
    assert live.answered() == further[1:]
    live.move(2)
    assert live.answered() == back[1:]


def test_what_has_the_focus_and_what_is_typed_is_drawn_ahead(live: Live) -> None:
    live.move(1)
    live.answered()
    assert {live.sent_ahead()[0][STEP], live.sent_ahead()[0][STEP]} == {0, 2}
    live.send(
        live.picture, {"method": "custom", "content": {"control": ADDRESS, "typed": "0x1000"}}
    )
    there, alt, _ = live.sent_ahead()
    assert there[ADDRESS] == "0x1000"
    assert "0x1000" in alt
    live.send(live.picture, {"method": "custom", "content": {"control": ADDRESS, "typed": "0xno"}})
    live.send(live.picture, {"method": "custom", "content": {"control": STEP, "typed": None}})
    assert [live.sent_ahead()[0][STEP] for _ in range(2)] == [2, 0]


def test_loading_the_extension_leaves_the_learners_names_alone(live: Live) -> None:
    own = "print(*(name for name in dir() if not name.startswith('_')))"
    before = answer(live.client, own)
    assert answer(live.client, "%reload_ext pagesim.explorer") == ""
    assert answer(live.client, own) == before
