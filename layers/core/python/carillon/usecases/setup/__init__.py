"""Load a tenant's set-up for the events at hand."""
