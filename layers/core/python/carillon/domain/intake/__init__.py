"""The intake of events: callers' triggers, their narrowing, and their acceptance or refusal."""
