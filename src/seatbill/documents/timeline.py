"""A subscription over time as a drawing: why an invoice is what it is.

Periods stand side by side; each charge is a bar as long as its time and as high as
its quantity, so that its area is what it costs.  What came back hangs below the line.
Changes are numbered on their day, invoices carry their amount on theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import chain

from .._values.checks import several, text
from ..catalogs import Catalog
from ..errors import WrongTypeError
from ..formatting import format_number
from ..lifecycle import Statement
from ..periods import same_time
from ..seats import Member, Occupancy, Sitting, seated
from ..subscriptions import Outcome
from ._drawing.canvas import svg
from ._drawing.dated import amounts, axis, bands, drops, marks, phase_height, phases
from ._drawing.lanes import lane_height, lane_markup
from ._drawing.legend import legend_markup, list_markup
from ._drawing.plot import WIDTH, Plot, plot_of
from ._drawing.spans import Chronicle, chronicle_of
from ._markup import Markup, element
from ._setting import Setting, setting_for
from ._stylesheets import TIMELINE

__all__ = ["drawing", "timeline_svg"]


def timeline_svg(
    statement: Statement | Iterable[Outcome],
    *,
    locale: str = "en",
    catalog: Catalog | None = None,
    members: Iterable[Member] | Occupancy | None = None,
) -> str:
    """Return a drawing of a history: a statement, or outcomes in their order.

    *members* are people with their days, or the seats as they are counted at the end:
    then seats owned are shown against seats occupied.  *catalog* gives items their
    names.

    Raises: LocaleError, WrongTypeError.
    """
    text("locale", locale)
    if members is not None and not isinstance(members, Occupancy):
        members = several("members", members, Member)
    if isinstance(statement, Statement):
        setting = setting_for(locale, catalog, statement)
        return drawing(statement, statement.outcomes, setting, members=members)
    outcomes = several("statement", statement, Outcome)
    if not outcomes:
        raise WrongTypeError("statement", "Statement | Iterable[Outcome]", ())
    setting = setting_for(locale, catalog, *[o.subscription for o in outcomes])
    return _drawn(_told_by(outcomes), setting, members)


def drawing(
    statement: Statement,
    outcomes: Sequence[Outcome],
    setting: Setting,
    *,
    members: Sequence[Member] | Occupancy | None,
) -> Markup:
    """Return the drawing of *statement*."""
    chronicle = chronicle_of(
        statement.opening, statement.invoices, outcomes, statement.until
    )
    return _drawn(chronicle, setting, members)


def _told_by(outcomes: Sequence[Outcome]) -> Chronicle:
    """Return the history that *outcomes* tell; the first may be the beginning."""
    first = outcomes[0]
    for i, outcome in enumerate(outcomes):
        same_time(f"statement[{i}].on", outcome.on, first.on)
    invoices = [invoice for outcome in outcomes for invoice in outcome.invoices]
    until = max(outcome.on for outcome in outcomes)
    later = outcomes if first.changes else outcomes[1:]
    return chronicle_of(first.subscription, invoices, later, until)


def _drawn(
    chronicle: Chronicle, setting: Setting, members: Sequence[Member] | Occupancy | None
) -> Markup:
    """Return the whole drawing, with what it is for those who do not see it."""
    plot = plot_of(chronicle, setting)
    parts, y = _parts(plot, chronicle, members)
    height = round(y + 8)
    title = setting.words.gettext("Timeline of %(subscription)s")
    return svg(
        "timeline",
        (WIDTH, height),
        setting.words,
        element("title", title % {"subscription": chronicle.opening.id}),
        element("desc", _description(chronicle, setting)),
        element("style", TIMELINE),
        plot.definitions,
        plot.canvas.rect(0, 0, WIDTH, height, class_="ground"),
        *parts,
    )


def _parts(
    plot: Plot, chronicle: Chronicle, members: Sequence[Member] | Occupancy | None
) -> tuple[list[Markup], float]:
    """Return the parts from top to bottom, what lies below others first."""
    numbers, top = marks(plot, chronicle, 24)
    lanes: list[Markup] = []
    people: Mapping[str, Sitting] | Occupancy | None = None
    if isinstance(members, Occupancy):
        people = members
    elif members is not None:
        people = seated(members, chronicle.first)
    y = top + phase_height(chronicle)
    for lane in chronicle.lanes:
        lanes.append(lane_markup(plot, chronicle, lane, y, people))
        y += lane_height(lane)
    ground = [part(plot, chronicle, top, y) for part in (bands, phases, drops)]
    totals, y = amounts(plot, chronicle, y)
    legend, y = legend_markup(plot, chronicle, y + 14, people=members is not None)
    listed, y = list_markup(plot, chronicle, y)
    days = axis(plot, chronicle, 16)
    return [*chain(*ground), *days, *numbers, *lanes, *totals, *legend, *listed], y


def _description(chronicle: Chronicle, setting: Setting) -> str:
    """Return in words what the drawing shows, for those who do not see it."""
    ngettext = setting.words.ngettext
    invoices, changes = len(chronicle.invoices), len(chronicle.changes)
    counted = (
        (invoices, ngettext("%(count)s invoice", "%(count)s invoices", invoices)),
        (changes, ngettext("%(count)s change", "%(count)s changes", changes)),
    )
    told = [said % {"count": format_number(n, setting.locale)} for n, said in counted]
    days = f"{setting.day(chronicle.first)} – {setting.day(chronicle.until)}"
    return ", ".join([*told, days])
