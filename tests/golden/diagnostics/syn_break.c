// break outside of a loop.
int f(int a) { if (a) break; return a; }
