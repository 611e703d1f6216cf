"""C text to a BPF object."""
