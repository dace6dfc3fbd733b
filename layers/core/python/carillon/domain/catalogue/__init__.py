"""What can happen, and how it is worded: applications, event types, templates."""
