"""Intervene: cancel, replay, erase, settle dead letters."""
