"""BPF objects: instructions, BTF, ELF, assembly."""
