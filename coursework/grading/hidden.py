"""Which problem counts: drawn from the instructor's secret, or the one the learner worked on."""

from __future__ import annotations

import hashlib
import hmac

from ..exercise import Data, Exercise

LEAST = 16  # bytes of a secret: what is shorter can be guessed


def check_secret(secret: bytes) -> bytes:
    """Return a secret without the white space around it.

    Raises
    ------
    ValueError
        If it is too short.

    Examples
    --------
    >>> check_secret(b"tea")
    Traceback (most recent call last):
    ValueError: the secret has 3 bytes; 16 at least
    """
    secret = secret.strip()
    if len(secret) < LEAST:
        raise ValueError(f"the secret has {len(secret)} bytes; {LEAST} at least")
    return secret


def graded_seed(exercise: Exercise, name: str, secret: bytes) -> str:
    """Return what the problem that counts is drawn from, as `Exercise.problem` takes it.

    A function is called with inputs that nobody has seen: another draw of the same exercise, for
    this learner and this secret. What is worked by hand is worked on the problem that the learner
    was shown, and is drawn from their name.

    Parameters
    ----------
    exercise : Exercise
    name : str
        The learner's.
    secret : bytes
        The instructor's. It cannot be found out from what comes of it.
    """
    if exercise.kind != "code":
        return name
    words = f"{name}\0{exercise.id}".encode(errors="surrogateescape")
    return hmac.digest(secret, words, hashlib.sha256).hex()


def graded_problem(exercise: Exercise, name: str, secret: bytes) -> Data:
    """Draw the problem that a learner's answer is held against, see `graded_seed`."""
    return exercise.problem(graded_seed(exercise, name, secret))
