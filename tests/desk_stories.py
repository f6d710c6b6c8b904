"""The stories of the five systems at the desk, told once for every way to walk them.

Each function takes a desk and a way to walk, and asserts the amounts that stand beside
it: quantity × unit price × share of the days that are left.
"""

from __future__ import annotations


def has(walk, *words):
    """Assert that a page says all of *words*."""
    said = walk.text
    for each in words:
        assert each in said, f"{each!r} is not in: {said}"


def change(walk, page, words, *amounts, yes, **fields):
    """Press a button of a page, look at what it comes to, and agree."""
    walk.open(page)
    walk.press(words, **fields)
    has(walk, *amounts)
    walk.press(yes)


def clockify(desk, walk):
    home = "/accounts/acme"
    walk.sign_in("owner@acme")
    has(walk, "Basic", "$24.95", "4 of 5 seats used, 1 free")  # 5 × 4.99
    walk.open(f"{home}/people")
    walk.press("Invite", person="eve")
    has(walk, "5 of 5 seats used, none free", "Invited")
    walk.press("Invite", person="fay")
    has(walk, "All 5 seats are taken", "buy 1 more", "To the people and their seats")
    # 4.99 × 15/30 = 2.495
    change(walk, f"{home}/people", "Buy", "$2.50", yes="Yes, pay $2.50", seats="1")
    walk.open(f"{home}/people")
    walk.press("Invite", person="fay")
    has(walk, "6 of 6 seats used, none free")

    walk.open(f"{home}/plans")
    has(walk, "$6.00 now", "Free does not include required fields.")
    # 6 × 4.99 × 15/30 = 14.97 comes back, 6 × 6.99 × 15/30 = 20.97
    amounts = "-$14.97", "$20.97", "$6.00"
    change(walk, f"{home}/plans", "Upgrade Standard", *amounts, yes="Yes, pay $6.00")
    has(walk, "Standard", "$41.94")  # 6 × 6.99
    change(walk, f"{home}/plans", "Downgrade Basic", "May 1, 2026", yes="Yes, do it")
    has(walk, "Scheduled", "$29.94")  # 6 × 4.99
    walk.press("Undo Plan Basic from May 1, 2026")
    walk.press("Yes, do it")
    assert "Scheduled" not in walk.text

    walk.open(f"{home}/people")
    walk.press("Give back", seats="1")
    has(walk, "This does not work like that")  # somebody sits on each
    walk.open(f"{home}/people")
    walk.press("Deactivate bob")
    has(walk, "Gone since Apr 16, 2026", "5 of 6 seats used, 1 free")
    give = {"yes": "Yes, do it", "seats": "1"}
    change(walk, f"{home}/people", "Give back", "May 1, 2026", **give)

    assert desk.night("05-01") == 0
    walk.open(f"{home}/invoices")
    # 5 seats of the first day, one more, the upgrade, 5 × 6.99
    has(walk, "$24.95", "$2.50", "$6.00", "$34.95")
    assert "Open" not in walk.text


def teamleader(desk, walk):
    desk.day = desk.day.replace(month=5)
    home = "/accounts/brook"
    walk.sign_in("owner@brook")
    has(walk, "Move", "€1,080.00", "2 of 12 users used, 10 free")  # 12 × 3 × 30.00
    # 46 of the 91 days from April to June are left: 2 × 90.00 × 46/91 = 90.9890…
    change(walk, f"{home}/people", "Buy", yes="Yes, pay €90.99", seats="2")
    # 18.00 × 46/91 = 9.0989…; of 36.00 it is 18.1978…
    add_ons = f"{home}/add-ons"
    change(walk, add_ons, "Switch on Client Meeting Basic", yes="Yes, pay €9.10")
    both = "-€9.10", "€18.20"
    change(
        walk, add_ons, "Switch on Client Meeting Beyond", *both, yes="Yes, pay €9.10"
    )
    service = "Buy Onboarding: do it together"
    change(walk, add_ons, service, yes="Yes, pay €950.00")

    desk.day = desk.day.replace(month=6, day=20)  # 11 days before, not 15
    cancel = "Cancel the subscription"
    change(walk, home, cancel, "It is too late", "Oct 1, 2026", yes="Yes, do it")
    has(walk, "Ends on Oct 1, 2026")
    walk.press("Do not cancel")
    walk.press("Yes, do it")
    assert "Ends on" not in walk.text
    assert desk.night("07-01") == 0
    walk.open(f"{home}/invoices")
    has(walk, "€1,296.00")  # 14 × 90.00 + 36.00


def clickmeeting(desk, walk):
    home = "/accounts/cairn"
    walk.sign_in("owner@cairn")
    has(walk, "Live 25", "$25.00", "May 1, 2026")
    # 10 × 0.50 × 15/30; 25.00 and 40.00 × 15/30
    storage = "Switch on File storage"
    change(walk, f"{home}/add-ons", storage, yes="Yes, pay $2.50")
    plans = f"{home}/plans"
    change(walk, plans, "Upgrade Live 50", "-$12.50", "$20.00", yes="Yes, pay $7.50")
    walk.open(f"{home}/invoices/INV-000003")
    has(walk, "Cairn Ltd", "Cork", "$25.00")
    # the rules want a country too
    walk.press("Ask", name="Cairn Holding", address="9 New Street\nCork", country="")
    has(walk, "country")
    walk.open(f"{home}/invoices/INV-000003")
    walk.press("Ask", name="Cairn Holding", address="9 New Street\nCork", country="ie")
    has(walk, "Cairn Holding, 9 New Street, Cork", "Requested")

    change(walk, home, "Freeze", yes="Yes, do it")
    has(walk, "Frozen")
    walk.open(f"{home}/invoices/INV-000003")
    has(walk, "This does not work like that", "support")  # frozen: by support alone
    desk.day = desk.day.replace(day=21)
    change(walk, home, "Thaw", yes="Yes, do it")
    has(walk, "Renews on May 6, 2026")  # five days later

    walk.press("Sign out")
    walk.sign_in("billing@cairn")
    walk.open(f"{home}/invoices/INV-000003")
    walk.press("Accept")
    has(walk, "Accepted")
    walk.open(f"{home}/invoices")
    has(walk, "Corrects INV-000003", "INV-000008")  # 5 sold, 2 bought


def modular(desk, walk):
    home = "/accounts/dune"
    add_ons = f"{home}/add-ons"
    walk.sign_in("connected@dune")
    has(walk, "€29.00")
    walk.open(add_ons)
    has(walk, "Quotes", "Signature", "Stock")
    assert "Switch on Signature" not in walk.text  # it needs quotes
    # 9.90 × 15/30 each
    change(walk, add_ons, "Switch on Quotes", yes="Yes, pay €4.95")
    change(walk, add_ons, "Switch on Signature", yes="Yes, pay €4.95")
    # 29.00 and 59.00 × 15/30, then 14.90 × 15/30
    plans = f"{home}/plans"
    change(walk, plans, "Upgrade M", "-€14.50", "€29.50", yes="Yes, pay €15.00")
    change(walk, add_ons, "Switch on Stock", yes="Yes, pay €7.45")
    walk.open(plans)
    has(walk, "You would lose:", "S does not include exports.", "Stock")
    change(walk, add_ons, "Switch off Signature", "May 1, 2026", yes="Yes, do it")
    assert desk.night("05-01") == 0
    walk.open(f"{home}/invoices")
    has(walk, "€83.80")  # 59.00 + 9.90 + 14.90


def echometer(desk, walk):
    home = "/accounts/ember"
    walk.sign_in("owner@ember")
    has(walk, "€180.00")  # 3 × 60.00
    walk.open(f"{home}/people")
    walk.press("Add", team="lab")
    has(walk, "lab")
    walk.open(home)
    has(walk, "€240.00")
    assert desk.night("05-01") == 0
    desk.day = desk.day.replace(day=2)
    walk.open(f"{home}/people")
    walk.press("Archive hr")
    has(walk, "Archived on May 2, 2026")
    assert desk.night("06-01") == 0
    walk.open(f"{home}/invoices")
    # 3 teams on 1 April, 4 on 1 May, 3 on 1 June
    assert walk.text.count("€180.00") == 2
    assert walk.text.count("€240.00") == 1


STORIES = [clockify, teamleader, clickmeeting, modular, echometer]
