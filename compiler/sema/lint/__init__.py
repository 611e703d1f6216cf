"""Checks that only warnings need. A module is imported when its warnings are wanted and there is something to look at."""
