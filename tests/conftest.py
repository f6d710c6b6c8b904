"""How hard Hypothesis tries: `ci` by default, `deep` for a night or a release.

The first draws the same examples each time, so that a run that failed fails again; the
second looks where nobody has looked yet.
"""

import datetime as dt
import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

import cldr
from seatbill.testing.strategies import _markets

# A host that counts in instants asks for them; the library is tried with both.
_markets._TIMES = st.sampled_from((dt.date, dt.date, dt.datetime))

settings.register_profile(
    "ci",
    settings.get_profile("default"),
    max_examples=30,
    deadline=None,
    derandomize=True,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],  # the machine is busy, not the test
)
settings.register_profile(
    "deep",
    settings.get_profile("ci"),
    derandomize=False,
    max_examples=2000,
    stateful_step_count=100,
)
# For `make mutants`: that it fails is all that counts, not the smallest that does.
settings.register_profile(
    "mutants",
    settings.get_profile("ci"),
    phases=[Phase.explicit, Phase.generate],
    print_blob=False,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


# They draw histories or walk all states: what they reach by chance proves no branch,
# and counting it takes them twice as long.
UNCOUNTED = {
    "test_docs_made",
    "test_formatting_laws",
    "test_laws_histories",
    "test_laws_lines",
    "test_laws_meetings",
    "test_laws_values",
}


def pytest_itemcollected(item):
    """Leave uncounted the branches that a test of `UNCOUNTED` reaches."""
    if item.path.stem in UNCOUNTED:
        item.add_marker(pytest.mark.no_cover)


@pytest.fixture
def live_cldr():
    """Ask the CLDR that is installed, not the stand-in that says the same for ever."""
    with cldr.live():
        yield


@pytest.fixture(scope="session")
def postgres():
    """Start a PostgreSQL of its own, behind a socket in a folder, and stop it."""
    pytest.importorskip(
        "psycopg", reason="psycopg is not installed", exc_type=ImportError
    )
    server = shutil.which("pg_ctl")
    if server is None:
        pytest.skip("PostgreSQL is not installed")
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        who = {}
        if os.geteuid() == 0:  # the server refuses to run as root
            shutil.chown(folder, "nobody")
            who = {"user": "nobody"}

        def run(*arguments):
            subprocess.run(
                arguments, check=True, cwd=folder, stdout=quiet, stderr=quiet, **who
            )

        with Path(folder, "told").open("w+") as quiet:
            options = f"-c listen_addresses= -k {folder}"
            data = ("-D", "data")
            try:
                run("initdb", *data, "-A", "trust", "-U", "shop", "-E", "UTF8")
                run(server, *data, "-w", "-l", "log", "-o", options, "start")
            except (subprocess.CalledProcessError, OSError, LookupError) as error:
                quiet.seek(0)
                pytest.skip(f"PostgreSQL does not start: {error}: {quiet.read()}")
            yield f"postgresql+psycopg://shop@/postgres?host={folder}"
            run(server, *data, "-m", "immediate", "stop")
