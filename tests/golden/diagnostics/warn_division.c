// A division by zero.
int f(int a) { return a / 0; }
