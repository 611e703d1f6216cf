"""Objects to verdicts, runs and file descriptors."""
