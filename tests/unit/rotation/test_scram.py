from __future__ import annotations

import base64

from runtime.rotation.scram import verifier_of


def test_a_verifier_is_the_one_of_the_standard() -> None:
    """The salt and the password of RFC 7677, and what PostgreSQL keeps of them."""
    salt = base64.b64decode("W22ZaJ0SNY7soEsUEjb6gQ==")

    assert verifier_of("pencil", salt=salt) == (
        "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY="
        ":wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU="
    )


def test_each_verifier_has_a_salt_of_its_own() -> None:
    assert verifier_of("pencil") != verifier_of("pencil")
