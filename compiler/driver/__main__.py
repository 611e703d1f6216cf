"""`python -m purebpf.compiler.driver`."""

from . import script

script()
