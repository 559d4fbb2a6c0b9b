"""The book of leases, with pretended children."""

from __future__ import annotations

from concurrent.futures import Future

from runtime.sandbox.leases import LeaseBook, Slot


class Child:
    def __init__(self) -> None:
        self.ends: list[str] = []

    def interrupt(self) -> None:
        self.ends.append("interrupted")

    def retire(self) -> None:
        self.ends.append("retired")


A, B = ("a", 64), ("b", 64)


def opened(book: LeaseBook[Child], future: Future[Slot[Child]]) -> tuple[Slot[Child], Child]:
    slot = future.result(timeout=0)
    if slot.child is not None:
        return slot, slot.child
    child = Child()
    book.fill(slot, child)
    return slot, child


def test_a_returned_child_serves_its_lease_again() -> None:
    book: LeaseBook[Child] = LeaseBook(total=4)
    slot, child = opened(book, book.request(A, per_lease=2))

    book.give_back(slot, child)

    again = book.take_idle(A)
    assert again is not None and again.child is child
    assert book.take_idle(B) is None


def test_a_lease_has_at_most_its_share_and_the_next_waits() -> None:
    book: LeaseBook[Child] = LeaseBook(total=4)
    slot, child = opened(book, book.request(A, per_lease=1))

    waiting = book.request(A, per_lease=1)
    assert not waiting.done()
    book.give_back(slot, child)

    assert waiting.result(timeout=0).child is child


def test_room_is_made_by_the_oldest_idle_child_of_another_lease() -> None:
    book: LeaseBook[Child] = LeaseBook(total=2)
    first = opened(book, book.request(A, per_lease=2))
    second = opened(book, book.request(A, per_lease=2))
    book.give_back(*first)
    book.give_back(*second)

    slot = book.request(B, per_lease=2).result(timeout=0)

    assert slot.child is None
    assert first[1].ends == ["retired"] and second[1].ends == []
    assert book.count == 2


def test_a_waiter_that_gave_up_is_passed_over() -> None:
    book: LeaseBook[Child] = LeaseBook(total=1)
    held = opened(book, book.request(A, per_lease=1))
    gone, next_one = book.request(A, per_lease=1), book.request(A, per_lease=1)

    gone.cancel()
    book.give_back(*held)

    assert next_one.done()
    assert book.count == 1


def test_a_failure_ends_the_lease_also_for_those_still_busy() -> None:
    book: LeaseBook[Child] = LeaseBook(total=3)
    failed, busy, idle = (opened(book, book.request(A, per_lease=3)) for _ in range(3))
    book.give_back(*idle)

    book.discard(*failed)
    book.give_back(*busy)

    assert [child.ends for _, child in (failed, busy, idle)] == [["retired"]] * 3
    assert book.count == 0


def test_ending_a_lease_interrupts_the_busy_and_a_child_just_made() -> None:
    book: LeaseBook[Child] = LeaseBook(total=2)
    busy = opened(book, book.request(A, per_lease=2))
    slot = book.request(A, per_lease=2).result(timeout=0)

    book.end_lease("a")
    late = Child()
    book.fill(slot, late)

    assert busy[1].ends == ["interrupted"] and late.ends == ["interrupted"]
    book.discard(*busy)
    book.discard(slot, late)
    assert book.count == 0


def test_a_slot_whose_child_could_not_be_made_is_free_again() -> None:
    book: LeaseBook[Child] = LeaseBook(total=1)
    slot = book.request(A, per_lease=1).result(timeout=0)
    waiting = book.request(B, per_lease=1)

    book.discard(slot, None)

    assert waiting.done() and book.count == 1


def test_idle_children_end_after_their_time() -> None:
    book: LeaseBook[Child] = LeaseBook(total=1)
    held = opened(book, book.request(A, per_lease=1))
    book.give_back(*held)

    book.end_idle(60)
    assert book.count == 1
    book.end_idle(0)

    assert book.count == 0 and held[1].ends == ["retired"]
