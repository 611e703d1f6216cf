// A call of a variable.
int f(int a) { return a(1); }
