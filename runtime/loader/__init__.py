"""The kernel loader over bpf(2)."""
