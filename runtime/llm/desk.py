"""Which models a run may name: on the server the operator's list, in a script that of the workspace."""

from __future__ import annotations

from pathlib import Path
from typing import Final, Protocol

from runtime.llm.budget import Meter, RunTally
from runtime.llm.messages import ModelError
from runtime.llm.models import EMPTY_BOOK, MAX_BOOK_BYTES, ModelBook, read_book

FILE_NAME: Final = "models.json"


class ModelDesk(Meter, Protocol):
    """`services.models`: the models of a run, and what it has used of them."""

    def book(self) -> ModelBook:
        """All models that can be named. Raises `ModelError` (`models_unreadable`)."""
        ...


class FixedModels(RunTally):
    """A list that was read before."""

    def __init__(self, book: ModelBook = EMPTY_BOOK) -> None:
        super().__init__()
        self._book = book

    def book(self) -> ModelBook:
        return self._book


class FolderModels(RunTally):
    """`DIR/models.json`, read each time; without the file there is what is known anyway."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._path = folder / FILE_NAME

    def book(self) -> ModelBook:
        try:
            with self._path.open(encoding="utf-8") as file:
                return read_book(file.read(MAX_BOOK_BYTES + 1))
        except FileNotFoundError:
            return EMPTY_BOOK
        except OSError as error:
            raise _unreadable(self._path, str(error.strerror)) from None
        except ValueError as error:
            raise _unreadable(self._path, str(error)) from None


def _unreadable(path: Path, why: str) -> ModelError:
    return ModelError(f"{path} cannot be used: {why}", code="models_unreadable")
