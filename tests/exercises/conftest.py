"""What holds for all tests of exercises."""

import pytest

from coursework.outcome import call, read


@pytest.fixture(autouse=True)
def _in_this_process(monkeypatch):
    """Call functions here: those of these tests are ours, and a process for each takes minutes.

    What a check's own process is for, tests/course/test_attempt.py holds.
    """

    def guarded(function, inputs, seconds):
        lines = []
        for arguments in inputs:
            call(function, arguments, lines.append)
        return [read(line) for line in lines]

    monkeypatch.setattr("coursework.judge.guarded", guarded)
