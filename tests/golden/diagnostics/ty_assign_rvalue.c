// A value on the left of an assignment.
int f(int a) { a + 1 = 2; return a; }
