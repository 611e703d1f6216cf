// A variable set to itself.
// options: -Wall
int f(int a) { a = a; return a; }
