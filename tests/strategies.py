"""The strategies of the package, under the name that tests knew them by."""

from seatbill.testing.strategies import *  # noqa: F403
