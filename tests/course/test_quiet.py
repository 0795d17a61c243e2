"""What a real kernel says while an explorer moves."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from jupyter_client import BlockingKernelClient, KernelManager

SHOWN = """
from pagesim import explore, scenes
shown = explore(scenes.RadixWalk())
print(shown.inputs["step"].model_id)
"""
PATIENCE = 120  # s


@pytest.fixture(scope="module")
def client() -> Iterator[BlockingKernelClient]:
    manager = KernelManager()
    manager.start_kernel()
    client = manager.client()
    client.start_channels()
    client.wait_for_ready(timeout=PATIENCE)
    yield client
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


@pytest.mark.long
def test_a_move_is_idle_and_a_cell_is_busy(client: BlockingKernelClient) -> None:
    said = said_until_idle(client, client.execute(SHOWN))
    assert states(said) == ["busy", "idle"]
    (slider,) = (each["content"]["text"].strip() for each in said if each["msg_type"] == "stream")

    move = {"method": "update", "state": {"value": 2}, "buffer_paths": []}
    message = client.session.msg("comm_msg", {"comm_id": slider, "data": move})
    client.shell_channel.send(message)
    said = said_until_idle(client, message["header"]["msg_id"])
    assert states(said) == ["idle"]
    updates = [each["content"]["data"] for each in said if each["msg_type"] == "comm_msg"]
    assert ["png"] in [path for update in updates for path in update.get("buffer_paths", [])]

    assert states(said_until_idle(client, client.execute("1"))) == ["busy", "idle"]
