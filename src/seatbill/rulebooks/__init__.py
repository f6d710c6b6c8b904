"""The rules of real systems, as values: a module each, with its rules and a catalogue.

A module is imported by its name, ``from seatbill.rulebooks import clockify``, so that
nobody loads a system that they do not use.
"""
