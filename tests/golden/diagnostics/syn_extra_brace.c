// A brace too many.
int f(int a) { return a; } }
