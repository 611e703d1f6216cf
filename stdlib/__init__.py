"""What a BPF program may include and call: headers, and tables of helpers, programs, contexts and maps."""
