from __future__ import annotations

from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest

from accounts.access import REDACTED, Hit, MaskSet, PolicyError, Resource, Subject
from accounts.access.masks.ranges import label_for, read_ranges

READER = Subject(UUID(int=3), UUID(int=1), attributes={"clearance": "confidential", "access_level": 5})
RANGES = ["< $1M", "$1M-$10M", "$10M-$50M", "> $50M"]
KEY = b"k" * 32


def mask(data: Any, rules: Any, reader: Subject = READER, **more: Any) -> Any:
    masker = MaskSet.compile(rules, key=KEY).for_reader(reader, **more)
    return data if masker is None else masker.apply(data).value


def kind(mask_type: str, **options: Any) -> dict[str, Any]:
    return {"x": {"mask_type": mask_type, **options}}


@pytest.mark.parametrize(
    ("rule", "values"),
    [
        (kind("redact"), {"secret": REDACTED, 5: REDACTED, None: REDACTED}),
        (kind("nullify"), {"secret": None, 5: None}),
        (kind("replace", value="n/a"), {"secret": "n/a", 5: "n/a"}),
        (
            kind("partial", visible_chars=4),
            {
                "123-45-6789": "***-**-6789",
                "1234": "****",
                "12345": "*2345",
                "a-b": "*-*",
                "!?§": REDACTED,
                "äöü 42": "*öü 42",
                123456: "**3456",
                True: REDACTED,
                None: None,
                "": "",
            },
        ),
        (kind("partial", visible_chars=0), {"ab-1": "**-*"}),
        (
            kind("email"),
            {"jo@corp.com": "j***@corp.com", "j@corp.com": "***@corp.com", "x": REDACTED, 5: REDACTED},
        ),
        (
            kind("range", ranges=RANGES),
            {
                -1: "< $1M",
                999_999.99: "< $1M",
                1_000_000: "$1M-$10M",
                9_999_999: "$1M-$10M",
                10_000_000: "$10M-$50M",
                50_000_000: "$10M-$50M",
                50_000_000.01: "> $50M",
                Decimal("2e6"): "$1M-$10M",
                "$2,500,000": "$1M-$10M",
                "2.5M": "$1M-$10M",
                "much": REDACTED,
                True: REDACTED,
                None: None,
            },
        ),
        (kind("round", to=1000), {52_400: 52_000, 52_600.5: 53_000, -400: 0, "52400": REDACTED}),
        (kind("round", to=0.5), {1.3: 1.5}),
        (
            kind("date_truncate", unit="month"),
            {
                "2026-03-04": "2026-03",
                datetime(2026, 3, 4, 5, tzinfo=UTC): "2026-03",
                date(2026, 3, 4): "2026-03",
                "soon": REDACTED,
                5: REDACTED,
            },
        ),
    ],
)
def test_what_a_mask_makes_of_values(rule: Any, values: dict[Any, Any]) -> None:
    assert {value: mask({"x": value}, rule)["x"] for value in values} == values


def test_a_dropped_field_is_gone() -> None:
    assert mask({"x": 1, "y": 2}, kind("drop")) == {"y": 2}


def test_a_hash_is_the_same_for_the_same_value_under_the_same_key() -> None:
    first, again, other = (mask({"x": value}, kind("hash"))["x"] for value in ("a", "a", "b"))
    elsewhere = MaskSet.compile(kind("hash"), key=b"other").for_reader(READER)

    assert first == again != other
    assert elsewhere is not None and elsewhere.apply({"x": "a"}).value["x"] != first
    assert "a" not in {first, other}


@pytest.mark.parametrize("mask_type", ["partial", "email", "hash", "round"])
def test_lists_are_masked_item_by_item_and_objects_whole(mask_type: str) -> None:
    options = {"to": 10} if mask_type == "round" else {}
    masked = mask({"x": ["secret value", {"in": "secret value"}]}, kind(mask_type, **options))

    assert len(masked["x"]) == 2
    assert masked["x"][1] == REDACTED
    assert "secret value" not in str(masked)


@pytest.mark.parametrize(
    ("field", "masked"),
    [
        ("ssn", ["ssn", "person.ssn", "people[0].ssn", "people[0].spouse.ssn"]),
        ("person.ssn", ["person.ssn"]),
        ("people[*].ssn", ["people[0].ssn"]),
        ("people.ssn", ["people[0].ssn"]),
        ("**.spouse.ssn", ["people[0].spouse.ssn"]),
        ("*.ssn", ["person.ssn", "people[0].ssn"]),
        ("people", ["people"]),
        ('person["e.mail"]', ["person.e.mail"]),
    ],
)
def test_which_fields_a_rule_reaches(field: str, masked: list[str]) -> None:
    data = {
        "ssn": "1",
        "person": {"ssn": "2", "e.mail": "m"},
        "people": [{"ssn": "3", "spouse": {"ssn": "4"}}],
    }
    found = mask(data, [{"key": "k", "field": field, "mask_type": "redact"}])

    places = {
        "ssn": found["ssn"],
        "person.ssn": found["person"]["ssn"],
        "person.e.mail": found["person"]["e.mail"],
        "people": found["people"],
    }
    if found["people"] != REDACTED:
        places["people[0].ssn"] = found["people"][0]["ssn"]
        places["people[0].spouse.ssn"] = found["people"][0]["spouse"]["ssn"]
    assert {place for place, value in places.items() if value == REDACTED} == set(masked)


def test_what_was_masked_is_told_once_for_all_rows() -> None:
    masker = MaskSet.compile({"ssn": {"mask_type": "redact", "label": "Applicants"}}).for_reader(READER)

    assert masker is not None
    masked = masker.apply([{"ssn": "1"}, {"ssn": "2"}], prefix=("result", "rows"))

    assert masked.hits == [Hit("result.rows[*].ssn", "ssn", "redact", "Applicants")]


@pytest.mark.parametrize("prefix", [("result", "ssn"), ("result", "ssn", "digits"), ("rows", 3, "ssn")])
def test_a_value_below_a_masked_field_is_masked(prefix: tuple[str | int, ...]) -> None:
    masker = MaskSet.compile({"ssn": {"mask_type": "redact"}}).for_reader(READER)

    assert masker is not None
    assert masker.apply("123-45-6789", prefix).value == REDACTED


def below(level: str) -> dict[str, Any]:
    return {"attribute_path": "user.clearance", "operator": "security_level_below", "value": level}


def test_the_condition_says_for_whom() -> None:
    rule = {"x": {"mask_type": "redact", "condition": below("secret")}}

    assert mask({"x": 1}, rule) == {"x": REDACTED}
    assert mask({"x": 1}, {"x": {"mask_type": "redact", "condition": below("internal")}}) == {"x": 1}


def test_a_record_may_decide_by_its_own_fields() -> None:
    european = {"attribute_path": "data.country", "operator": "in", "value": ["DE", "FR"]}
    rule = {"x": {"mask_type": "redact", "condition": european}}
    rows = [{"x": 1, "country": "DE"}, {"x": 2, "country": "US"}, {"x": 3}, {"x": 4, "country": 49}]

    assert [row["x"] for row in mask(rows, rule)] == [REDACTED, 2, REDACTED, REDACTED]


@pytest.mark.parametrize(
    ("resource", "value"),
    [
        (Resource("node", "load", None), REDACTED),
        (Resource("node", "other", None), 1),
        (Resource("dataset", "load", None), 1),
        (None, 1),
    ],
)
def test_a_rule_names_resources(resource: Resource | None, value: Any) -> None:
    rule = {
        "key": "k", "field": "x", "mask_type": "redact", "resource_type": "node", "resources": ["load"]
    }  # fmt: skip

    assert mask({"x": 1}, [rule], resource=resource) == {"x": value}


@pytest.mark.parametrize("status", ["draft", "disabled"])
def test_only_active_rules_mask(status: str) -> None:
    assert mask({"x": 1}, kind("redact", status=status)) == {"x": 1}


@pytest.mark.parametrize(
    ("rules", "value"),
    [
        ([("partial", {"visible_chars": 4}), ("redact", {})], REDACTED),
        ([("partial", {"visible_chars": 4}), ("partial", {"visible_chars": 2})], "******89"),
        ([("round", {"to": 10}), ("round", {"to": 1000000})], 123000000),
        ([("range", {"ranges": ["< 5", "5+"]}), ("range", {"ranges": ["< 9", "9+"]})], REDACTED),
        ([("nullify", {}), ("redact", {})], None),
    ],
)
@pytest.mark.parametrize("turn", [1, -1])
def test_the_strictest_rule_wins_in_any_order(rules: Any, value: Any, turn: int) -> None:
    documents = [
        {"key": str(at), "field": "x", "mask_type": name, **options}
        for at, (name, options) in enumerate(rules[::turn])
    ]

    assert mask({"x": 123456789 if "round" in str(rules) else "12345689"}, documents) == {"x": value}


@pytest.mark.parametrize(
    ("rules", "where"),
    [
        (kind("blur"), "masks.x.mask_type"),
        (kind("partial", to=3), "masks.x.mask_type"),
        (kind("partial", visible_chars=-1), "masks.x.mask_type"),
        (kind("range"), "masks.x.mask_type"),
        (kind("range", ranges=["< 1", "2-3"]), "masks.x.mask_type"),
        (kind("range", ranges=["< 2", "1-3"]), "masks.x.mask_type"),
        (kind("range", ranges=["lots"]), "masks.x.mask_type"),
        (kind("round", to=0), "masks.x.mask_type"),
        (kind("date_truncate", unit="week"), "masks.x.mask_type"),
        (kind("replace"), "masks.x.mask_type"),
        (kind("redact", colour="red"), "masks.x.colour"),
        (kind("redact", status="shadow"), "masks.x.status"),
        (kind("redact", condition=below("cosmic")), "masks.x.condition.value"),
        ([{"key": "k", "field": "a..b", "mask_type": "redact"}], "masks[0].field"),
        ([{"key": "k", "field": "a.**", "mask_type": "redact"}], "masks[0].field"),
        ([{"key": "", "field": "a", "mask_type": "redact"}], "masks[0].key"),
        ([5], "masks[0]"),
    ],
)
def test_a_bad_rule_is_refused_with_its_place(rules: Any, where: str) -> None:
    with pytest.raises(PolicyError) as caught:
        MaskSet.compile(rules)

    assert [problem.path for problem in caught.value.problems] == [where]


def test_what_cannot_be_looked_through_is_not_shown() -> None:
    deep: Any = "secret"
    for _ in range(150):
        deep = {"in": deep}

    assert "secret" not in str(mask({"a": deep, "b": {1, 2}, "c": object()}, kind("redact")))


def test_masking_never_changes_the_data_and_never_shows_without_the_attribute() -> None:
    """Random data and rules: the data stays, and a rule without what it asks for hides every value."""
    ways = ["redact", "nullify", "drop", "partial", "hash", "email"]
    for seed in range(1_500):
        rnd = Random(seed)
        data = _data(rnd)
        before = deepcopy(data)
        condition = rnd.choice([None, below("secret"), {"not": {"not": below("internal")}}])
        rules = [
            {"key": str(at), "field": rnd.choice(["a", "b.c", "**.d", "*.a"]), "mask_type": rnd.choice(ways),
             **({"condition": condition} if condition else {})}
            for at in range(rnd.randint(1, 3))
        ]  # fmt: skip
        nobody = Subject(UUID(int=3), UUID(int=1))

        masked = mask(data, [*rules, {"key": "all", "field": "a", "mask_type": "redact",
                                      "condition": below("public")}], nobody)  # fmt: skip

        assert data == before, f"seed {seed}"
        assert "hidden" not in str(_values_of("a", masked)), f"seed {seed}"


def _data(rnd: Random, depth: int = 0) -> Any:
    kind_ = rnd.random()
    if depth > 3 or kind_ < 0.3:
        return rnd.choice(["hidden text", "hidden@corp.com", 12345, None, True])
    if kind_ < 0.5:
        return [_data(rnd, depth + 1) for _ in range(rnd.randint(0, 3))]
    return {key: _data(rnd, depth + 1) for key in rnd.sample("abcd", rnd.randint(0, 4))}


def _values_of(name: str, data: Any) -> list[Any]:
    if isinstance(data, list):
        return [value for item in data for value in _values_of(name, item)]
    if not isinstance(data, dict):
        return []
    return [
        value for key, item in data.items() for value in ([item] if key == name else _values_of(name, item))
    ]


def test_a_label_owns_its_range_half_open() -> None:
    ranges = read_ranges(["<= 10", "> 10"])

    assert label_for(Decimal(10), ranges) == "<= 10"
    assert label_for(Decimal("10.1"), ranges) == "> 10"
    assert label_for(Decimal(5), read_ranges(["10-20"])) is None
