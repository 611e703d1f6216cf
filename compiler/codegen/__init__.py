"""Code generation: SSA to BPF instructions."""
