"""Fixtures that every part of the suite shares."""

from __future__ import annotations
