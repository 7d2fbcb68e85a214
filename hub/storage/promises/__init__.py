"""Checks of the promises that can be said in SQL: each finds the rows that break one."""
