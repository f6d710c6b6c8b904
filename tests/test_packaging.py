"""What pyproject.toml declares is what is locked, tested, published and linked."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from hatchling.builders.wheel import WheelBuilder
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from packaging.version import Version
from trove_classifiers import classifiers

import grounds

ROOT = Path(__file__).parents[1]
DECLARED = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PROJECT = DECLARED["project"]
RELEASE = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())


def wanted(extra=None):
    """Return what the package needs, and what its *extra* does, in the end."""
    lines = PROJECT["optional-dependencies"][extra] if extra else []
    for requirement in map(Requirement, [*PROJECT["dependencies"], *lines]):
        if requirement.name == "seatbill":
            for name in sorted(requirement.extras):
                yield from wanted(name)
        else:
            yield requirement


WANTED = sorted({str(each) for each in wanted("dev")})


# ------------------------------------------------------------------------------- locks


@pytest.mark.parametrize("text", WANTED)
def test_what_is_declared_is_locked(text):
    requirement = Requirement(text)
    for version in grounds.locked("dev")[canonicalize_name(requirement.name)]:
        assert requirement.specifier.contains(version), "run: make lock"


@pytest.mark.parametrize("text", WANTED)
def test_the_lowest_versions_are_the_lower_bounds(text):
    requirement = Requirement(text)
    (bound,) = (s.version for s in requirement.specifier if s.operator == ">=")
    for version in grounds.locked("lowest")[canonicalize_name(requirement.name)]:
        # A bound of 1.12 may be met by 1.12.20240625, the oldest of its kind.
        shortened = Version(version).release[: len(Version(bound).release)]
        assert Version(".".join(map(str, shortened))) == Version(bound), (
            "run: make lock"
        )


def test_what_the_build_needs_is_locked_too():
    (build,) = map(Requirement, DECLARED["build-system"]["requires"])
    assert str(build) in WANTED


@pytest.mark.parametrize("path", sorted(grounds.LOCKS.glob("*.txt")), ids=str)
def test_a_lock_names_no_place_and_every_file_by_its_hash(path):
    text = path.read_text(encoding="utf-8")
    assert "://" not in text
    assert "(/" not in text
    _, *entries = re.split(r"^(?=[^ #\n])", text, flags=re.MULTILINE)
    assert entries
    for entry in entries:
        pin, *rest = entry.splitlines()
        assert re.fullmatch(r"[a-z0-9-]+==[^\s/:]+( ; [^/:]+)? \\", pin)
        assert re.match(r" +--hash=sha256:[0-9a-f]{64}", rest[0]), pin


def test_a_package_in_another_version_is_told(monkeypatch):
    here = grounds.metadata.version("pytest")
    monkeypatch.setattr(
        grounds, "locked", lambda name: {"pytest": {"0.1", "0.2"}, "other": {"1"}}
    )
    assert grounds.differences() == [f"pytest: 0.1 or 0.2 → {here}"]
    monkeypatch.setattr(grounds, "locked", lambda name: {"pytest": {"0.1", here}})
    assert grounds.differences() == []


# ----------------------------------------------------------------------------- Pythons

SERVED = [
    found[1]
    for line in PROJECT["classifiers"]
    if (found := re.fullmatch(r"Programming Language :: Python :: (3\.\d+)", line))
]


def test_every_version_of_python_that_is_said_is_tried():
    assert sorted({v.rstrip("t") for v in grounds.PYTHONS}, key=Version) == SERVED
    steps = RELEASE["jobs"]["test"]["strategy"]["matrix"]
    assert steps == {"python-version": SERVED}


def test_the_oldest_python_is_said_the_same_everywhere():
    oldest = SERVED[0]
    short = oldest.replace(".", "")
    assert SpecifierSet(PROJECT["requires-python"]) == SpecifierSet(f">={oldest}")
    assert DECLARED["tool"]["ruff"]["target-version"] == f"py{short}"
    assert DECLARED["tool"]["mypy"]["python_version"] == oldest
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert f"--python-version {oldest} " in makefile
    assert f"sys.version_info < ({oldest.replace('.', ', ')})" in makefile


def test_a_python_is_known_by_what_it_says_of_itself(tmp_path, monkeypatch):
    for name, says in [("3.12", "3.12"), ("3.13", "3.12"), ("3.14t", "3.14t")]:
        path = tmp_path / f"python{name}"
        path.write_text(f"#!/bin/sh\necho {says}\n")
        path.chmod(0o755)
    broken = tmp_path / "python3.11"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("PYENV_ROOT", raising=False)
    monkeypatch.setattr(grounds, "PYTHONS", ("3.12", "3.13", "3.14t"))
    kept = tmp_path / ".pyenv" / "versions" / "3.13.0" / "bin"
    kept.mkdir(parents=True)
    (kept / "python3.13").write_text("#!/bin/sh\necho 3.13\n")
    (kept / "python3.13").chmod(0o755)
    assert grounds.pythons() == {
        "3.12": tmp_path / "python3.12",
        "3.13": kept / "python3.13",
        "3.14t": tmp_path / "python3.14t",
    }


# ------------------------------------------------------------------------ what is said


def test_every_classifier_exists():
    assert {*PROJECT["classifiers"]} <= classifiers


def test_every_link_of_the_readme_works_where_the_package_is_shown():
    """On a package index there is no file beside the text."""
    source = PROJECT["urls"]["Source"]
    text = (ROOT / PROJECT["readme"]).read_text(encoding="utf-8")
    targets = re.findall(r"\]\(([^)#]+)[^)]*\)", text)
    assert targets
    for target in [*targets, *PROJECT["urls"].values()]:
        assert target.startswith("https://"), target
        for kind in ("blob", "tree"):
            place = target.partition(f"{source}/{kind}/main/")[2]
            assert (ROOT / place).exists(), target


def test_a_release_is_tested_built_and_published_without_a_password():
    jobs = RELEASE["jobs"]
    assert RELEASE["permissions"] == {}
    assert [jobs[job]["needs"] for job in ("build", "publish")] == ["test", "build"]
    for name, job in jobs.items():
        trusted = {"id-token": "write"} if name == "publish" else {"contents": "read"}
        assert job["permissions"] == trusted
        for step in job["steps"]:
            assert re.fullmatch(r"[\w./-]+@v\d+(\.\d+)*", step.get("uses", "a@v1"))
            assert "secrets." not in str(step)
    publish = jobs["publish"]["steps"][-1]
    assert publish["uses"].startswith("pypa/gh-action-pypi-publish@")
    assert publish["with"] == {"attestations": True}


def test_a_stored_group_is_the_extra_of_its_name():
    assert DECLARED["dependency-groups"]["dev"] == ["seatbill[dev]"]
    stored = grounds.locked("types")
    wanted = [Requirement(each) for each in DECLARED["dependency-groups"]["types"]]
    assert {"django-stubs", "pyright"} == {each.name for each in wanted}
    for each in wanted:
        (version,) = stored[each.name]
        assert each.specifier.contains(version)
    for name in stored.keys() & (dev := grounds.locked("dev")).keys():
        assert stored[name] == dev[name]  # they share an environment


def test_the_wheel_has_the_words_and_the_style_sheets():
    built = WheelBuilder(str(ROOT)).recurse_included_files()
    packed = {Path(file.distribution_path) for file in built}
    source = ROOT / "src"
    data = {*source.rglob("*.mo"), *source.rglob("*.css"), *source.rglob("py.typed")}
    assert len(data) == 5 + 3 + 1
    assert {path.relative_to(source) for path in data} <= packed
    assert not {path.suffix for path in packed} & {".po", ".pot"}
