"""Masks: fields of a value that one reader sees only in part, or not at all."""

from __future__ import annotations

from accounts.access.masks.kinds import MASK_TYPES, REDACTED
from accounts.access.masks.masking import Hit, Masked, Masker
from accounts.access.masks.rules import NO_MASKS, MaskSet

__all__ = ["MASK_TYPES", "NO_MASKS", "REDACTED", "Hit", "MaskSet", "Masked", "Masker"]
