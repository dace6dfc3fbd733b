"""Types that all capabilities share: channels, errors, ids, pages, time spans."""
