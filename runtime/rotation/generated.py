"""Random values, made here."""

from __future__ import annotations

import secrets
import string
from datetime import timedelta
from typing import Literal

from runtime.engine.secret import Secret
from runtime.rotation.places import GeneratedPlace
from runtime.rotation.rotators import Change, Created, Surroundings, only_secret

Alphabet = Literal["url_safe", "letters_digits", "hex"]
_LETTERS = {
    "hex": string.hexdigits.lower()[:16],
    "letters_digits": string.ascii_letters + string.digits,
    "url_safe": string.ascii_letters + string.digits + "-_",
}


def random_text(length: int, alphabet: Alphabet = "url_safe") -> Secret:
    """`length` characters of the alphabet, each of them random."""
    return Secret("".join(secrets.choice(_LETTERS[alphabet]) for _ in range(length)))


class GeneratedRotator:
    """A `Rotator` of values that are valid nowhere else: nothing outside is to be changed."""

    def __init__(self, place: GeneratedPlace, surroundings: Surroundings) -> None:
        self._place = place
        self._now = surroundings.now

    async def create(self, change: Change) -> Created:
        place = self._place
        ends = None if place.valid_for_s is None else self._now + timedelta(seconds=place.valid_for_s)
        value = random_text(place.length, place.alphabet)
        return Created({only_secret(change.former): value}, expires_at=ends, source="generated")

    async def set(self, change: Change) -> None:
        """Nothing is to be told."""

    async def test(self, change: Change) -> None:
        """It opens nothing by itself."""

    async def finish(self, change: Change) -> None:
        """Nothing is to be told."""

    async def retire(self, change: Change) -> None:
        """Nobody else knows the former value."""

    async def undo(self, change: Change) -> None:
        """Nobody else knows the new value."""
