"""Intervene: cancel, replay, settle dead letters."""
