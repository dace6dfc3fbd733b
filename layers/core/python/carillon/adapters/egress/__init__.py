"""The one guarded way out to outside services."""
