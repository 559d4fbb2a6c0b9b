"""Cases of Cedar, Casbin and XACML. Every case in which we differ on purpose is named here."""

from __future__ import annotations

from collections import Counter

from accounts.access import PolicyError
from tests.unit.access.casbin_cases import decide_casbin
from tests.unit.access.cases import cases_of
from tests.unit.access.cedar_cases import decide_cedar
from tests.unit.access.xacml_cases import Inexpressible, Translator

# A policy that denies is stronger than any that allows; Casbin's priorities take the first or the nearest.
CASBIN_PRIORITIES = {
    "test_enforce_priority": 2,
    "test_enforce_subpriority": 2,
    "test_enforce_subpriority_with_domain": 2,
}
# The same, of XACML's algorithms that let a permit override a deny.
XACML_PERMIT_OVERRIDES = {
    "IID009", "IID013", "IID311", "IID312", "IID316", "IID317", "IID331", "IID333", "IIIA005", "IIIA017",
    "IIIA305", "IIIA317",
}  # fmt: skip
# Texts have no order here, and numbers are finite and at most 10^15: such policies are refused.
XACML_REFUSED = {
    "IIC062", "IIC063", "IIC074", "IIC075", "IIC108", "IIC109", "IIC350", "IIC351", "IIC352", "IIC353",
    "IIC354", "IIC355", "IIC356", "IIC357",
}  # fmt: skip
# About the issuer of an attribute, which the file leaves out: they read as IIA001 does, a permit.
XACML_WITHOUT_ISSUER = {"IIB021", "IIB037"}


def test_cedar_s_decisions_and_reasons_are_ours() -> None:
    asked = 0
    for case in cases_of("cedar_handwritten"):
        for request in case["requests"]:
            decision = decide_cedar(case, request)

            assert decision.allowed is (request["decision"] == "allow"), case["name"]
            assert set(decision.policies) <= set(request["reason"]), case["name"]
            assert not request["errors"]
            asked += 1
    assert asked == 58


def test_casbin_s_decisions_are_ours_but_for_its_priorities() -> None:
    differs: Counter[str] = Counter()
    asked = 0
    for case in cases_of("casbin_enforce"):
        for request in case["requests"]:
            decision = decide_casbin(case, request)

            asked += 1
            if decision.allowed is not request["allowed"]:
                assert not decision.allowed
                differs[case["test"]] += 1
    assert asked == 85
    assert differs == CASBIN_PRIORITIES


def test_xacml_s_decisions_are_ours_as_far_as_our_words_go() -> None:
    """What is neither permitted nor denied there, or cannot be told, is denied here."""
    answers: Counter[str] = Counter()
    differs, refused = set(), set()
    cases = {case["name"]: case for case in cases_of("xacml3_mandatory")}
    for name, case in cases.items():
        try:
            decision = Translator(case).decide()
        except Inexpressible:
            answers["inexpressible"] += 1
        except PolicyError:
            refused.add(name)
        else:
            answers["asked"] += 1
            if decision.allowed is not (case["decision"] == "Permit"):
                differs.add(name)
    assert refused == XACML_REFUSED
    assert differs == XACML_PERMIT_OVERRIDES | XACML_WITHOUT_ISSUER
    assert all("permit" in alg for name in XACML_PERMIT_OVERRIDES for alg in _overriding(cases[name]))
    for name in XACML_WITHOUT_ISSUER:
        same = {key: cases[name][key] for key in ("policy", "request")}
        assert same == {key: cases["IIA001"][key] for key in same}
    assert answers == {"asked": 214, "inexpressible": 219}


def _overriding(case: dict[str, object]) -> set[str]:
    return {alg for alg in Translator(case).algorithms() if "permit" in alg}
