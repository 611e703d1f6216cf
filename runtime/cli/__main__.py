"""`python -m purebpf.runtime.cli`: the `purebpf` command where the console script is not installed."""

import sys

from .main import main

sys.exit(main())
