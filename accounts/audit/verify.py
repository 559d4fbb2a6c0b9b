"""Verifies an exported audit trail of Lockgate with nothing but Python 3.9 or later.

    python3 verify.py [FOLDER] [--checkpoint EARLIER.json] [--key HEX]

FOLDER holds `entries.jsonl`, `seals.jsonl`, `keys.jsonl` and `checkpoint.json` (default: where this file
is). `--checkpoint` names the `checkpoint.json` of an earlier export: what was cut off or rewritten since
is found. `--key` is the public key that you trust, as you have it from elsewhere; without it the key that
came along is taken, which proves that the parts fit each other, and not who signed them.

Entries are leaves of Merkle trees (RFC 6962, section 2.1); each tree's root is in a seal; each seal holds
the hash of the one before and is signed (Ed25519, RFC 8032). Exit: 0 all is as it was written, 1 something
is not, 2 it cannot be read.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import Any

NOTHING = bytes(32)
SEAL_FIELDS = (
    "tenant", "number", "at", "size", "total", "last_id", "cluster", "horizon", "upper", "root", "previous",
    "key_id",
)  # fmt: skip
_SEAL_MARK = b"lockgate audit seal 1\n"


@dataclass(frozen=True)
class Fault:
    """Something is not as it was written: which entry (its id) or seal (its number), and what is wrong."""

    problem: str
    message: str
    seal: int | None = None
    entry: int | None = None


@dataclass(frozen=True)
class Leaf:
    """An entry at its place in a seal's tree. `entry` is None where it is gone; `kept` is its hash then."""

    position: int
    id: int
    entry: dict[str, Any] | None
    kept: bytes | None = None


def canonical(value: Any) -> bytes:
    """The one way in which a JSON value is written where it is hashed."""
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode("ascii")


def leaf_hash(entry: dict[str, Any]) -> bytes:
    return hashlib.sha256(b"\x00" + canonical(entry)).digest()


def merkle_levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """The leaves and each level above them; the last holds the root alone."""
    levels = [list(leaves)]
    while len(levels[-1]) > 1:
        below = levels[-1]
        above = [_node(*below[i : i + 2]) for i in range(0, len(below) - 1, 2)]
        levels.append(above + below[len(below) - len(below) % 2 :])
    return levels


def merkle_root(leaves: Sequence[bytes]) -> bytes:
    return merkle_levels(leaves)[-1][0] if leaves else hashlib.sha256(b"").digest()


def inclusion_proof(levels: Sequence[Sequence[bytes]], position: int) -> list[bytes]:
    """The hashes that lead from the leaf to the root (RFC 6962, section 2.1.1)."""
    proof = []
    for level in levels[:-1]:
        if position ^ 1 < len(level):
            proof.append(level[position ^ 1])
        position >>= 1
    return proof


def proves(leaf: bytes, position: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether the proof leads from the leaf at this position to the root (RFC 9162, section 2.1.3.2)."""
    if not 0 <= position < size:
        return False
    last, found = size - 1, leaf
    for other in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            found = _node(other, found)
            while not position & 1 and position:
                position, last = position >> 1, last >> 1
        else:
            found = _node(found, other)
        position, last = position >> 1, last >> 1
    return last == 0 and found == root


def _node(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def seal_hash(seal: dict[str, Any]) -> bytes:
    """What a seal's signature is over, and what the next seal holds as `previous`."""
    body = {name: seal[name] for name in SEAL_FIELDS}
    return hashlib.sha256(_SEAL_MARK + canonical(body)).digest()


@dataclass
class Chain:
    """Follows the seals of one chain in order. `keys` are public keys by id, of those that are trusted."""

    keys: dict[str, bytes]
    signed: Callable[[bytes, bytes, bytes], bool]
    count: int = 0
    total: int = 0
    last_id: int = 0
    head: dict[str, Any] | None = None
    _seen: dict[int, list[tuple[int, int]]] = field(default_factory=dict)
    _horizons: dict[int, int] = field(default_factory=dict)

    def follow(self, seal: dict[str, Any], *, with_signature: bool = True) -> Iterator[Fault]:
        """What is wrong with the next seal by itself and in its place."""
        number = seal["number"]
        if number != self.count + 1:
            yield Fault("seal_missing", f"seal {self.count + 1} is missing: seal {number} follows", number)
        before = NOTHING.hex() if self.head is None else self.head["hash"]
        if seal["previous"] != before:
            yield Fault("chain_broken", f"seal {number} does not follow the seal before it", number)
        if seal_hash(seal).hex() != seal["hash"]:
            yield Fault("seal_changed", f"seal {number} was changed", number)
        elif with_signature:
            yield from self._check_signature(seal)
        if seal["total"] != self.total + seal["size"]:
            yield Fault("seal_changed", f"seal {number} counts {seal['total']} entries in all", number)
        self.count, self.total, self.head = number, seal["total"], seal

    def note(self, seal: dict[str, Any]) -> None:
        """The entries of this seal are checked: from here on, older ones come too late."""
        cluster = seal["cluster"]
        self.last_id = max(self.last_id, seal["last_id"])
        self._seen.setdefault(cluster, []).append((seal["upper"], self.last_id))
        self._horizons[cluster] = max(self._horizons.get(cluster, 0), seal["horizon"])

    def is_late(self, entry: dict[str, Any], cluster: int) -> bool:
        """Whether the entry was slipped in below an earlier seal.

        Either its transaction had ended when that seal was made, which then did not hold it, or its
        transaction began afterwards and yet it bears an id that had been given out before.
        """
        if entry["xid"] < self._horizons.get(cluster, 0):
            return True
        seen = self._seen.get(cluster, [])
        index = bisect_left(seen, (entry["xid"], 0)) - 1
        return index >= 0 and entry["id"] <= seen[index][1]

    def _check_signature(self, seal: dict[str, Any]) -> Iterator[Fault]:
        number, key_id = seal["number"], seal["key_id"]
        key = self.keys.get(key_id)
        if key is None:
            yield Fault("unknown_key", f"seal {number} is signed with the unknown key {key_id}", number)
        elif not self.signed(key, bytes.fromhex(seal["hash"]), bytes.fromhex(seal["signature"])):
            yield Fault("bad_signature", f"the signature of seal {number} is wrong", number)


def check_leaves(chain: Chain, seal: dict[str, Any], leaves: Sequence[Leaf]) -> Iterator[Fault]:
    """What is wrong with the entries of one seal, all of which are given in the order of their places."""
    number, hashes, before = seal["number"], [], 0
    for expected, leaf in enumerate(leaves):
        fault = _check_leaf(chain, seal, leaf, expected, before)
        if fault is not None:
            yield fault
            return
        assert leaf.entry is not None  # noqa: S101
        hashes.append(leaf_hash(leaf.entry))
        before = leaf.id
    if len(hashes) != seal["size"]:
        message = (
            f"the entries after {before} are gone: seal {number} has {seal['size']}, {len(hashes)} are here"
        )
        yield Fault("entry_deleted", message, number, None)
    elif merkle_root(hashes).hex() != seal["root"]:
        first, last = leaves[0].id, leaves[-1].id
        message = f"of the entries {first} to {last} at least one is not as it was sealed in seal {number}"
        yield Fault("entry_changed", message, number, first)


def _check_leaf(
    chain: Chain,
    seal: dict[str, Any],
    leaf: Leaf,
    expected: int,
    before: int,
) -> Fault | None:
    number, id = seal["number"], leaf.id
    where = f"in seal {number} at place {leaf.position}"
    if leaf.position < expected or leaf.position >= seal["size"]:
        return Fault("entry_inserted", f"entry {id} {where} was not sealed there", number, id)
    if leaf.position > expected:
        after = f"after entry {before}" if before else "at its beginning"
        return Fault(
            "entry_deleted", f"an entry of seal {number} is gone, {after} and before {id}", number, id
        )
    if leaf.entry is None:
        return Fault("entry_deleted", f"entry {id}, sealed {where}, is gone", number, id)
    if leaf.kept is not None and leaf_hash(leaf.entry) != leaf.kept:
        return Fault("entry_changed", f"entry {id} is not as it was sealed {where}", number, id)
    if id <= before:
        return Fault("entry_reordered", f"entry {id} stands after {before} in seal {number}", number, id)
    if leaf.entry["xid"] > seal["upper"] or chain.is_late(leaf.entry, seal["cluster"]):
        return Fault("entry_inserted", f"entry {id} {where} was slipped in later", number, id)
    return None


def check_checkpoint(checkpoint: dict[str, Any], found: str | None, count: int) -> Fault | None:
    """Compares with what an earlier export ended at: `found` is the hash of the seal of that number now."""
    number = checkpoint["number"]
    if number > count:
        message = f"the trail was cut off: it has {count} seals, and had {number} at the checkpoint"
        return Fault("truncated", message, number)
    if found != checkpoint["hash"]:
        return Fault("rewritten", f"seal {number} is not the one of the checkpoint", number)
    return None


# Ed25519, RFC 8032 section 6, in extended coordinates: only to verify, so nothing here is secret.
_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, _P - 2, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
_Point = tuple[int, int, int, int]


def ed25519_signed(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the signature over the message was made with the private half of the key."""
    a = _decompress(key)
    r = _decompress(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if len(signature) != 64 or a is None or r is None or s >= _ORDER:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % _ORDER
    left, right = _times(s, _BASE), _add(r, _times(h, a))
    return (left[0] * right[2] - right[0] * left[2]) % _P == 0 and (
        left[1] * right[2] - right[1] * left[2]
    ) % _P == 0


def _add(p: _Point, q: _Point) -> _Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % _P, (p[1] + p[0]) * (q[1] + q[0]) % _P
    c, d = 2 * p[3] * q[3] * _D % _P, 2 * p[2] * q[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % _P, g * h % _P, f * g % _P, e * h % _P)


def _times(scalar: int, point: _Point) -> _Point:
    total: _Point = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            total = _add(total, point)
        point, scalar = _add(point, point), scalar >> 1
    return total


def _decompress(text: bytes) -> _Point | None:
    if len(text) != 32:
        return None
    y = int.from_bytes(text, "little")
    sign, y = y >> 255, y & (1 << 255) - 1
    if y >= _P:
        return None
    square = (y * y - 1) * pow(_D * y * y + 1, _P - 2, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return (x, y, 1, x * y % _P)


_BASE_POINT = _decompress((4 * pow(5, _P - 2, _P) % _P).to_bytes(32, "little"))
assert _BASE_POINT is not None  # noqa: S101
_BASE: _Point = _BASE_POINT


def check_export(folder: Path, checkpoint: dict[str, Any] | None, key: str | None) -> Iterator[Fault]:
    """What is wrong with an export. Raises what `main` catches for a folder that holds none."""
    own = json.loads((folder / "checkpoint.json").read_text("utf-8"))
    keys = {each["id"]: bytes.fromhex(each["public"]) for each in _lines(folder / "keys.jsonl")}
    chain = Chain(keys, ed25519_signed)
    seals = {seal["number"]: seal for seal in _lines(folder / "seals.jsonl")}
    # The chain of hashes vouches for what lies before a signature.
    ends = {seal["key_id"]: number for number, seal in seals.items()}
    hashes, is_whole, checked = {}, own["selection"] is None, Chain(keys, ed25519_signed)
    for number, seal in seals.items():
        yield from chain.follow(seal, with_signature=ends[seal["key_id"]] == number)
        hashes[number] = seal["hash"]
    if key is not None and chain.head is not None and keys.get(chain.head["key_id"], b"").hex() != key:
        yield Fault("unknown_key", "the newest seal is not signed with the key that you trust", chain.count)
    for known in (own["seal"], checkpoint):
        fault = None if known is None else check_checkpoint(known, hashes.get(known["number"]), chain.count)
        if fault is not None:
            yield fault
    found = 0
    for number, group in groupby(_lines(folder / "entries.jsonl"), key=lambda line: line["seal"]):
        if number not in seals or number <= found:
            first = next(group)["entry"]["id"]
            yield Fault("entry_reordered", f"entry {first} stands at the wrong place", number, first)
            return
        for missing in range(found + 1, number):
            if is_whole:
                yield Fault("entry_deleted", f"the entries of seal {missing} are gone", missing)
            checked.note(seals[missing])
        yield from _check_lines(checked, seals[number], list(group), is_whole)
        checked.note(seals[number])
        found = number
    if is_whole and found < chain.count:
        yield Fault("entry_deleted", f"the entries of seal {found + 1} are gone", found + 1)


def _check_lines(
    chain: Chain, seal: dict[str, Any], lines: Sequence[dict[str, Any]], is_whole: bool
) -> Iterator[Fault]:
    before = -1
    for line in lines:
        entry, position = line["entry"], line["position"]
        proof = [bytes.fromhex(each) for each in line["proof"]]
        if position <= before:
            message = f"entry {entry['id']} stands after place {before} of seal {seal['number']}"
            yield Fault("entry_reordered", message, seal["number"], entry["id"])
            return
        if not proves(leaf_hash(entry), position, seal["size"], proof, bytes.fromhex(seal["root"])):
            message = f"entry {entry['id']} is not as it was sealed in seal {seal['number']}"
            yield Fault("entry_changed", message, seal["number"], entry["id"])
            return
        before = position
    if is_whole:
        leaves = [Leaf(line["position"], line["entry"]["id"], line["entry"]) for line in lines]
        yield from check_leaves(chain, seal, leaves)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield json.loads(line)


def main() -> int:
    options = argparse.ArgumentParser(description="Verifies an exported audit trail of Lockgate.")
    options.add_argument("folder", nargs="?", type=Path, default=Path(__file__).resolve().parent)
    options.add_argument("--checkpoint", type=Path, help="the checkpoint.json of an earlier export")
    options.add_argument("--key", help="the public key that you trust, in hexadecimal")
    given = options.parse_args()
    try:
        earlier = json.loads(given.checkpoint.read_text("utf-8"))["seal"] if given.checkpoint else None
        faults = list(check_export(given.folder, earlier, given.key))
        own = json.loads((given.folder / "checkpoint.json").read_text("utf-8"))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        print(f"This cannot be read as an export: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
    for fault in faults:
        print(f"WRONG  {fault.problem}: {fault.message}")
    if faults:
        return 1
    sealed, number = (own["seal"]["total"], own["seal"]["number"]) if own["seal"] else (0, 0)
    what = "a selection of the entries" if own["selection"] else f"all {sealed} entries"
    print(f"OK  {what} in {number} seals, as they were written. Signed with {own['public_key'] or 'no key'}.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
