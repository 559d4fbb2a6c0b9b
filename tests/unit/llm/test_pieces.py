"""What is handed on while a text grows: whole in the end, and nothing that must be found whole is cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from runtime.llm.pieces import MIN_PAUSE_S, Pieces


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def pieces_of(*parts: str, given: object = (), pause_s: float = 1.0) -> list[str]:
    told: list[str] = []
    clock = Clock()
    pieces = Pieces(told.append, clock, [given])
    for part in parts:
        clock.now += pause_s
        pieces.add(part)
    pieces.end()
    return told


def test_a_word_that_may_go_on_waits() -> None:
    assert pieces_of("One two thr", "ee four ") == ["One ", "two three ", "four "]


def test_pieces_come_at_most_four_times_a_second() -> None:
    parts = [f"word{number} " for number in range(40)]

    assert len(pieces_of(*parts, pause_s=MIN_PAUSE_S / 10)) <= 40 / 10 + 2


def test_a_value_of_several_words_that_was_given_stays_whole() -> None:
    record = {"rows": [{"name": "name: Ada King, Countess"}]}

    told = pieces_of("I see ", "that Ada ", "King ", "is ", "here ", "today ", given=record)

    assert "".join(told) == "I see that Ada King is here today "
    assert any("Ada King" in piece for piece in told)
    assert len(told) > 2


def test_a_key_with_a_space_stays_whole() -> None:
    told = pieces_of(
        "The key ", "correct horse ", "battery ", "is ", "mine ", given=["correct horse battery"]
    )

    assert any("correct horse battery" in piece for piece in told)


@given(st.lists(st.text("ab .\n", max_size=6), max_size=12), st.text("ab .\n", max_size=12))
def test_all_pieces_together_are_the_text(parts: list[str], known: str) -> None:
    assert "".join(pieces_of(*parts, given=known)) == "".join(parts)
