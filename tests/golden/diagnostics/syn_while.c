// do without its while.
int f(int a) { do { a--; } return a; }
