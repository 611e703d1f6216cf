// A function twice.
int g(int a) { return a; }
int g(int a) { return a + 1; }
