// A fraction in integer arithmetic.
int f(int a) { return a * 0.5; }
