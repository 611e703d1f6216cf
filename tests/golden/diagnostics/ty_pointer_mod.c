// A pointer modulo a number.
long f(char *p) { return p % 8; }
