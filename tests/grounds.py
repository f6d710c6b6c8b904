"""The versions that the tests stand on: of the packages, and of Python.

``make newest`` tells by it which packages are others than in the lock, ``make matrix``
runs the tests on each Python that it finds, and says which it did not find.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCKS = ROOT / "requirements"
PIN = re.compile(r"^([a-z0-9-]+)==([^\s;]+)", re.MULTILINE)

# A t is for free-threaded.
PYTHONS = ("3.11", "3.12", "3.13", "3.13t", "3.14", "3.14t")
WHICH = (
    "import sys, sysconfig; print('{}.{}'.format(*sys.version_info)"
    " + 't' * bool(sysconfig.get_config_var('Py_GIL_DISABLED')))"
)


def locked(name: str) -> dict[str, set[str]]:
    """Return the versions of each package in a lock; several where Pythons differ."""
    found: dict[str, set[str]] = {}
    text = (LOCKS / f"{name}.txt").read_text(encoding="utf-8")
    for package, version in PIN.findall(text):
        found.setdefault(package, set()).add(version)
    return found


def differences() -> list[str]:
    """Return a line for each package that is here in another version than locked."""
    known = locked("dev")
    found = {}
    for package in metadata.distributions():
        name = re.sub("[-_.]+", "-", package.name).lower()
        if name in known and package.version not in known[name]:
            found[name] = f"{' or '.join(sorted(known[name]))} → {package.version}"
    return [f"{name}: {versions}" for name, versions in sorted(found.items())]


def places(version: str) -> list[Path]:
    """Return where Python *version* may be: on the path, of pyenv, of uv."""
    home = Path.home()
    pyenv = Path(os.environ.get("PYENV_ROOT", home / ".pyenv")) / "versions"
    uv = home / ".local" / "share" / "uv" / "python"
    on_path = shutil.which(f"python{version}")
    return [
        *([Path(on_path)] if on_path else []),
        *sorted(pyenv.glob(f"{version.rstrip('t')}*/bin/python{version}")),
        *sorted(uv.glob(f"cpython-{version.rstrip('t')}*/bin/python{version}")),
    ]


def is_python(path: Path, version: str) -> bool:
    """Tell whether *path* runs, and is what it is called."""
    run = subprocess.run(
        [path, "-I", "-c", WHICH], capture_output=True, text=True, check=False
    )
    return run.returncode == 0 and run.stdout.strip() == version


def pythons() -> dict[str, Path]:
    """Return a Python of each version that is on this machine."""
    return {
        version: found[0]
        for version in PYTHONS
        if (found := [path for path in places(version) if is_python(path, version)])
    }


def matrix(venv: str) -> int:
    """Run the tests on every other Python; return 0 where all that are here pass."""
    here, told = pythons(), []
    this = subprocess.check_output([sys.executable, "-c", WHICH], text=True).strip()
    for version in PYTHONS:
        if version == this:
            told.append(f"Python {version}: make test runs on it")
            continue
        if version not in here:
            told.append(f"Python {version}: not found")
            continue
        print(f"\n---- Python {version}, {here[version]}", flush=True)
        command = ["make", "suite", f"PYTHON={here[version]}", f"VENV={venv}-{version}"]
        passed = subprocess.run(command, cwd=ROOT, check=False).returncode == 0
        told.append(f"Python {version}: {'passed' if passed else 'FAILED'}")
    print("\n", *told, sep="\n")
    return int(any(line.endswith("FAILED") for line in told))


def main(what: str, *arguments: str) -> int:
    """Do what the Makefile asks for."""
    if what == "matrix":
        return matrix(*arguments)
    print("Not as in the lock:", *(differences() or ["nothing"]), sep="\n  ")
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
