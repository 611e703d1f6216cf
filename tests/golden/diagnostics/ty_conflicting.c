// A function that is declared another way.
int g(int a);
long g(int a) { return a; }
