"""A subscription over time as a drawing: why an invoice is what it is.

Periods stand side by side; each charge is a bar as long as its time and as high as
its quantity, so that its area is what it costs.  What came back hangs below the line.
Changes are numbered on their day, invoices carry their amount on theirs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from .._values.checks import several, text
from ..catalogs import Catalog
from ..errors import WrongTypeError
from ..formatting import format_date, format_number
from ..lifecycle import Statement
from ..periods import same_time
from ..seats import Member, Occupancy, Sitting, seated
from ..subscriptions import Outcome
from ._lanes import lane_height, lane_markup
from ._legend import legend_markup, list_markup
from ._marks import amounts, axis, bands, drops, marks, phase_height, phases
from ._markup import Markup, element, joined
from ._plot import WIDTH, plot_of
from ._setting import Setting, setting_for
from ._spans import Chronicle, chronicle_of
from ._style import TIMELINE_STYLE

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
    chronicle: Chronicle,
    setting: Setting,
    members: Sequence[Member] | Occupancy | None,
) -> Markup:
    """Return the whole drawing, part by part from top to bottom."""
    plot = plot_of(chronicle, setting)
    days = list(axis(plot, chronicle, 16))
    numbers, top = marks(plot, chronicle, 24)
    lanes: list[Markup] = []
    people: Mapping[str, Sitting] | Occupancy | None = None
    if members is not None:
        people = (
            members
            if isinstance(members, Occupancy)
            else seated(members, chronicle.first)
        )
    y = top + phase_height(chronicle)
    for lane in chronicle.lanes:
        lanes.append(lane_markup(plot, chronicle, lane, y, people))
        y += lane_height(lane)
    ground = [
        *bands(plot, chronicle, top, y),
        *phases(plot, chronicle, top, y),
        *drops(plot, chronicle, top, y),
    ]
    totals, y = amounts(plot, chronicle, y)
    legend, y = legend_markup(plot, chronicle, y + 14, people=members is not None)
    listed, y = list_markup(plot, chronicle, y)
    height = round(y + 8)
    title = setting.words.gettext("Timeline of %(subscription)s")
    return element(
        "svg",
        joined(
            element("title", title % {"subscription": chronicle.opening.id}),
            element("desc", _description(chronicle, setting)),
            element("style", Markup(TIMELINE_STYLE)),
            plot.definitions,
            plot.canvas.rect(0, 0, WIDTH, height, class_="ground"),
            *ground,
            *days,
            *numbers,
            *lanes,
            *totals,
            *legend,
            *listed,
        ),
        xmlns="http://www.w3.org/2000/svg",
        class_="seatbill-timeline",
        viewBox=f"0 0 {WIDTH} {height}",
        width=WIDTH,
        height=height,
        role="img",
        lang=setting.words.tag,
        direction=setting.words.direction,
    )


def _description(chronicle: Chronicle, setting: Setting) -> str:
    """Return in words what the drawing shows, for those who do not see it."""
    ngettext = setting.words.ngettext
    locale = setting.locale
    invoices, changes = len(chronicle.invoices), len(chronicle.changes)
    counted = (
        ngettext("%(count)s invoice", "%(count)s invoices", invoices),
        ngettext("%(count)s change", "%(count)s changes", changes),
    )
    numbers = (invoices, changes)
    told = [
        words % {"count": format_number(n, locale)}
        for words, n in zip(counted, numbers, strict=True)
    ]
    first = format_date(chronicle.first, locale)
    until = format_date(chronicle.until, locale)
    told.append(f"{first} – {until}")
    return ", ".join(told)
