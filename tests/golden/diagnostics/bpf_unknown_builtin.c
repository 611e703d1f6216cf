// A builtin that does not exist.
int f(int a) { return __builtin_popcnt(a); }
