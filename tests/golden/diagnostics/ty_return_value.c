// A void function returns a value.
void f(int a) { return a; }
