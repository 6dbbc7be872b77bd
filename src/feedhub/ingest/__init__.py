"""Feeds in: from an address to stored entries."""
