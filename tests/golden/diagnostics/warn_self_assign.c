// A variable set to itself.
int f(int a) { a = a; return a; }
