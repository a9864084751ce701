"""Where things lie."""

import os
import shutil
from pathlib import Path

BENCHMARKS = Path(__file__).resolve().parent.parent
PACKAGE = BENCHMARKS.parent
# Under .build and not in /tmp: a temporary folder in memory would make durable writes free.
SCRATCH = PACKAGE / ".build" / "bench"
PROGRAMS = SCRATCH / "programs"


def data_folder() -> Path:
    """The folder of real documents that some figures need."""
    return Path(os.environ.get("SALLYPORT_DATA") or PACKAGE.parent / "shared" / "data")


def fresh_folder(name: str) -> Path:
    """An empty folder under the scratch folder."""
    folder = SCRATCH / name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder
