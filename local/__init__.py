"""Carillon on one machine: an AWS emulator, the API, and an outbox where notifications land."""
