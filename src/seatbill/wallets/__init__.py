"""Prepaid units: packs, gifts, spending by purpose, automatic top-up.

A wallet is three running totals (units in, units out, money in), the lots that lapse
on a day or go back at the end, and the purchases that still wait for their payment;
what is left is what came in less what went out.  The dated history is the host's, who
keeps each wallet and each purchase.
"""

from .balances import Decision, UnitLot, Wallet
from .packs import Allowance, Pack, Purchase, TopUp, UnusedUnits, WalletPolicy
from .spending import buy, decide, end, grant, lapse, settle, spend, void

__all__ = [
    "Allowance",
    "Decision",
    "Pack",
    "Purchase",
    "TopUp",
    "UnitLot",
    "UnusedUnits",
    "Wallet",
    "WalletPolicy",
    "buy",
    "decide",
    "end",
    "grant",
    "lapse",
    "settle",
    "spend",
    "void",
]
