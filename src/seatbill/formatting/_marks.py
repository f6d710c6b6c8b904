"""Marks for words that stand in a table: the extractor of messages looks for them."""

from __future__ import annotations


def phrase(message: str) -> str:
    """Return *message* as it is; it is translated where it is used."""
    return message


def named(_context: str, message: str) -> str:
    """Return *message* as it is, a word that has a meaning of its own in a context."""
    return message
