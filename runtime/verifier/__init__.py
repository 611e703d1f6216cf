"""The bundled verifier."""
