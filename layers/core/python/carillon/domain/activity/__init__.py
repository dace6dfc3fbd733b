"""What happened: history, feeds, replays, dead letters."""
