// _Generic without a fitting type.
int f(char *p) { return _Generic(p, int: 1, long: 2); }
