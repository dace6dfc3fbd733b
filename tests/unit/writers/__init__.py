"""Calls that write, and what they leave behind."""
