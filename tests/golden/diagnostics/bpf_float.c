// A float.
int f(int a) { float x = a * 1.5; return x; }
