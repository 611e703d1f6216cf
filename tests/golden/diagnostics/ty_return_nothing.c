// A function of int returns nothing.
int f(int a) { return; }
