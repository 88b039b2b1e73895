"""Keeps a learnt model in a folder, so that the next start takes milliseconds. Plain arrays, never pickle.

The key is a hash of the examples, of this package's code and of the versions of what computes with it:
whatever changes, the model is learnt anew.
"""

import fcntl
import hashlib
import os
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from pathlib import Path

import numpy as np

from ai.offline.model import Calibration, Model
from ai.offline.training_set import Example
from ai.offline.vocabulary import Vocabulary

_PACKAGE = Path(__file__).parent
_COMPUTES = ("scikit-learn", "numpy", "scipy", "vadersentiment")
_MOST_KEPT = 4  # models of earlier code or examples, a few megabytes each
_UNREADABLE = (OSError, ValueError, KeyError, EOFError, TypeError, zipfile.BadZipFile)


def fingerprint(examples: Sequence[Example]) -> str:
    """What the learnt model depends on, in 16 hexadecimal digits."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(f"{example.text}\0{example.intent}\0{example.sentiment}\0{example.group}\n".encode())
    for path in (*sorted(_PACKAGE.glob("*.py")), _PACKAGE / "examples" / "concepts.txt"):
        digest.update(path.read_bytes())
    digest.update(" ".join(f"{name} {version(name)}" for name in _COMPUTES).encode())
    return digest.hexdigest()[:16]


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Of processes that start at the same time one learns; the others wait, and then find what it has kept.

    A folder that cannot be written makes nobody wait.
    """
    with ExitStack() as held:
        try:
            folder.mkdir(parents=True, exist_ok=True)
            lock = held.enter_context((folder / "learning.lock").open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX)
        except OSError:
            pass
        yield


def load(folder: Path, key: str) -> Model | None:
    """The kept model, or None if there is none or it cannot be read."""
    try:
        with np.load(_path(folder, key), allow_pickle=False) as kept:
            names = bytes(kept["names"]).decode("utf-8").split("\n")
            calibration = Calibration(*(float(number) for number in kept["calibration"]))
            return Model(Vocabulary(names, kept["idf"]), kept["weights"], kept["offsets"], calibration)
    except _UNREADABLE:
        return None


def keep(folder: Path, key: str, model: Model) -> None:
    """Write it whole or not at all. A folder that cannot be written costs only the next start's time."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=folder, suffix=".part")
    except OSError:
        return
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(
                file,
                names=np.frombuffer("\n".join(model.vocabulary.names).encode("utf-8"), dtype=np.uint8),
                idf=model.vocabulary.weights,
                weights=model.weights,
                offsets=model.offsets,
                calibration=np.asarray(model.calibration.numbers()),
            )
        unfinished.replace(_path(folder, key))
        _forget_old(folder)
    except OSError:
        unfinished.unlink(missing_ok=True)


def _forget_old(folder: Path) -> None:
    models = sorted(folder.glob("offline-*.npz"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in models[_MOST_KEPT:]:
        path.unlink(missing_ok=True)


def _path(folder: Path, key: str) -> Path:
    return folder / f"offline-{key}.npz"
