// A function that may end without a value.
int f(int a) { if (a) return 1; }
