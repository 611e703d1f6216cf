"""The bundled machine that runs BPF programs."""
