"""Plays every provider and every mailbox, keeps what arrives, and shows it."""
