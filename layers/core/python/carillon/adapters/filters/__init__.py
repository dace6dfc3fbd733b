"""Subscription filters in JSONPath, as Jayway reads them."""
