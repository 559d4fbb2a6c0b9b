"""What is stored of a secret opens with its key in its place, and nowhere else."""

from __future__ import annotations

import base64
import stat
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.credentials.envelope import MasterKey, SealBroken, Sealed, seal, unseal
from runtime.credentials.master_keys import KeyProblem, make_key_file, read_key, read_key_file

KEY = MasterKey(bytes(range(32)))
OTHER = MasterKey(bytes(reversed(range(32))))
PLACE = "tenant|credential|1"


@given(st.binary(max_size=200))
def test_what_was_sealed_opens_again(plaintext: bytes) -> None:
    sealed = seal(plaintext, key=KEY, place=PLACE)

    assert unseal(sealed, keys={KEY.id: KEY}, place=PLACE) == plaintext
    assert len(plaintext) < 4 or plaintext not in sealed.ciphertext + sealed.wrapped_key


def test_each_version_has_its_own_key_and_nonce() -> None:
    first, second = (seal(b"the same", key=KEY, place=PLACE) for _ in range(2))

    assert first.ciphertext != second.ciphertext
    assert first.wrapped_key != second.wrapped_key
    assert first.ciphertext[:12] != second.ciphertext[:12]


@pytest.mark.parametrize("place", ["tenant|credential|2", "other|credential|1", "tenant|other|1", ""])
def test_a_row_in_another_place_does_not_open(place: str) -> None:
    sealed = seal(b"secret", key=KEY, place=PLACE)

    with pytest.raises(SealBroken):
        unseal(sealed, keys={KEY.id: KEY}, place=place)


@pytest.mark.parametrize("part", ["ciphertext", "wrapped_key"])
@pytest.mark.parametrize("position", [0, 12, -1])
def test_a_changed_byte_does_not_open(part: str, position: int) -> None:
    sealed = seal(b"secret", key=KEY, place=PLACE)
    changed = bytearray(getattr(sealed, part))
    changed[position] ^= 1

    with pytest.raises(SealBroken):
        unseal(replace(sealed, **{part: bytes(changed)}), keys={KEY.id: KEY}, place=PLACE)


@pytest.mark.parametrize("stored", [b"", b"short", bytes(12), bytes(28)])
def test_what_was_cut_off_does_not_open(stored: bytes) -> None:
    sealed = seal(b"secret", key=KEY, place=PLACE)

    with pytest.raises(SealBroken):
        unseal(replace(sealed, ciphertext=stored), keys={KEY.id: KEY}, place=PLACE)


def test_a_data_key_of_another_version_does_not_open_it() -> None:
    first, second = (seal(b"secret", key=KEY, place=PLACE) for _ in range(2))

    with pytest.raises(SealBroken):
        unseal(Sealed(first.ciphertext, second.wrapped_key, KEY.id), keys={KEY.id: KEY}, place=PLACE)


def test_without_its_master_key_it_does_not_open() -> None:
    sealed = seal(b"secret", key=KEY, place=PLACE)

    with pytest.raises(KeyError):
        unseal(sealed, keys={OTHER.id: OTHER}, place=PLACE)
    with pytest.raises(SealBroken):
        unseal(sealed, keys={KEY.id: OTHER}, place=PLACE)


def test_a_key_shows_its_id_alone() -> None:
    assert KEY.id != OTHER.id
    assert repr(KEY) == "MasterKey()"
    with pytest.raises(ValueError, match="32 bytes, not 5"):
        MasterKey(b"short")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not base64!", "KEY is not base64"),
        ("ä" * 44, "KEY is not base64"),
        (base64.b64encode(b"short").decode(), "KEY holds 5 bytes instead of 32"),
        ("", "KEY holds 0 bytes instead of 32"),
    ],
)
def test_a_key_that_cannot_be_says_why_and_how_to_make_one(text: str, said: str) -> None:
    with pytest.raises(KeyProblem) as caught:
        read_key(text, "KEY")

    assert said in str(caught.value)
    assert "openssl rand -base64 32" in str(caught.value)
    assert not text or text not in str(caught.value)


def test_the_file_of_a_key_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "credentials.key"
    found: list[MasterKey] = []
    threads = [threading.Thread(target=lambda: found.append(make_key_file(path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({key.id for key in found}) == 1
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert [each.name for each in path.parent.iterdir()] == ["credentials.key"]


def test_no_file_is_no_key_and_a_broken_one_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "credentials.key"

    assert read_key_file(path) is None
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(KeyProblem, match="it is not text"):
        read_key_file(path)


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    with pytest.raises(KeyProblem, match="cannot be read: Is a directory"):
        read_key_file(tmp_path)
