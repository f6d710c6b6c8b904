"""The house stands: imports point down, and nothing below the shell looks outside.

The modules are read, not imported.  A new module needs its floor in `FLOORS`.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

import pytest
from floors import (
    SHELL,
    Modules,
    importers_of,
    imports_of,
    inner_imports,
    measured_floors,
    modules_of,
    room_of,
)

# What is written here is held against the imports; `docs/_ext/floors.py` reads them.
FLOORS = {
    "errors": 1,
    "_values": 2,
    "limits": 3,
    "money": 3,
    "notices": 3,
    "parties": 3,
    "periods": 3,
    "_variants": 4,
    "credit": 4,
    "discounts": 4,
    "payments": 4,
    "plans": 4,
    "proration": 4,
    "seats": 4,
    "taxes": 4,
    "terms": 4,
    "wallets": 5,
    "catalogs": 5,
    "invoices": 5,
    "licences": 5,
    "rules": 5,
    "combining": 6,
    "forecasts": 6,
    "subscriptions": 6,
    "corrections": 7,
    "verification": 7,
    "_engine": 7,
    "access": 7,
    "revenue": 7,
    "formatting": 8,
    "lifecycle": 8,
    "rulebooks": 8,
    "allowances": 9,
    "einvoices": 9,
    "hosting": 9,
    "quotes": 9,
    "rebilling": 9,
    "reviews": 9,
    "views": 9,
    "converters": 10,
    "documents": 10,
    "testing": 10,
    "_shell": 11,
    "arrow": 11,
    "ext": 11,
}

# Third-party packages: those of the core, and those of one module or package alone.
CORE_PACKAGES = {"attr", "attrs", "dateutil"}
EXTRA_PACKAGES = {
    "arrow": {"pyarrow"},
    "formatting": {"babel"},
    "converters": {"cattr", "cattrs"},
    "einvoices": {"facturx"},
    "documents": {"segno"},
    "ext.django": {"django"},
    "ext.pydantic": {"pydantic", "pydantic_core"},
    "ext.sqlalchemy": {"sqlalchemy"},
    "forecasts": {"numpy"},
    "testing": {"hypothesis"},
}

# What `import seatbill` must not load: extras, and what makes a start slow.
HEAVY = {
    "asyncio",
    "babel",
    "cattr",
    "cattrs",
    "dateutil.parser",
    "dateutil.rrule",
    "dateutil.tz",
    "dateutil.zoneinfo",
    "facturx",
    "hypothesis",
    "logging",
    "lxml",
    "numpy",
    "pyarrow",
    "pytest",
    "segno",
    "unittest",
    "zoneinfo",
}

# What few bills need, and what is imported when it is first asked for.
LATER = {
    f"seatbill.{name}"
    for name in ("subscriptions.changes", "_engine.apply", "_variants", "seats")
}

# What one module may do that no other may.  Catalogues of words and style sheets are
# data of the package, and package data is code: the same wherever it is installed.
EXCUSED = {
    "converters._resources": {"importlib.resources"},
    "formatting._catalogues": {"importlib.resources"},
    "documents._stylesheets": {"importlib.resources"},
    "testing._law": {"decimal.localcontext"},
}

# Modules and names that read a clock, a file, the environment, the ambient context
# or chance; a name also stands for everything below it.
IMPURE = {
    "builtins.__import__",
    "builtins.breakpoint",
    "builtins.input",
    "builtins.open",
    "builtins.print",
    "decimal.DefaultContext",
    "decimal.getcontext",
    "decimal.localcontext",
    "decimal.setcontext",
    "getpass",
    "glob",
    "http",
    "importlib.metadata",
    "importlib.resources",
    "io.FileIO",
    "io.open",
    "locale",
    "logging",
    "os",
    "pathlib",
    "pkgutil",
    "platform",
    "random",
    "secrets",
    "shutil",
    "socket",
    "sqlite3",
    "subprocess",
    "sys.argv",
    "sys.stderr",
    "sys.stdin",
    "sys.stdout",
    "tempfile",
    "time",
    "urllib",
    "uuid",
    "warnings",
    "zoneinfo",
}
CLOCKS = {"now", "today", "utcnow", "fromtimestamp", "utcfromtimestamp"}


def parsed(sources: Mapping[str, str]) -> Modules:
    """Return the syntax trees of *sources*, for trying the checks."""
    return {name: ast.parse(source) for name, source in sources.items()}


def floor_of(module: str) -> int | None:
    """Return the floor of the room that *module* is in."""
    return FLOORS.get(room_of(module))


def without_a_floor(modules: Modules) -> list[str]:
    """Return the modules that `FLOORS` does not know."""
    return [m for m in modules if m != "__init__" and floor_of(m) is None]


def not_downward(modules: Modules) -> list[str]:
    """Return each import inside the package that does not point down."""
    problems = []
    graph: dict[str, set[str]] = {}
    for module, tree in modules.items():
        if module == "__init__":
            continue
        floor = floor_of(module)
        for target, line in inner_imports(module, tree, {*modules, *FLOORS, SHELL}):
            if target == "__init__":
                if module != SHELL:
                    problems.append(f"{module}:{line} imports the package itself")
                continue
            graph.setdefault(module, set()).add(target)
            below = floor_of(target)
            if floor is None or below is None:
                problems.append(f"{module}:{line} imports {target}: floor unknown")
            elif below >= floor and room_of(target) != room_of(module):
                problems.append(
                    f"{module}:{line} (floor {floor}) imports {target} (floor {below})"
                )
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        problems.append("a circle of imports: " + " -> ".join(error.args[1]))
    return problems


def foreign(modules: Modules) -> list[str]:
    """Return each import of a package that the importing module may not use."""
    problems = []
    for module, tree in modules.items():
        room = EXTRA_PACKAGES.get(room_of(module), set())
        extra = EXTRA_PACKAGES.get(module, room)
        allowed = {"seatbill"} | sys.stdlib_module_names | CORE_PACKAGES | extra
        for name, line in imports_of(module, tree):
            if name.partition(".")[0] not in allowed:
                problems.append(f"{module}:{line} imports {name}")
    return problems


def impure(modules: Modules) -> list[str]:
    """Return each use of the world outside, the shell's aside."""
    problems = []
    for module, tree in modules.items():
        if module.partition(".")[0] in (SHELL, "_shell"):
            continue
        excused = EXCUSED.get(module, set())
        problems += [
            f"{module}:{line} imports {name}"
            for name, line in imports_of(module, tree)
            if is_impure(name) and name not in excused
        ]
        names = local_names(tree)
        for node in ast.walk(tree):
            used = qualified(node, names)
            if used is not None and is_impure(used) and used not in excused:
                problems.append(f"{module}:{node.lineno} uses {used}")
            if isinstance(node, ast.Call) and reads_a_clock(node):
                problems.append(f"{module}:{node.lineno} reads a clock or a local zone")
    return problems


def is_impure(name: str) -> bool:
    parts = name.split(".")
    return any(".".join(parts[: n + 1]) in IMPURE for n in range(len(parts)))


def local_names(tree: ast.Module) -> dict[str, str]:
    """Return what each imported name, and each name of `IMPURE` builtins, means."""
    names = {
        name.partition(".")[2]: name for name in IMPURE if name.startswith("builtins.")
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                names[alias.asname or first] = alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def qualified(node: ast.AST, names: Mapping[str, str]) -> str | None:
    """Return the full name that *node* reads, if it starts from one of *names*."""
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        owner = qualified(node.value, names)
        # `os` in `os.environ` is told once, by its own node.
        return None if owner is None or is_impure(owner) else f"{owner}.{node.attr}"
    return None


def reads_a_clock(call: ast.Call) -> bool:
    """Tell whether *call* is `x.now()` and the like, or `x.astimezone()`."""
    if not isinstance(call.func, ast.Attribute):
        return False
    if call.func.attr == "astimezone":
        return not call.args and not call.keywords
    return call.func.attr in CLOCKS


def more_than_exports(modules: Modules) -> list[str]:
    """Return each statement of an `__init__` that does more than re-export."""
    return [
        f"{module}:{node.lineno} {type(node).__name__}"
        for module, tree in modules.items()
        if module.rpartition(".")[2] == "__init__"
        for position, node in enumerate(tree.body)
        if not is_export(node, first=position == 0)
    ]


def is_export(node: ast.stmt, *, first: bool) -> bool:
    match node:
        case ast.Import() | ast.ImportFrom():
            return True
        case ast.Expr(value=ast.Constant(value=str())):
            return first
        case ast.Assign(targets=[ast.Name(id="__all__" | "__version__")]):
            return True
        case ast.FunctionDef(name="__getattr__" | "__dir__"):
            return True
        case ast.If(test=ast.Name(id="TYPE_CHECKING"), orelse=[]):
            return all(isinstance(n, ast.Import | ast.ImportFrom) for n in node.body)
        case _:
            return False


# ------------------------------------------------------------------ the house itself

HOUSE = modules_of()


def test_every_module_has_a_floor():
    assert without_a_floor(HOUSE) == []


def test_imports_point_down():
    assert not_downward(HOUSE) == []


def test_floors_are_those_that_the_imports_have():
    assert measured_floors(HOUSE) == FLOORS
    assert max(FLOORS.values()) <= 11


def test_only_lifecycle_imports_the_engine():
    assert importers_of("_engine", HOUSE) == {"lifecycle"}


def test_each_module_uses_only_its_own_third_party_packages():
    assert foreign(HOUSE) == []


def test_nothing_below_the_shell_looks_outside():
    assert impure(HOUSE) == []


def test_an_init_only_exports():
    assert more_than_exports(HOUSE) == []


def test_importing_seatbill_loads_nothing_heavy():
    program = (
        "import sys; before = set(sys.modules); import seatbill;"
        "print(*sorted(set(sys.modules) - before))"
    )
    run = subprocess.run(
        [sys.executable, "-I", "-c", program],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    assert HEAVY.isdisjoint(run.stdout.split())
    assert LATER.isdisjoint(run.stdout.split())


# ------------------------------------------------------- the checks can fail, each way


def test_modules_are_found_by_their_dotted_names(tmp_path):
    (tmp_path / "rulebooks").mkdir()
    for name in ("__init__.py", "money.py", "rulebooks/__init__.py", "rulebooks/x.py"):
        (tmp_path / name).write_text('"""Nothing."""\n')
    assert {*modules_of(tmp_path)} == {
        "__init__",
        "money",
        "rulebooks.__init__",
        "rulebooks.x",
    }


def test_a_module_without_a_floor_is_named():
    house = parsed({"money": "", "attic": "", "rulebooks.clockify": "", "__init__": ""})
    assert without_a_floor(house) == ["attic"]


@pytest.mark.parametrize(
    ("module", "source", "problem"),
    [
        pytest.param(
            "money",
            "from .plans import Plan",
            "money:1 (floor 3) imports plans (floor 4)",
            id="relative",
        ),
        pytest.param(
            "money",
            "from . import plans",
            "money:1 (floor 3) imports plans (floor 4)",
            id="the module itself",
        ),
        pytest.param(
            "money",
            "from seatbill.plans import Plan",
            "money:1 (floor 3) imports plans (floor 4)",
            id="absolute",
        ),
        pytest.param(
            "money",
            "import seatbill.plans as p",
            "money:1 (floor 3) imports plans (floor 4)",
            id="plain import",
        ),
        pytest.param(
            "money",
            "def f():\n    from .plans import Plan",
            "money:2 (floor 3) imports plans (floor 4)",
            id="inside a function",
        ),
        pytest.param(
            "rulebooks.clockify",
            "from ..documents import text",
            "rulebooks.clockify:1 (floor 8) imports documents (floor 10)",
            id="from a package",
        ),
        pytest.param(
            "lifecycle",
            "from .rulebooks.clockify import RULES",
            "lifecycle:1 (floor 8) imports rulebooks.clockify (floor 8)",
            id="into a package",
        ),
        pytest.param(
            "lifecycle",
            "from .rulebooks import clockify",
            "lifecycle:1 (floor 8) imports rulebooks.clockify (floor 8)",
            id="a module of a package",
        ),
        pytest.param(
            "lifecycle",
            "from . import change",
            "lifecycle:1 imports the package itself",
            id="the root",
        ),
        pytest.param(
            "lifecycle",
            "import seatbill",
            "lifecycle:1 imports the package itself",
            id="the root, plainly",
        ),
        pytest.param(
            "lifecycle",
            "from .attic import old",
            "lifecycle:1 imports attic: floor unknown",
            id="an unknown module",
        ),
    ],
)
def test_an_import_that_points_up_is_named(module, source, problem):
    house = parsed(
        {"plans": "", "rulebooks.__init__": "", "rulebooks.clockify": ""}
        | {module: source}
    )
    assert not_downward(house) == [problem]


def test_a_room_may_use_itself_but_not_in_a_circle():
    straight = {
        "payments.fees": "",
        "payments.policies": "from .fees import Fee",
        "__init__": "",
    }
    assert not_downward(parsed(straight)) == []
    circle = straight | {"payments.fees": "from .policies import Policy"}
    (problem,) = not_downward(parsed(circle))
    assert problem.startswith("a circle of imports: ")


def test_a_floor_is_one_above_the_highest_that_is_imported():
    house = {
        "__init__": "from .plans import Plan",
        "__main__": "from ._shell.commands import run",
        "_shell.commands": "from ..plans import Plan",
        "errors": "",
        "money": "from .errors import E",
        "periods": "",
        "plans": "from .money import Money\nfrom .periods import Period",
    }
    assert measured_floors(parsed(house)) == {
        "errors": 1,
        "periods": 1,
        "money": 2,
        "plans": 3,
        "_shell": 4,
    }
    assert importers_of("plans", parsed(house)) == {"_shell"}


def test_the_root_and_the_shell_may_use_every_floor():
    house = parsed(
        {
            "__init__": "from .lifecycle import change",
            "lifecycle": "from .plans import Plan",
            "plans": "from .money import Money",
            "rulebooks.__init__": "from . import clockify",
            "rulebooks.clockify": "from ..plans import Plan",
            "__main__": "from . import change\nfrom .converters import read",
        }
    )
    assert not_downward(house) == []


@pytest.mark.parametrize(
    ("module", "package", "problems"),
    [
        ("money", "attrs", []),
        ("periods", "dateutil.relativedelta", []),
        ("formatting", "babel.numbers", []),
        ("documents", "babel", ["documents:1 imports babel"]),
        ("money", "babel", ["money:1 imports babel"]),
        ("converters", "cattrs", []),
        ("lifecycle", "cattrs", ["lifecycle:1 imports cattrs"]),
        ("testing.strategies", "hypothesis", []),
        ("plans", "hypothesis", ["plans:1 imports hypothesis"]),
        ("__main__", "rich", ["__main__:1 imports rich"]),
    ],
)
def test_a_package_of_another_is_named(module, package, problems):
    assert foreign(parsed({module: f"import {package}"})) == problems


@pytest.mark.parametrize(
    "source",
    [
        "open('prices.json')",
        "print('paid')",
        "day = input()",
        "read = open",
        "import datetime as dt\ndt.datetime.now(dt.UTC)",
        "import datetime as dt\ndt.date.today()",
        "from datetime import date as d\nd.today()",
        "import datetime as dt\ndt.datetime.fromtimestamp(0)",
        "at.astimezone()",
        "import time",
        "from time import monotonic",
        "import os.path",
        "from os import environ",
        "import random",
        "import decimal\ndecimal.getcontext().prec = 2",
        "import decimal as d\nd.localcontext()",
        "from decimal import setcontext",
        "import sys\nsys.stdout.write('paid')",
        "import importlib.metadata",
        "def late():\n    import locale",
        "import logging",
    ],
)
def test_a_look_outside_is_named(source):
    assert impure(parsed({"money": source})) != []
    assert impure(parsed({SHELL: source})) == []


@pytest.mark.parametrize(
    "source",
    [
        "import datetime as dt\ndt.date(2026, 1, 1)",
        "import datetime as dt\nat.astimezone(dt.UTC)",
        "import datetime as dt\ndt.time(0)",
        "from decimal import Context, Decimal\nContext(prec=50).divide(a, b)",
        "import sys\nsys.intern('seat')",
        "charge.open()",
        "import io\nio.StringIO()",
        "Settlement.NOW",
    ],
)
def test_what_stays_inside_is_left_alone(source):
    assert impure(parsed({"money": source})) == []


def test_one_module_may_read_the_catalogues_and_nothing_else():
    source = "import importlib.resources\nimportlib.resources.files('seatbill')"
    assert impure(parsed({"formatting._catalogues": source})) == []
    assert impure(parsed({"formatting._dates": source})) != []
    assert impure(parsed({"formatting._catalogues": "open('prices.json')"})) != []


def test_each_look_outside_is_told_once():
    house = parsed({"money": "import datetime as dt\nx = open(dt.datetime.now())"})
    assert impure(house) == [
        "money:2 uses builtins.open",
        "money:2 reads a clock or a local zone",
    ]


def test_an_init_that_does_more_is_named():
    fine = (
        '"""The package."""\n'
        "from typing import TYPE_CHECKING\n"
        "from .money import Money\n"
        "if TYPE_CHECKING:\n    from .formatting import explain\n"
        '__all__ = ["Money"]\n'
        '__version__ = "0.1.0"\n'
        "def __getattr__(name): ...\n"
    )
    assert more_than_exports(parsed({"__init__": fine, "money": "x = 1"})) == []
    more = "from .money import Money\nZERO = Money(0)\nif Money:\n    import x\n'late'"
    assert more_than_exports(parsed({"rulebooks.__init__": more})) == [
        "rulebooks.__init__:2 Assign",
        "rulebooks.__init__:3 If",
        "rulebooks.__init__:5 Expr",
    ]
