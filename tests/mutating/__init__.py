"""Change the code a little, and see whether a test minds: ``make mutants MODULE=…``."""
