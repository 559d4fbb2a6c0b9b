"""Trees, proofs, seals and signatures of the verifier, against published vectors and each other."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from accounts.audit.verify import (
    NOTHING,
    Chain,
    Leaf,
    canonical,
    check_checkpoint,
    check_leaves,
    ed25519_signed,
    inclusion_proof,
    leaf_hash,
    merkle_levels,
    merkle_root,
    proves,
    seal_hash,
)

# RFC 6962's reference leaves and roots, as Certificate Transparency's own tests have them.
LEAVES = [bytes.fromhex(each) for each in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
LEAVES.append(bytes.fromhex("606162636465666768696a6b6c6d6e6f"))
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def hashed(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


@pytest.mark.parametrize("size, root", ROOTS.items())
def test_roots_are_those_of_certificate_transparency(size: int, root: str) -> None:
    assert merkle_root([hashed(each) for each in LEAVES[:size]]).hex() == root


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    assert merkle_root([]) == hashlib.sha256(b"").digest()


@given(st.integers(1, 70), st.data())
def test_every_leaf_is_proved_at_its_place_and_nowhere_else(size: int, data: st.DataObject) -> None:
    leaves = [hashed(bytes([each])) for each in range(size)]
    place = data.draw(st.integers(0, size - 1))
    levels, root = merkle_levels(leaves), merkle_root(leaves)
    proof = inclusion_proof(levels, place)

    assert proves(leaves[place], place, size, proof, root)
    assert not proves(hashed(b"other"), place, size, proof, root)
    assert not any(proves(leaves[place], other, size, proof, root) for other in range(size) if other != place)
    assert not proves(leaves[place], place, size, [*proof, NOTHING], root)


# RFC 8032, section 7.1, tests 1 to 3.
SIGNED = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
        "387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
    ),
]


@pytest.mark.parametrize("key, message, signature", SIGNED)
def test_signatures_are_those_of_the_standard(key: str, message: str, signature: str) -> None:
    parts = [bytes.fromhex(each) for each in (key, message, signature)]

    assert ed25519_signed(*parts)
    assert not ed25519_signed(parts[0], parts[1] + b"x", parts[2])
    assert not ed25519_signed(parts[0], parts[1], parts[2][:-1])
    assert not ed25519_signed(b"\xff" * 32, parts[1], parts[2])


def test_signatures_agree_with_the_library_that_makes_them() -> None:
    for number in range(5):
        private = Ed25519PrivateKey.from_private_bytes(bytes([number]) * 32)
        public, message = private.public_key().public_bytes_raw(), bytes([number]) * number
        signature = private.sign(message)

        assert ed25519_signed(public, message, signature)
        for index in (0, 31, 32, 63):
            wrong = bytearray(signature)
            wrong[index] ^= 1
            assert not ed25519_signed(public, message, bytes(wrong))


def test_documents_are_hashed_in_one_form() -> None:
    assert canonical({"b": [1.0, None], "a": "ü"}) == b'{"a":"\\u00fc","b":[1.0,null]}'


def entry(id: int, xid: int = 5) -> dict[str, object]:
    return {"id": id, "xid": xid}


def seal_of(entries: list[dict[str, object]], **fields: object) -> dict[str, object]:
    last = max((int(str(each["id"])) for each in entries), default=0)
    body = {
        "tenant": None, "number": 1, "at": "", "size": len(entries), "total": len(entries), "last_id": last,
        "cluster": 1, "horizon": 3, "upper": 9, "previous": NOTHING.hex(), "key_id": "k",
        "root": merkle_root([leaf_hash(each) for each in entries]).hex(), "signature": "", **fields,
    }  # fmt: skip
    return {**body, "hash": seal_hash(body).hex()}


def chain(signed: bool = True) -> Chain:
    return Chain({"k": b""}, lambda *_: signed)


def problems(given_seal: dict[str, object], entries: list[dict[str, object]], after: Chain) -> list[str]:
    leaves = [Leaf(place, int(str(each["id"])), each) for place, each in enumerate(entries)]
    return [each.problem for each in check_leaves(after, given_seal, leaves)]


def test_an_entry_of_a_transaction_that_had_ended_before_an_earlier_seal_is_late() -> None:
    known = chain()
    known.note(seal_of([entry(4)], horizon=10, upper=20))
    late, in_time = [entry(5, xid=9)], [entry(5, xid=10)]

    assert problems(seal_of(late, upper=30), late, known) == ["entry_inserted"]
    assert problems(seal_of(in_time, upper=30), in_time, known) == []


def test_an_old_id_of_a_transaction_that_began_after_an_earlier_seal_is_late() -> None:
    known = chain()
    known.note(seal_of([entry(4), entry(8)], horizon=10, upper=20))
    late, slow, new = [entry(6, xid=21)], [entry(6, xid=20)], [entry(9, xid=21)]

    assert problems(seal_of(late, upper=30), late, known) == ["entry_inserted"]
    assert problems(seal_of(slow, upper=30), slow, known) == []
    assert problems(seal_of(new, upper=30), new, known) == []


def test_transactions_are_compared_within_one_database_cluster_alone() -> None:
    known = chain()
    known.note(seal_of([entry(4)], horizon=10_000, upper=20_000))
    restored = [entry(5, xid=7)]

    assert problems(seal_of(restored, cluster=2), restored, known) == []


def test_a_chain_names_the_seal_that_is_missing_or_does_not_follow() -> None:
    first = seal_of([entry(1)])
    second = seal_of([entry(2)], number=2, total=2, previous=first["hash"])
    third = seal_of([entry(3)], number=3, total=3, previous=second["hash"])

    def told(*seals: dict[str, object], signed: bool = True) -> list[str]:
        known = chain(signed)
        return [fault.problem for each in seals for fault in known.follow(each)]

    assert told(first, second, third) == []
    assert told(first, third) == ["seal_missing", "chain_broken", "seal_changed"]
    assert told(first, {**second, "size": 2})[0] == "seal_changed"
    assert told(first, signed=False) == ["bad_signature"]
    assert told({**seal_of([], key_id="other")}) == ["unknown_key"]


def test_a_checkpoint_tells_a_cut_from_a_rewrite() -> None:
    kept = {"number": 3, "hash": "aa"}

    assert check_checkpoint(kept, "aa", 5) is None
    cut, other = check_checkpoint(kept, None, 2), check_checkpoint(kept, "bb", 3)
    assert cut is not None and cut.problem == "truncated"
    assert other is not None and other.problem == "rewritten"
