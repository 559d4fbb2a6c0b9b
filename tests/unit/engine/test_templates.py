from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.engine.templates import UnknownTemplateName, resolve, template_names

NAMES = {"n": 5, "host": "h", "list": [1, None], "sly": "${n}"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${n}", 5),
        ("${ n }", 5),
        ("n=${n}", "n=5"),
        ("${host}:${n}", "h:5"),
        ("$${n}", "${n}"),
        ("$$${n}", "$${n}"),
        ("${list}", [1, None]),
        ("a${list}", "a[1, null]"),
        ("${sly}", "${n}"),
        ("x${sly}", "x${n}"),
        ("$n {n} $", "$n {n} $"),
        ("${", "${"),
    ],
)
def test_templates_are_replaced_once_from_left_to_right(text, expected):
    assert resolve(text, NAMES) == expected


def test_verbatim_keys_are_left_alone_at_any_depth():
    config = {"code": "${n}", "rules": [{"expression": "${n}", "label": "${n}"}]}

    assert resolve(config, NAMES, verbatim={"code", "expression"}) == {
        "code": "${n}",
        "rules": [{"expression": "${n}", "label": 5}],
    }
    assert template_names(config, verbatim={"code", "expression"}) == {"n"}


def test_an_unknown_name_is_an_error():
    with pytest.raises(UnknownTemplateName, match="nope"):
        resolve({"a": ["x${nope}"]}, NAMES)


@given(st.text())
def test_text_without_a_template_is_kept(text):
    if "${" not in text:
        assert resolve(text, {}) == text
