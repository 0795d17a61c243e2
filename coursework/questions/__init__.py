"""Questions that come back: one bank for recalls, for `review` and for the two inventories."""
